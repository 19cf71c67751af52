import { element, setText } from "./dom.js";
import { Choice, Field } from "./fields.js";
import { modelName, money } from "./format.js";
import { LANGUAGE } from "./locale.js";
import { perSecond } from "./order_line.js";
import { PICTURE_TEXTS } from "./picture_texts.js";
import { Pictures } from "./pictures.js";
import { TEXTS } from "./texts.js";

const DEFAULT_SECONDS = 8;
const day = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "long", timeZone: "UTC" });

/** The generation settings and the pictures, limited to what the selected model supports. */
export class GenerationSettings {
  #models;
  #model;
  #seconds = new Choice({ label: TEXTS.seconds });
  #aspectRatio = new Choice({ label: TEXTS.aspectRatio });
  #resolution = new Choice({ label: TEXTS.resolution });
  #audio = element("input", { type: "checkbox", role: "switch", id: "audio" });
  #negativePrompt = new Field(element("textarea", { rows: 2, dir: "auto" }), {
    label: TEXTS.negativePrompt,
  });
  #seed = new Field(element("input", { inputmode: "numeric", autocomplete: "off" }), {
    label: TEXTS.seed,
    hint: TEXTS.seedHint,
  });
  #personGeneration = null;

  constructor({ models, campaignId, onChange }) {
    this.pictures = new Pictures({
      campaignId,
      onChange: () => {
        this.#offer();
        onChange();
      },
    });
    this.#models = new Map(models.map((model) => [model.id, model]));
    this.#model = new Field(element("select", {}, ...models.map(modelOption)), {
      label: TEXTS.model,
    });
    this.#aspectRatio.offer(Object.entries(TEXTS.aspectRatios), "16:9");
    this.#audio.checked = true;
    this.root = this.#layOut();
    this.#model.value = models.find((model) => model.default)?.id;
    this.#offer();
    this.root.addEventListener("change", () => this.#offer());
  }

  /** @returns {any} */
  get values() {
    return this.valuesFor({});
  }

  /** The values of a prompt with a model or a format of its own. */
  valuesFor({ model = this.#model.value, ...own }) {
    const chosen = {
      model,
      seconds: Number(this.#seconds.value),
      aspect_ratio: this.#aspectRatio.value,
      resolution: this.#resolution.value,
      generate_audio: this.#audio.checked,
      negative_prompt: this.#option(model, "negative_prompt", this.#negativePrompt.value.trim() || null),
      seed: this.#seed.value.trim() === "" ? null : Number(this.#seed.value),
      person_generation: this.#option(model, "person_generation", this.#personGeneration),
      ...own,
    };
    const set = Object.entries(chosen).filter(([, value]) => value !== null);
    return { ...Object.fromEntries(set), ...this.pictures.values };
  }

  /** The dearest model that makes the same for less, or undefined. */
  get cheaper() {
    const { values } = this;
    const price = perSecond(this.#models.get(values.model), values);
    return [...this.#models.values()]
      .filter((model) => this.#canMake(model, values) && perSecond(model, values) < price)
      .toSorted((one, other) => perSecond(other, values) - perSecond(one, values))[0];
  }

  /** The ids of the models that can make what is chosen. */
  get usable() {
    const { values } = this;
    const models = [...this.#models.values()].filter((model) => this.#canMake(model, values));
    return models.map(({ id }) => id);
  }

  focus() {
    this.#model.control.focus();
  }

  choose(model) {
    this.#model.value = model;
    this.root.dispatchEvent(new Event("change"));
    this.root.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #canMake(model, { seconds, resolution, generate_audio: hasAudio }) {
    const isLongest = seconds === Math.max(...model.seconds);
    return (
      model.retired_on === null &&
      model.usd_per_million_tokens === null &&
      (model.task_seconds[this.pictures.task] ?? []).includes(seconds) &&
      (isLongest || !model.longest_only.includes(resolution)) &&
      (model.audio || !hasAudio)
    );
  }

  /** Load the settings of a video, or of a request. */
  fill(video) {
    this.pictures.fill(video);
    if (this.#models.get(video.model)?.retired_on === null) this.#model.value = video.model;
    this.#offer();
    this.#resolution.value = video.resolution;
    this.#seconds.value = video.seconds;
    this.#aspectRatio.value = video.aspect_ratio;
    this.#audio.checked = video.generate_audio;
    this.#negativePrompt.value = video.negative_prompt ?? "";
    this.#seed.value = video.seed ?? "";
    this.#personGeneration = video.person_generation ?? null;
    this.#offer();
  }

  /** Show errors in the settings. Return whether all are valid. */
  check() {
    const isWhole = /^\d*$/.test(this.#seed.value.trim());
    this.#seed.showError(isWhole ? null : TEXTS.badSeed);
    return this.pictures.check() && isWhole;
  }

  /** Show an API error at the field it names. Return whether the field is here. */
  showError(param, text) {
    const field = { model: this.#model, negative_prompt: this.#negativePrompt, seed: this.#seed }[
      param
    ];
    field?.showError(text);
    return Boolean(field) || this.pictures.showError(param, text);
  }

  clearErrors() {
    for (const field of [this.#model, this.#negativePrompt, this.#seed]) {
      field.showError(null);
    }
    this.pictures.clearErrors();
  }

  #layOut() {
    return element(
      "fieldset",
      { class: "section" },
      element("legend", {}, TEXTS.settings),
      this.#model.root,
      element(
        "div",
        { class: "fields" },
        this.#seconds.root,
        this.#resolution.root,
        this.#aspectRatio.root,
        element(
          "div",
          { class: "field switch" },
          element("label", { for: "audio" }, TEXTS.audio),
          this.#audio,
        ),
      ),
      element(
        "details",
        {},
        element("summary", {}, TEXTS.moreSettings),
        this.#negativePrompt.root,
        this.#seed.root,
      ),
    );
  }

  /** Some resolutions and some uses of pictures are possible in some lengths only. */
  #limitSeconds(model) {
    const longest = Math.max(...model.seconds);
    const isFree = !model.longest_only.includes(this.#resolution.value);
    const ofTask = model.task_seconds[this.pictures.task];
    const allowed = ofTask.filter((count) => isFree || count === longest);
    if (!allowed.includes(Number(this.#seconds.value))) this.#seconds.value = allowed.at(-1);
    this.#seconds.allow((count) => allowed.includes(Number(count)));
    setText(this.#seconds.hint, this.#lengthHint({ model, isFree, longest, ofTask }));
  }

  #lengthHint({ model, isFree, longest, ofTask }) {
    if (!isFree) return TEXTS.longestOnly(longest);
    return ofTask.length < model.seconds.length ? PICTURE_TEXTS.secondsOfTask(ofTask) : "";
  }

  /** Return a value that the model takes, else null. */
  #option(model, name, value) {
    return this.#models.get(model)?.options.includes(name) ? value : null;
  }

  #offer() {
    const model = this.#models.get(this.#model.value);
    setText(this.#model.hint, modelHint(model));
    this.pictures.offer(model);
    this.#seconds.offer(
      model.seconds.map((count) => [count, TEXTS.secondsOption(count)]),
      model.seconds.includes(DEFAULT_SECONDS) ? DEFAULT_SECONDS : Math.max(...model.seconds),
    );
    this.#resolution.offer(
      model.resolutions.map((name) => [name, name]),
      model.resolutions[0],
    );
    this.#limitSeconds(model);
    this.#audio.disabled = !model.audio || !model.options.includes("generate_audio");
    if (this.#audio.disabled) this.#audio.checked = model.audio;
    this.#negativePrompt.root.hidden = !model.options.includes("negative_prompt");
  }
}

function modelOption(model) {
  const name = modelName(model.id);
  const isRetired = model.retired_on !== null;
  const prices = Object.values(model.usd_per_second).map((price) => price.with_audio);
  const text = isRetired
    ? TEXTS.retiredModel(name, modelName(model.successor))
    : TEXTS.modelPrice(name, money(Math.min(...prices)));
  return element("option", { value: model.id, disabled: isRetired }, text);
}

function modelHint(model) {
  if (model.stage === "preview") return TEXTS.preview;
  if (!model.guaranteed_until) return "";
  const isOver = model.guaranteed_until < new Date().toISOString().slice(0, 10);
  return isOver
    ? TEXTS.guaranteeOver(modelName(model.successor))
    : TEXTS.guaranteed(day.format(new Date(model.guaranteed_until)));
}
