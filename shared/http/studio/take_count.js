import { element } from "./dom.js";
import { TEXTS } from "./texts.js";

const COUNTS = [1, 2, 4];

/** How many takes are made of a prompt that is sent alone. */
export class TakeCount {
  #select = element(
    "select",
    {},
    ...COUNTS.map((count) => element("option", { value: count }, `×${count}`)),
  );
  root = element("label", { class: "inline", hidden: true }, TEXTS.takesOfPrompt, this.#select);

  get value() {
    return this.root.hidden ? 1 : Number(this.#select.value);
  }

  /** Offer counts up to `most`; nothing if that is one take. */
  offer(most) {
    this.root.hidden = most < COUNTS[1];
    for (const option of this.#select.options) option.hidden = Number(option.value) > most;
    if (this.root.hidden || Number(this.#select.value) > most) this.#select.value = "1";
  }
}
