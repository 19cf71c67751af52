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

/**
 * The video whose settings the form has: the latest with the model and the format of most.
 *
 * A prompt may have others of its own. Of as many, those of the first prompts count.
 */
export function typicalOf(sources) {
  const all = sources.filter(Boolean);
  const own = all.filter((video) => keptPromptOf(video) === null);
  const videos = own.length ? own : all;
  const alike = (video) =>
    videos.filter((each) => each.model === video.model && each.aspect_ratio === video.aspect_ratio);
  const [most] = videos.map(alike).toSorted((one, other) => other.length - one.length);
  return most?.at(-1);
}
