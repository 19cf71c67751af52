import { button, element, setText } from "./dom.js";
import { Field } from "./fields.js";
import { money } from "./format.js";
import { OwnSettings } from "./own_settings.js";
import { TEXTS } from "./texts.js";

const LONGEST_PROMPT = 5000;

/** The prompts of a campaign, one per video, in order. */
export class PromptList {
  #rows = [];
  #limit = Infinity;
  #shown = [];
  #models = [];
  #focused = null;
  #joined = null;
  #rejoin = button(TEXTS.keepAsOne, {
    kind: "link",
    hidden: true,
    onclick: () => this.#joinPasted(),
  });
  #count = element("span", { class: "hint" });
  #list = element("div", { class: "prompts" });
  #add = button(TEXTS.addPrompt, {
    kind: "quiet",
    icon: "plus",
    onclick: () => this.#addAndFocus(),
  });

  /** `keptAt` returns the prompt with which the video of a position stays as it is, or null. */
  constructor({ onChange, keptAt }) {
    this.onChange = onChange;
    this.keptAt = keptAt;
    this.root = element(
      "fieldset",
      { class: "section" },
      element("legend", {}, TEXTS.prompts),
      this.#list,
      this.#rejoin,
      element("div", { class: "row" }, this.#add, this.#count),
    );
    this.fill([""]);
  }

  /** What is written in each field. */
  get texts() {
    return this.#rows.map((row) => row.field.value.trim());
  }

  /** The prompts without trailing empty ones; null for one that is not to be made. */
  get values() {
    const { texts } = this;
    const used = texts.slice(0, texts.findLastIndex(Boolean) + 1);
    return used.map((text, index) => (this.#isSent(index) ? text : null));
  }

  /** What is set for each prompt alone. */
  get own() {
    return this.#rows.map((row) => row.own.values);
  }

  /** What a draft keeps: null for a video that stays as it is, and which prompts have no tick. */
  get drafted() {
    const prompts = this.texts.map((text, index) => (text === this.keptAt(index) ? null : text));
    return { prompts, unticked: this.#indexes((row) => !row.tick.checked), own: this.own };
  }

  /** Whether a prompt was written that is not sent because it has no tick. */
  get hasUnsent() {
    return this.#indexes((row) => row.field.value.trim() && !row.tick.checked).length > 0;
  }

  /** By position, whether a new video replaces one. */
  set shown(shown) {
    this.#shown = shown;
  }

  replaces(position) {
    return Boolean(this.#shown[position]);
  }

  /** The ids of the models that a prompt may have of its own. */
  set models(ids) {
    this.#models = ids;
    for (const { own } of this.#rows) own.offer(ids);
  }

  get limit() {
    return this.#limit;
  }

  set limit(limit) {
    this.#limit = limit;
    this.#number();
  }

  focus(index = 0) {
    (this.#rows[index] ?? this.#rows[0]).field.control.focus();
  }

  /** Write into the prompt that had the focus last, or the first empty one. */
  write(textOf) {
    const row = this.#focused ?? this.#rows.find(({ field }) => !field.value) ?? this.#rows.at(-1);
    row.field.value = textOf(row.field.value.trim());
    row.field.control.focus();
    this.onChange();
  }

  fill(prompts, { unticked = [], own = [] } = {}) {
    const texts = prompts.length ? prompts : [""];
    while (this.#rows.length > texts.length) this.#rows.pop().field.root.remove();
    while (this.#rows.length < texts.length) this.#append();
    this.#rows.forEach((row, index) => {
      if (row.field.value !== texts[index]) row.field.value = texts[index];
      row.tick.checked = !unticked.includes(index);
      row.own.values = own[index] ?? {};
    });
    this.#rejoin.hidden = true;
    this.#number();
  }

  /** Show errors in the prompts. Return whether all are valid. */
  check() {
    const problems = this.#rows.map((row) => promptProblem(row.field.value, null));
    this.#rows.forEach((row, index) => row.field.showError(problems[index]));
    return !problems.some(Boolean);
  }

  showError(index, text) {
    this.#rows[index]?.field.showError(text);
  }

  /** Show the estimated outcome of each prompt that is sent, or clear it. */
  showEstimates(estimates) {
    const { values } = this;
    const remaining = [...estimates];
    this.#rows.forEach((row, index) => {
      const estimate = values[index] ? remaining.shift() : this.#unsent(row, index);
      row.outcome.dataset.outcome = estimate?.outcome ?? "";
      setText(row.outcome, estimate ? outcomeText(estimate, index, this.#shown[index]) : "");
    });
  }

  #isSent(index) {
    const { field, tick } = this.#rows[index];
    const text = field.value.trim();
    return text !== "" && tick.checked && text !== this.keptAt(index);
  }

  #unsent({ field, tick }, index) {
    const text = field.value.trim();
    if (!text) return null;
    return { outcome: tick.checked && text === this.keptAt(index) ? "kept" : "unticked" };
  }

  #indexes(isMeant) {
    return this.#rows.flatMap((row, index) => (isMeant(row) ? [index] : []));
  }

  #append() {
    const control = element("textarea", {
      rows: 3,
      dir: "auto",
      placeholder: TEXTS.promptPlaceholder,
    });
    const number = element("span");
    const field = new Field(control, { label: number });
    const outcome = element("span", { class: "outcome" });
    const tick = element("input", { type: "checkbox", checked: true });
    const remove = button("", {
      kind: "quiet small",
      icon: "close",
      onclick: () => this.#remove(row),
    });
    const own = new OwnSettings();
    own.offer(this.#models);
    const row = { field, outcome, remove, number, tick, own };
    control.addEventListener("focus", () => (this.#focused = row));
    control.addEventListener("paste", (event) => this.#paste(event, row));
    const head = element("div", { class: "row" }, outcome, tick, own.toggle, remove);
    field.root.append(head, own.root);
    this.#rows.push(row);
    this.#list.append(field.root);
  }

  #remove(row) {
    const index = this.#rows.indexOf(row);
    this.#rows.splice(index, 1);
    row.field.root.remove();
    this.#focused = null;
    this.#rejoin.hidden = true;
    this.#number();
    this.#rows[Math.min(index, this.#rows.length - 1)].field.control.focus();
    this.onChange();
  }

  #addAndFocus() {
    this.#append();
    this.#number();
    this.#rows.at(-1).field.control.focus();
  }

  /** Make a prompt of each line that is pasted into an empty field, as far as there is room. */
  #paste(event, row) {
    const pasted = event.clipboardData.getData("text/plain");
    const lines = pasted.split("\n").map((line) => line.trim()).filter(Boolean);
    const after = this.#rows.slice(this.#rows.indexOf(row) + 1);
    const isFree = [row, ...after].every(({ field }) => !field.value.trim());
    const before = this.#rows.length - after.length - 1;
    if (lines.length < 2 || !isFree || before + lines.length > this.#limit) return;
    event.preventDefault();
    const texts = this.texts.slice(0, before);
    this.fill([...texts, ...lines], this.drafted);
    this.#joined = { before, prompts: [...texts, pasted.trim()] };
    this.#rejoin.hidden = false;
    this.#rows.at(-1).field.control.focus();
    this.onChange();
  }

  #joinPasted() {
    const { before, prompts } = this.#joined;
    this.fill(prompts, this.drafted);
    this.focus(before);
    this.onChange();
  }

  #number() {
    this.#rows.forEach((row, index) => {
      setText(row.number, TEXTS.prompt(index + 1));
      row.remove.setAttribute("aria-label", TEXTS.removePrompt(index + 1));
      row.remove.hidden = this.#rows.length === 1;
      row.tick.ariaLabel = TEXTS.tickPrompt(index + 1);
      row.tick.hidden = this.#rows.length === 1;
      row.own.toggle.ariaLabel = row.own.toggle.title = TEXTS.ownSettings(index + 1);
      row.own.toggle.hidden = this.#rows.length === 1 && row.own.root.hidden;
    });
    this.#add.hidden = this.#rows.length >= this.#limit;
    setText(this.#count, TEXTS.promptCount(this.#rows.length, this.#limit));
  }
}

/** Why a prompt cannot be sent, or null. `missing` is the reason for an empty one. */
export function promptProblem(text, missing) {
  const prompt = text.trim();
  if (!prompt) return missing;
  const excess = [...prompt].length - LONGEST_PROMPT;
  return excess > 0 ? TEXTS.promptTooLong(excess) : null;
}

function outcomeText({ outcome, cost, index }, position, isShown) {
  if (outcome === "created") {
    return isShown ? TEXTS.replaces(money(cost)) : TEXTS.outcome.created(money(cost));
  }
  if (outcome === "cache_hit" && index !== position) return TEXTS.cachedElsewhere(index + 1);
  return TEXTS.outcome[outcome];
}
