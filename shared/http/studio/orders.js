/**
 * The requests that make what the form says: one for all prompts with the same settings.
 *
 * `own` has what is set for each prompt alone, and `conditionsOf` the rest of its request. Several
 * takes are of the only prompt.
 */
export function ordersOf({ campaignId, prompts, own, takes, conditionsOf }) {
  const sent = prompts.flatMap((prompt, position) => (prompt ? [position] : []));
  if (takes > 1) {
    const [position] = sent;
    const order = { prompt: prompts[position], n: takes, campaign_id: campaignId };
    const body = { ...order, ...conditionsOf(own[position]) };
    return [{ path: "/v1/videos", positions: [position], body }];
  }
  const groups = new Map();
  for (const position of sent) {
    const key = JSON.stringify(own[position]);
    groups.set(key, [...(groups.get(key) ?? []), position]);
  }
  return [...groups.values()].map((positions) => ({
    path: `/v1/campaigns/${campaignId}/videos`,
    positions,
    body: {
      prompts: prompts.map((prompt, at) => (positions.includes(at) ? prompt : null)),
      ...conditionsOf(own[positions[0]]),
    },
  }));
}

/** The orders with their prices, all their videos by position, and the sum. */
export function estimateOf(orders, estimates) {
  const videos = estimates.flatMap((estimate, number) => {
    const { positions } = orders[number];
    return estimate.videos.map((video, at) => ({ ...video, position: positions[at] ?? positions[0] }));
  });
  const prices = estimates.map((estimate) => estimate.cost.estimated);
  return {
    orders: orders.map((order, number) => ({ ...order, price: prices[number] })),
    videos: videos.toSorted((one, other) => one.position - other.position),
    price: prices.reduce((sum, price) => sum + price, 0),
  };
}
