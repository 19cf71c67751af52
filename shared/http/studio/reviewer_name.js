import { button, element, setText, uniqueId, written } from "./dom.js";
import { Field } from "./fields.js";
import { REVIEW_TEXTS } from "./review_texts.js";

const KEPT_UNDER = "showreel.reviewer";
const MOST_LETTERS = 64;

/** The name of the reviewer, which is asked for once, and kept in this browser. */
export class ReviewerName {
  #name = kept();
  #root;
  #shown = written("span", "");

  constructor(root) {
    this.#root = root;
    const change = button(REVIEW_TEXTS.change, { kind: "link", onclick: () => this.#ask() });
    root.replaceChildren(this.#shown, change);
    this.#show();
  }

  get current() {
    return this.#name;
  }

  /** Resolve with the name, or null if the reviewer gives none. */
  async wanted() {
    return this.#name || (await this.#ask());
  }

  #show() {
    this.#root.hidden = !this.#name;
    setText(this.#shown, REVIEW_TEXTS.you(this.#name));
  }

  #take(name) {
    this.#name = name;
    try {
      localStorage.setItem(KEPT_UNDER, name);
    } catch {
      // The browser keeps nothing: it is asked for again on the next visit.
    }
    this.#show();
  }

  #ask() {
    const control = element("input", { maxlength: MOST_LETTERS, autocomplete: "name" });
    const field = new Field(control, { label: REVIEW_TEXTS.nameLabel, hint: REVIEW_TEXTS.nameHint });
    field.value = this.#name;
    const title = element("h2", { id: uniqueId("name") }, REVIEW_TEXTS.nameTitle);
    const back = button(REVIEW_TEXTS.goBack, { onclick: () => dialog.close() });
    const go = button(REVIEW_TEXTS.goOn, { kind: "primary" });
    go.type = "submit";
    const actions = element("div", { class: "actions" }, back, go);
    const form = element("form", { novalidate: true }, title, field.root, actions);
    const dialog = element("dialog", { class: "dialog", "aria-labelledby": title.id }, form);
    document.body.append(dialog);
    dialog.showModal();
    control.focus();
    return new Promise((resolve) => {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        const name = field.value.trim().replace(/\s+/g, " ");
        field.showError(name ? null : REVIEW_TEXTS.nameMissing);
        if (!name) return;
        this.#take(name);
        resolve(name);
        dialog.close();
      });
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(null);
      });
    });
  }
}

function kept() {
  try {
    return localStorage.getItem(KEPT_UNDER) ?? "";
  } catch {
    return "";
  }
}
