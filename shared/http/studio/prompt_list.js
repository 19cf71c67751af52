import { button, element, setText } from "./dom.js";
import { Field } from "./fields.js";
import { money } from "./format.js";
import { TEXTS } from "./texts.js";

const LONGEST_PROMPT = 5000;

/** The prompts of a campaign, one per video, in order. */
export class PromptList {
  #rows = [];
  #limit = Infinity;
  #kept = [];
  #list = element("div", { class: "prompts" });
  #add = button(TEXTS.addPrompt, {
    kind: "quiet",
    icon: "plus",
    onclick: () => this.#addAndFocus(),
  });

  constructor({ onChange }) {
    this.onChange = onChange;
    this.root = element(
      "fieldset",
      { class: "section" },
      element("legend", {}, TEXTS.prompts),
      this.#list,
      this.#add,
    );
    this.fill([""]);
  }

  /** What is written in each field. */
  get texts() {
    return this.#rows.map((row) => row.field.value.trim());
  }

  /** The prompts without trailing empty ones; null for a video that stays as it is. */
  get values() {
    const { texts } = this;
    const used = texts.slice(0, texts.findLastIndex(Boolean) + 1);
    return used.map((text, index) => (text === this.#kept[index] ? null : text));
  }

  /** By position, the prompt with which a video stays as it is, or null. */
  set kept(prompts) {
    this.#kept = prompts;
  }

  set limit(limit) {
    this.#limit = limit;
    this.#number();
  }

  focus(index = 0) {
    (this.#rows[index] ?? this.#rows[0]).field.control.focus();
  }

  fill(prompts) {
    const texts = prompts.length ? prompts : [""];
    while (this.#rows.length > texts.length) this.#rows.pop().field.root.remove();
    while (this.#rows.length < texts.length) this.#append();
    this.#rows.forEach((row, index) => {
      if (row.field.value !== texts[index]) row.field.value = texts[index];
    });
    this.#number();
  }

  /** Show errors in the prompts. Return whether all are valid. */
  check() {
    const { length } = this.values;
    const problems = this.#rows.map((row, index) => problemOf(row.field.value, index, length));
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
      const estimate = values[index] === null ? { outcome: "kept" } : remaining.shift();
      row.outcome.dataset.outcome = estimate?.outcome ?? "";
      setText(row.outcome, estimate ? outcomeText(estimate, index) : "");
    });
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
    const remove = button("", {
      kind: "quiet small",
      icon: "close",
      onclick: () => this.#remove(row),
    });
    const row = { field, outcome, remove, number };
    field.root.append(element("div", { class: "row" }, outcome, remove));
    this.#rows.push(row);
    this.#list.append(field.root);
  }

  #remove(row) {
    const index = this.#rows.indexOf(row);
    this.#rows.splice(index, 1);
    row.field.root.remove();
    this.#number();
    this.#rows[Math.min(index, this.#rows.length - 1)].field.control.focus();
    this.onChange();
  }

  #addAndFocus() {
    this.#append();
    this.#number();
    this.#rows.at(-1).field.control.focus();
  }

  #number() {
    this.#rows.forEach((row, index) => {
      setText(row.number, TEXTS.prompt(index + 1));
      row.remove.setAttribute("aria-label", TEXTS.removePrompt(index + 1));
      row.remove.hidden = this.#rows.length === 1;
    });
    this.#add.hidden = this.#rows.length >= this.#limit;
  }
}

function problemOf(text, index, length) {
  return promptProblem(text, index < length ? TEXTS.promptEmpty(index + 1) : null);
}

/** Why a prompt cannot be sent, or null. `missing` is the reason for an empty one. */
export function promptProblem(text, missing) {
  const prompt = text.trim();
  if (!prompt) return missing;
  const excess = [...prompt].length - LONGEST_PROMPT;
  return excess > 0 ? TEXTS.promptTooLong(excess) : null;
}

function outcomeText({ outcome, cost, index }, position) {
  if (outcome === "created") return TEXTS.outcome.created(money(cost));
  if (outcome === "cache_hit" && index !== position) return TEXTS.cachedElsewhere(index + 1);
  return TEXTS.outcome[outcome];
}
