/** The video that represents each slot: pending, else current, else failed. */
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

/** The data on which the form and its estimate depend. */
export function standingOf(campaign, failures) {
  const slots = campaign.slots.map(({ current, pending }) => [current?.id, pending?.id]);
  return JSON.stringify([slots, failures.map(({ id }) => id), campaign.budget]);
}
