/** Where a campaign has budgets, a request may cost no more than the person saw. */
export function capped(body, { campaign, cost }) {
  return campaign?.budget ? { ...body, max_cost_usd: cost } : body;
}

/** What new versions of these videos would cost. */
export function priceOf(videos) {
  return videos.reduce((sum, video) => sum + video.cost.estimated, 0);
}
