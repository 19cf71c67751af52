import { Unreachable, connection, send, spend } from "./api.js";
import { fileProblem, readBatchFile } from "./batch_file.js";
import { BATCH_TEXTS } from "./batch_texts.js";
import { confirmed } from "./dialogs.js";
import { element, setText, showIn, written } from "./dom.js";
import { Choice, Field } from "./fields.js";
import { acceptDrops } from "./file_drop.js";
import { money } from "./format.js";
import { say } from "./notices.js";
import { TEXTS } from "./texts.js";

const BULK = "bulk";
// The API names no more of the lines that it refuses.
const MOST_LINES_LISTED = 20;

/** The form that checks the file of a batch, shows its price, and sends it after confirmation. */
export class BatchForm {
  #input = element("input", {
    type: "file",
    accept: ".csv,.jsonl,.ndjson,.txt,text/csv,application/x-ndjson",
  });
  #file = new Field(this.#input, { label: BATCH_TEXTS.batchFile, hint: BATCH_TEXTS.batchFileHint });
  #priority = new Choice({ label: BATCH_TEXTS.priority });
  #summary = element("p", { class: "summary", role: "status" });
  #problems = element("div", { class: "problems", role: "alert" });
  #submit = element("button", { type: "submit", class: "button primary", disabled: true });
  #checked = null;
  #isSending = false;
  #onSent;

  /** `onSent` takes the batch. */
  constructor({ onSent }) {
    this.#onSent = onSent;
    this.#priority.offer(Object.entries(BATCH_TEXTS.priorities), BULK);
    setText(this.#priority.hint, BATCH_TEXTS.priorityHint);
    this.root = element(
      "form",
      { class: "start", novalidate: true, onsubmit: (event) => this.#send(event) },
      element("h2", {}, BATCH_TEXTS.sendFile),
      this.#file.root,
      element(
        "details",
        {},
        element("summary", {}, BATCH_TEXTS.fileFormat),
        element("p", { class: "hint" }, BATCH_TEXTS.fileFormatHint),
        element("pre", { class: "sample", tabindex: "0" }, BATCH_TEXTS.fileSample),
      ),
      this.#priority.root,
      this.#summary,
      this.#problems,
      this.#submit,
    );
    this.#input.addEventListener("change", () => this.#check());
    acceptDrops(this.root, (files) => {
      this.#input.files = files;
      this.#check();
    });
    this.#show({});
  }

  async #check() {
    const [file] = this.#input.files;
    this.#show({});
    if (!file) return;
    const problem = await fileProblem(file);
    if (problem) this.#show({ error: { message: problem } });
    else await this.#estimate(file);
  }

  /** What is sent later is what was checked, even if the file changes in the meantime. */
  async #estimate(file) {
    this.#show({ note: BATCH_TEXTS.checkingFile(file.name) });
    const isStale = () => file !== this.#input.files[0];
    try {
      const content = await readBatchFile(file);
      const { body } = await send("/v1/batches/estimate", content);
      if (!isStale()) this.#show({ checked: { ...body, content } });
    } catch (error) {
      if (isStale()) return;
      this.#show({ error });
      if (error instanceof Unreachable) this.#checkOnceReachable();
    }
  }

  #checkOnceReachable() {
    connection.addEventListener("change", () => this.#check(), { once: true });
  }

  #show({ checked = null, error = null, note = "" }) {
    this.#checked = checked;
    setText(this.#summary, checked ? BATCH_TEXTS.fileChecked(checked) : note);
    showIn(this.#problems, [error?.message, error?.lines], () => (error ? problemsOf(error) : []));
    this.#input.toggleAttribute("aria-invalid", Boolean(error));
    this.#showSubmit();
  }

  #showSubmit() {
    const created = this.#checked?.videos.created ?? 0;
    const price = money(this.#checked?.cost_usd ?? 0);
    const nothing = this.#checked ? TEXTS.makeNothing : TEXTS.makeBefore;
    setText(this.#submit, created ? TEXTS.make(created, price) : nothing);
    this.#submit.disabled = !created || this.#isSending;
    this.#submit.setAttribute("aria-busy", String(this.#isSending));
  }

  async #send(event) {
    event.preventDefault();
    const checked = this.#checked;
    if (!checked?.videos.created || this.#isSending) return;
    const price = money(checked.cost_usd);
    const isSure = await confirmed({
      title: BATCH_TEXTS.sendBatchTitle,
      body: BATCH_TEXTS.sendBatchBody(checked.videos.created, price),
      confirm: TEXTS.make(checked.videos.created, price),
      kind: "primary",
    });
    if (isSure) await this.#spend(checked);
  }

  /** The batch must not cost more than the displayed price. */
  async #spend({ content, cost_usd: cost }) {
    this.#isSending = true;
    this.#showSubmit();
    const query = new URLSearchParams({ max_cost_usd: cost, priority: this.#priority.value });
    try {
      const { body } = await spend(`/v1/batches?${query}`, content);
      say(BATCH_TEXTS.batchSent(body.total));
      this.#input.value = "";
      this.#show({});
      await this.#onSent(body);
    } catch (error) {
      this.#show({ error });
    }
    this.#isSending = false;
    this.#showSubmit();
  }
}

function problemsOf({ message, lines = [] }) {
  if (!lines.length) return [written("p", message, { class: "error" })];
  const items = lines.map((each) => written("li", BATCH_TEXTS.lineProblem(each.line, each.message)));
  return [
    element("p", { class: "error" }, BATCH_TEXTS.linesInvalid(lines.length === MOST_LINES_LISTED)),
    element("ul", { class: "lines" }, ...items),
  ];
}
