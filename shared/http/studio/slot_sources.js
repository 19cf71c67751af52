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

/** By position, whether a slot shows a video. */
export function currentIn(campaign) {
  const shown = [];
  for (const { index, current } of campaign.slots) shown[index] = current !== null;
  return shown;
}

/** The data on which the form and its estimate depend. */
export function standingOf(campaign, failures) {
  const slots = campaign.slots.map(({ current, pending }) => [current?.id, pending?.id]);
  return JSON.stringify([slots, failures.map(({ id }) => id), campaign.budget]);
}

/**
 * The prompt with which a video stays as it is, or null.
 *
 * A take that was made on its card has a clip or pictures of its own: the form would make another.
 */
export function keptPromptOf(video) {
  const isKept = video?.remixed_from_video_id && video.status !== "failed";
  return isKept ? video.prompt.trim() : null;
}

/** The latest video whose settings the form can have. */
export function latestOf(sources) {
  const videos = sources.filter(Boolean);
  return videos.findLast((video) => keptPromptOf(video) === null) ?? videos.at(-1);
}
