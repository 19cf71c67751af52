import { button, element, showIn } from "./dom.js";
import { Field } from "./fields.js";
import { modelName } from "./format.js";
import { TEXTS } from "./texts.js";

/** The model and the format of one prompt, where they are others than those of the form. */
export class OwnSettings {
  #model = new Field(element("select"), { label: TEXTS.model });
  #format = new Field(element("select"), { label: TEXTS.aspectRatio });
  #models = [];
  toggle = button("", {
    kind: "quiet small",
    icon: "tune",
    "aria-expanded": "false",
    onclick: () => this.#show(this.root.hidden),
  });
  root = element("div", { class: "fields own", hidden: true }, this.#model.root, this.#format.root);

  constructor() {
    this.#fill(this.#format, Object.entries(TEXTS.aspectRatios));
    this.offer([]);
  }

  get values() {
    const [model, format] = [this.#model.value, this.#format.value];
    return { ...(model && { model }), ...(format && { aspect_ratio: format }) };
  }

  set values({ model = "", aspect_ratio: format = "" }) {
    this.#offerWith(model);
    this.#model.value = model;
    this.#format.value = format;
    if (model || format) this.#show(true);
  }

  /** Offer these models. A chosen one stays: if it cannot make the prompt, the estimate says so. */
  offer(models) {
    this.#models = models;
    this.#offerWith(this.#model.value);
  }

  #offerWith(chosen) {
    const ids = new Set([...this.#models, chosen].filter(Boolean));
    this.#fill(this.#model, [...ids].map((id) => [id, modelName(id)]));
  }

  #fill({ control }, options) {
    const { value } = control;
    showIn(control, options, () => [
      element("option", { value: "" }, TEXTS.asInForm),
      ...options.map(([id, text]) => element("option", { value: id }, text)),
    ]);
    control.value = value;
  }

  #show(isShown) {
    this.root.hidden = !isShown;
    this.toggle.ariaExpanded = String(isShown);
  }
}

/** In what a video differs from the form's values; nothing for a model that is not offered. */
export function ownOf(video, { model, aspect_ratio: format }, offered) {
  const hasOwnModel = video && video.model !== model && offered.includes(video.model);
  const hasOwnFormat = video && video.aspect_ratio !== format;
  return {
    ...(hasOwnModel && { model: video.model }),
    ...(hasOwnFormat && { aspect_ratio: video.aspect_ratio }),
  };
}
