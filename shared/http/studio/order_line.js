import { button, element, setText } from "./dom.js";
import { modelName, money, recipe } from "./format.js";
import { TEXTS } from "./texts.js";

/** What is ordered, beside the button that orders it, and what a cheaper model would cost. */
export class OrderLine {
  #settings;
  #recipe;
  #cheaper;
  #model = null;

  constructor(settings) {
    this.#settings = settings;
    this.#recipe = button("", { kind: "link", onclick: () => settings.focus() });
    this.#cheaper = button("", {
      kind: "link",
      hidden: true,
      onclick: () => settings.choose(this.#model.id),
    });
    this.root = element("p", { class: "order" }, this.#recipe, this.#cheaper);
  }

  /** `count` is the number of videos that are to be paid for. */
  show(count) {
    const { values } = this.#settings;
    setText(this.#recipe, recipe(values));
    this.#model = this.#settings.cheaper;
    this.#cheaper.hidden = !this.#model || count === 0;
    if (this.#cheaper.hidden) return;
    const price = count * values.seconds * perSecond(this.#model, values);
    setText(this.#cheaper, TEXTS.cheaper(modelName(this.#model.id), money(price), count));
  }
}

/** The dollars of a second of these settings, or undefined if the model cannot make them. */
export function perSecond(model, { resolution, generate_audio: hasAudio }) {
  const price = model.usd_per_second[resolution];
  return hasAudio ? price?.with_audio : (price?.silent ?? price?.with_audio);
}
