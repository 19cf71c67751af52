/** The video that stands for each slot: what is being made, else what is shown, else what failed. */
export function sourcesOf(campaign, failures) {
  const sources = [];
  for (const slot of campaign.slots) {
    sources[slot.index] = slot.pending ?? slot.current;
  }
  for (const failure of failures) {
    sources[failure.index] ??= failure;
  }
  return sources;
}

/** What the form shows and its estimate depend on. */
export function standingOf(campaign, failures) {
  const slots = campaign.slots.map(({ current, pending }) => [current?.id, pending?.id]);
  return JSON.stringify([slots, failures.map(({ id }) => id), campaign.budget]);
}
