import { LANGUAGE } from "./locale.js";
import { TEXTS } from "./texts.js";

const dollars = new Intl.NumberFormat(LANGUAGE, { style: "currency", currency: "USD" });
const hours = /** @type {const} */ ({ timeStyle: "short", hourCycle: "h23" });
const moment = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", ...hours });
const time = new Intl.DateTimeFormat(LANGUAGE, hours);
const ago = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
const parts = new Intl.NumberFormat(LANGUAGE, { style: "percent" });
const megabytes = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const STEPS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

export function money(amount) {
  return dollars.format(amount);
}

/** A share, from 0 to 1. */
export function asPercent(part) {
  return parts.format(part);
}

export function size(bytes) {
  return `${megabytes.format(bytes / 1e6)} MB`;
}

/** Seconds since 1970 as a date and time. */
export function when(epoch) {
  return moment.format(epoch * 1000);
}

/** A time, with its date unless that is today. */
export function around(epoch, now) {
  const isToday = new Date(epoch * 1000).toDateString() === new Date(now).toDateString();
  return isToday ? time.format(epoch * 1000) : when(epoch);
}

export function since(epoch, now) {
  const elapsed = now / 1000 - epoch;
  const step = STEPS.find(([, length]) => elapsed >= length);
  return step ? ago.format(-Math.floor(elapsed / step[1]), step[0]) : TEXTS.justNow;
}

/** The display name of a model: veo-3.1-fast-generate-001 is Veo 3.1 Fast. */
export function modelName(id) {
  const words = id.replace(/-generate-\d+$/, "").split("-");
  return words.map((word) => word[0].toUpperCase() + word.slice(1)).join(" ");
}

/** A summary of the generation settings. */
export function recipe(video) {
  return [
    modelName(video.model),
    `${video.seconds} s`,
    video.aspect_ratio,
    video.resolution,
    video.generate_audio ? TEXTS.withAudio : TEXTS.silent,
  ].join(" · ");
}

/** The cost of a video; simulated costs are marked. */
export function cost(video) {
  const amount = money(video.cost.actual ?? video.cost.estimated);
  return isSimulated(video) ? TEXTS.simulated(amount) : amount;
}

/** What a campaign has spent; a sum that is simulated is marked. */
export function spentOf({ spent, simulated }) {
  const amount = money(spent);
  return spent > 0 && simulated === spent ? TEXTS.simulated(amount) : amount;
}

/** How a clip differs from the request; the API's own sentence if the code has no text. */
export function clipWarnings(video) {
  const made = video.clip && `${video.clip.width} × ${video.clip.height}`;
  return video.warnings.map(
    ({ code, message }) => TEXTS.clipWarnings[code]?.(made, video) ?? message,
  );
}

function isSimulated(video) {
  return video.cost.basis.includes("simulated");
}

export function isCurrentFile(video) {
  return video.filename?.startsWith("curr_") ?? false;
}
