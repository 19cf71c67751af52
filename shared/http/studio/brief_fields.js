import { element, setText } from "./dom.js";
import { Field } from "./fields.js";
import { TEXTS } from "./texts.js";

const LONGEST_ENTRY = 500;

/** The fields of the business context, folded to one line. Entries with other names, set by the API, are kept. */
export class BriefFields {
  #fields = new Map();
  #line = element("span", { class: "hint" });
  #grid = element("div", { class: "fields" });

  constructor() {
    this.root = element(
      "details",
      { class: "section brief-fold" },
      element("summary", {}, element("strong", {}, TEXTS.brief), this.#line),
      this.#grid,
    );
    this.root.addEventListener("input", () => this.#fold());
    for (const [key, [label, placeholder]] of Object.entries(TEXTS.context)) {
      this.#add(key, label, placeholder);
    }
    this.#fold();
  }

  get values() {
    const filled = [...this.#fields].map(([key, field]) => [key, field.value.trim()]);
    return Object.fromEntries(filled.filter(([, value]) => value));
  }

  fill(context) {
    for (const key of Object.keys(context)) {
      if (!this.#fields.has(key)) this.#add(key, key.replaceAll("_", " "));
    }
    for (const [key, field] of this.#fields) {
      field.value = context[key] ?? "";
    }
    this.#fold();
  }

  /** Show what is written in one line. */
  #fold() {
    setText(this.#line, Object.values(this.values).join(" · ") || TEXTS.briefHint);
  }

  #add(key, label, placeholder) {
    const control = element("textarea", {
      name: key,
      rows: 1,
      dir: "auto",
      maxlength: LONGEST_ENTRY,
      autocomplete: "off",
      placeholder,
    });
    const field = new Field(control, { label });
    this.#fields.set(key, field);
    this.#grid.append(field.root);
  }
}
