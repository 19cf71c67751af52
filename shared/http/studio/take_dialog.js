import { spend } from "./api.js";
import { openDialog } from "./dialogs.js";
import { button, element, setText } from "./dom.js";
import { Choice, Field } from "./fields.js";
import { modelName, money } from "./format.js";
import { PICTURE_TEXTS } from "./picture_texts.js";
import { Pictures } from "./pictures.js";
import { promptProblem } from "./prompt_list.js";
import { TAKE_TEXTS } from "./take_texts.js";
import { addedSeconds, modelsFor, takePrice } from "./takes.js";
import { TEXTS } from "./texts.js";

const DEFAULT_ADDED = 7;

/**
 * Ask for the words of a take that is made from a video, and request it at the displayed price.
 *
 * `kind` is remix, extend or edit. Resolves with the requested video, or null. The dialog stays open
 * with what was typed if the request is refused.
 */
export function makeTake(kind, video, models) {
  const form = new TakeForm(kind, video, modelsFor(kind, video, models));
  return openDialog({
    title: TAKE_TEXTS[kind].title(video.index + 1),
    content: form.content,
    go: form.go,
    isFit: () => form.isSent(),
    answer: () => form.made,
    otherwise: null,
  });
}

class TakeForm {
  made = null;
  go = button("-", { kind: "primary" });
  #kind;
  #video;
  #models;
  #prompt;
  #model;
  #seconds = new Choice({ label: TAKE_TEXTS.seconds });
  #pictures = null;
  #error = element("p", { class: "error", role: "alert" });

  constructor(kind, video, models) {
    [this.#kind, this.#video, this.#models] = [kind, video, models];
    const texts = TAKE_TEXTS[kind];
    const words = element("textarea", { rows: 3, dir: "auto", placeholder: texts.placeholder });
    this.#prompt = new Field(words, { label: texts.prompt });
    if (kind === "remix") this.#prompt.value = video.prompt;
    const options = models.map(({ id }) => element("option", { value: id }, modelName(id)));
    this.#model = new Field(element("select", {}, ...options), { label: TAKE_TEXTS.model });
    this.#model.root.hidden = models.length < 2 && models[0].id === video.model;
    this.#model.control.addEventListener("change", () => this.#show());
    this.#seconds.root.addEventListener("change", () => this.#show());
    if (kind === "remix" && !video.extended_clip && !video.edited_clip) this.#addPictures();
    this.content = [
      element("p", {}, texts.about),
      this.#prompt.root,
      this.#pictures?.root,
      this.#model.root,
      this.#seconds.root,
      element("p", { class: "hint" }, TAKE_TEXTS.stays),
      this.#error,
    ].filter(Boolean);
    this.#show();
  }

  /** Request the take. Resolve with whether that succeeded; else the dialog says why not. */
  async isSent() {
    const problem = promptProblem(this.#prompt.value, TAKE_TEXTS.promptMissing);
    this.#prompt.showError(problem);
    setText(this.#error, this.#pictures?.isSending ? PICTURE_TEXTS.sending : "");
    if (problem) this.#prompt.control.focus();
    if (problem || this.#pictures?.check() === false) return false;
    try {
      const path = `/v1/videos/${this.#video.id}/${this.#kind}`;
      this.made = (await spend(path, this.#body())).body;
      return true;
    } catch (error) {
      this.#showError(error);
      return false;
    }
  }

  get #chosen() {
    return this.#models.find((model) => model.id === this.#model.value);
  }

  get #price() {
    return takePrice(this.#kind, this.#video, this.#chosen, Number(this.#seconds.value));
  }

  #addPictures() {
    const [model] = this.#models;
    const tasks = model.tasks.filter((task) =>
      model.task_seconds[task].includes(Number(this.#video.seconds)),
    );
    this.#pictures = new Pictures({ campaignId: this.#video.campaign_id, onChange: () => {} });
    this.#pictures.offer({ ...model, tasks });
    this.#pictures.fill(this.#video);
    this.#pictures.listenTo(this.#pictures.root);
  }

  #body() {
    const body = { prompt: this.#prompt.value.trim(), max_cost_usd: this.#price };
    if (this.#kind === "remix") return { ...body, ...this.#pictures?.changes };
    if (this.#kind === "edit") return { ...body, model: this.#model.value };
    return { ...body, model: this.#model.value, seconds: Number(this.#seconds.value) };
  }

  #show() {
    const isExtension = this.#kind === "extend";
    const seconds = isExtension ? addedSeconds(this.#chosen) : [];
    this.#seconds.root.hidden = !isExtension;
    this.#seconds.offer(
      seconds.map((count) => [count, TEXTS.secondsOption(count)]),
      seconds.includes(DEFAULT_ADDED) ? DEFAULT_ADDED : seconds[0],
    );
    setText(this.go.lastChild, TAKE_TEXTS[this.#kind].confirm(money(this.#price)));
  }

  #showError({ param, message }) {
    if (param === "prompt") this.#prompt.showError(message);
    else if (!this.#pictures?.showError(param, message)) setText(this.#error, message);
  }
}
