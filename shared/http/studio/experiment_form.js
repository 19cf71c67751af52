import { send } from "./api.js";
import { element, setText, showIn } from "./dom.js";
import { Field } from "./fields.js";
import { shortened } from "./locale.js";
import { WATCHED_TEXTS } from "./watched_texts.js";

const FEWEST_ARMS = 2;

/** The form that begins a comparison of a campaign's videos. */
export class ExperimentForm {
  #path;
  #onCreated;
  #name = new Field(element("input", { autocomplete: "off", maxlength: 100 }), {
    label: WATCHED_TEXTS.name,
    hint: WATCHED_TEXTS.nameHint,
  });
  #metric = new Field(
    element(
      "select",
      {},
      ...Object.entries(WATCHED_TEXTS.metrics).map(([value, text]) =>
        element("option", { value }, text),
      ),
    ),
    { label: WATCHED_TEXTS.metric },
  );
  #choices = element("fieldset", { class: "field" });
  #error = element("p", { class: "error", role: "alert" });
  #submit = element("button", { type: "submit", class: "button primary" }, WATCHED_TEXTS.compare);

  /** `onCreated` takes the comparison. */
  constructor(path, { onCreated }) {
    this.#path = path;
    this.#onCreated = onCreated;
    this.root = element(
      "form",
      { class: "start", novalidate: true, hidden: true, onsubmit: (event) => this.#create(event) },
      this.#choices,
      this.#name.root,
      this.#metric.root,
      this.#error,
      this.#submit,
    );
  }

  /** Offer these videos, which are finished. The form is shown if there are enough. */
  offer(videos) {
    this.root.hidden = videos.length < FEWEST_ARMS;
    showIn(
      this.#choices,
      videos.map(({ id }) => id),
      () => [element("legend", {}, WATCHED_TEXTS.choose), ...videos.map(choiceOf)],
    );
  }

  async #create(event) {
    event.preventDefault();
    if (this.#submit.disabled) return;
    const chosen = /** @type {HTMLInputElement[]} */ ([
      ...this.#choices.querySelectorAll("input:checked"),
    ]);
    setText(this.#error, chosen.length < FEWEST_ARMS ? WATCHED_TEXTS.twoNeeded : "");
    if (chosen.length < FEWEST_ARMS) return;
    this.#submit.disabled = true;
    try {
      const { body } = await send(`${this.#path}/experiments`, {
        name: this.#name.value.trim() || null,
        metric: this.#metric.value,
        arms: chosen.map(({ value, dataset }) => ({ video_id: value, label: dataset.label })),
      });
      this.#onCreated(body);
    } catch (error) {
      setText(this.#error, error.message);
    }
    this.#submit.disabled = false;
  }
}

function choiceOf({ id, index, version_state: state, prompt }) {
  const label = WATCHED_TEXTS.versionNames[state](index + 1);
  const box = element("input", { type: "checkbox", value: id, "data-label": label });
  const text = element("span", { dir: "auto" }, `${label}: ${shortened(prompt)}`);
  return element("div", {}, element("label", { class: "row" }, box, text));
}
