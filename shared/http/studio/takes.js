import { element } from "./dom.js";
import { when } from "./format.js";
import { TAKE_TEXTS } from "./take_texts.js";

/** The ways to make a take from another one. */
export const KINDS = ["remix", "extend", "edit"];

const CLIP_TASKS = { extend: "extend_video", edit: "edit_video" };

/** The models that can make a take of this kind from a video; its own model is the first. */
export function modelsFor(kind, video, models) {
  const usable = models.filter((model) => model.retired_on === null);
  const own = usable.filter((model) => model.id === video.model);
  if (kind === "remix") return own;
  const others = usable.filter((model) => model.id !== video.model);
  return [...own, ...others].filter((model) => takesClip(model, video, CLIP_TASKS[kind]));
}

function takesClip(model, { clip, resolution }, task) {
  const limits = model.clips[task];
  const seconds = Math.round(clip?.duration_seconds ?? 0);
  return (
    limits !== undefined &&
    limits.shortest_seconds <= seconds &&
    seconds <= limits.longest_seconds &&
    limits.resolutions.includes(resolution)
  );
}

/** The seconds that an extension can add. */
export function addedSeconds(model) {
  return model.clips[CLIP_TASKS.extend].added_seconds;
}

/** What a take costs. The request has it as its limit. */
export function takePrice(kind, video, model, added) {
  if (kind === "remix") return video.cost.estimated;
  const price = model.usd_per_second[video.resolution].with_audio;
  return Number((price * billedSeconds(kind, video, model, added)).toFixed(4));
}

function billedSeconds(kind, { clip }, model, added) {
  if (kind === "edit") return Math.round(clip.duration_seconds);
  const { all_billed: isWhole } = model.clips[CLIP_TASKS.extend];
  return isWhole ? Math.ceil(clip.duration_seconds + added) : added;
}

/** From which take a video was made; or nothing. `versions` are those of its slot. */
export function takeSource(video, versions) {
  const id = video.remixed_from_video_id;
  if (!id) return null;
  const source = versions.find((version) => version?.id === id);
  const name = source ? TAKE_TEXTS.source(when(source.created_at)) : TAKE_TEXTS.sourceGone;
  const kind = Object.keys(CLIP_TASKS).find((each) => CLIP_TASKS[each] === video.task) ?? "remix";
  return element("p", { class: "meta" }, `${TAKE_TEXTS[kind].madeFrom} ${name}`);
}
