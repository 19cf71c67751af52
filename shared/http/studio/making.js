import { connection } from "./api.js";
import { button, element, setText } from "./dom.js";
import { clock } from "./locale.js";
import { TEXTS } from "./texts.js";
import { delayOf, placeOf } from "./waiting.js";

const FURTHEST = 95;

/** The progress of a pending video: its place in the queue, then the elapsed and the usual time. */
export class Making {
  #phase = element("strong");
  #time = element("span", { class: "figures" });
  #bar;
  #note = element("p", { class: "hint" });
  #cancel;
  #video = null;
  #number;
  #canStop;

  constructor({ number, onCancel, canStop }) {
    this.#number = number;
    this.#canStop = canStop;
    this.#bar = element("progress", { max: 100, value: 0, "aria-label": TEXTS.making(number) });
    this.#cancel = button("", {
      kind: "quiet small",
      onclick: () => onCancel(this.#video),
    });
    const line = element("div", { class: "row" }, this.#phase, this.#time, this.#cancel);
    this.root = element("div", { class: "making" }, line, this.#bar, this.#note);
  }

  update(video, { hasCurrent }) {
    this.#video = video;
    setText(this.#phase, video.queue ? TEXTS.waits : (TEXTS.phases[video.phase] ?? ""));
    setText(this.#note, noteOf(video, hasCurrent));
    this.#cancel.hidden = video.cancel_requested;
    this.#nameCancel(this.#cancelText(video));
    this.#bar.hidden = Boolean(video.queue);
    this.tick();
  }

  #cancelText(video) {
    if (video.phase === "reserved") return TEXTS.cancel;
    return this.#canStop(video) ? TEXTS.stop : TEXTS.cancelPaid;
  }

  #nameCancel(text) {
    setText(this.#cancel, text);
    this.#cancel.ariaLabel = text + TEXTS.ofVideo(this.#number);
  }

  tick() {
    const video = this.#video;
    if (!video) return;
    if (video.queue) {
      setText(this.#time, placeOf(video));
      return;
    }
    const { elapsed, usual } = timesOf(video);
    setText(this.#time, timeText(elapsed, usual));
    this.#bar.value = progressOf(video);
  }
}

function timesOf(video) {
  const elapsed = connection.now() / 1000 - (video.submitted_at ?? video.created_at);
  return { elapsed, usual: video.expected_at && video.expected_at - video.submitted_at };
}

/** The elapsed percents of the usual time. The model reports none, so this never reaches 100. */
export function progressOf(video) {
  if (video.queue) return 0;
  const { elapsed, usual } = timesOf(video);
  if (video.phase === "storing") return FURTHEST;
  if (!usual) return video.progress;
  return Math.max(0, Math.min(FURTHEST, (elapsed / usual) * 100));
}

function timeText(elapsed, usual) {
  if (!usual) return TEXTS.elapsed(clock(elapsed));
  if (elapsed > usual + 1) return TEXTS.takesLonger(clock(elapsed));
  return TEXTS.elapsedOfUsual(clock(elapsed), clock(usual));
}

function noteOf(video, hasCurrent) {
  if (video.cancel_requested) return TEXTS.cancelledPending;
  const delay = video.queue && delayOf(video);
  return [delay, hasCurrent && TEXTS.playsOn].filter(Boolean).join(" ");
}
