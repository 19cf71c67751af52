import { element, showIn, uniqueId } from "./dom.js";

/** A labelled control with a hint and an error message. */
export class Field {
  #error;

  /**
   * @param {any} control
   * @param {{label: any, hint?: any, className?: string}} options
   */
  constructor(control, { label, hint, className = "" }) {
    this.control = control;
    this.label = label;
    control.id ||= uniqueId("field");
    const [hintId, errorId] = [`${control.id}-hint`, `${control.id}-error`];
    control.setAttribute("aria-describedby", `${hintId} ${errorId}`);
    this.hint = element("p", { id: hintId, class: "hint" }, hint);
    this.#error = element("p", { id: errorId, class: "error" });
    this.root = element(
      "div",
      { class: `field ${className}` },
      element("label", { for: control.id }, label),
      control,
      this.hint,
      this.#error,
    );
  }

  get value() {
    return this.control.value;
  }

  set value(value) {
    this.control.value = value;
  }

  showError(text) {
    this.#error.textContent = text ?? "";
    if (text) this.control.setAttribute("aria-invalid", "true");
    else this.control.removeAttribute("aria-invalid");
  }
}

/** A group of radio buttons. */
export class Choice {
  #group;

  constructor({ label }) {
    this.name = uniqueId("choice");
    this.#group = element("div", { class: "choice" });
    this.hint = element("p", { class: "hint", id: `${this.name}-hint` });
    this.root = element(
      "fieldset",
      { class: "field", "aria-describedby": this.hint.id },
      element("legend", {}, label),
      this.#group,
      this.hint,
    );
  }

  get value() {
    return this.#group.querySelector("input:checked")?.value;
  }

  set value(value) {
    const wanted = this.#inputs().find((input) => input.value === String(value));
    if (wanted) wanted.checked = true;
  }

  /** Set the options. Keep the selected one if it is among them, else select `fallback`. */
  offer(options, fallback) {
    const chosen = this.value;
    showIn(this.#group, options, () => options.flatMap((option) => this.#option(...option)));
    this.value = chosen;
    if (!this.value) this.value = fallback;
  }

  /** Enable only these options. */
  allow(isAllowed) {
    for (const input of this.#inputs()) {
      input.disabled = !isAllowed(input.value);
    }
  }

  #option(value, text) {
    const id = uniqueId("option");
    return [
      element("input", { type: "radio", class: "unseen", name: this.name, id, value }),
      element("label", { for: id }, text),
    ];
  }

  #inputs() {
    return [...this.#group.querySelectorAll("input")];
  }
}
