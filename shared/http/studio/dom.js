const SVG = "http://www.w3.org/2000/svg";

let ids = 0;

/** Create an element. Strings become text nodes, never markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    setAttribute(made, key, value);
  }
  made.append(...children.flat().filter((child) => child || child === 0));
  return made;
}

/**
 * @param {any} label
 * @param {{kind?: string, icon?: string, onclick?: (event: any) => any,
 *   [attribute: string]: any}} options
 */
export function button(label, { kind = "", icon: name, onclick, ...attributes }) {
  const className = ["button", kind].filter(Boolean).join(" ");
  const symbol = name && icon(name);
  return element(
    "button",
    { type: "button", class: className, onclick, ...attributes },
    symbol,
    label && element("span", {}, ...[label].flat()),
  );
}

/** An icon, hidden from assistive technology: the text beside it has the meaning. */
export function icon(name) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("class", "icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#icon-${name}`);
  drawing.append(use);
  return drawing;
}

/** Text for screen readers only. */
export function unseen(text) {
  return element("span", { class: "unseen" }, text);
}

/** User text, in its own writing direction. */
export function written(name, text, attributes = {}) {
  return element(name, { dir: "auto", ...attributes }, text);
}

/** What a page begins with; its heading is focused when the page is opened. */
export function intro(title, lead) {
  return element(
    "div",
    { class: "intro" },
    element("h1", { tabindex: "-1" }, title),
    element("p", { class: "lead" }, lead),
  );
}

/** A placeholder for an empty list. */
export function emptyState(title, text) {
  return element(
    "div",
    { class: "empty" },
    icon("film"),
    element("h2", {}, title),
    element("p", {}, text),
  );
}

export function uniqueId(prefix) {
  ids += 1;
  return `${prefix}-${ids}`;
}

const states = new WeakMap();

/** Rebuild the content only if its data changed, so that focus and playback are kept. */
export function showIn(container, state, build) {
  const key = JSON.stringify(state);
  if (states.get(container) === key) return;
  states.set(container, key);
  const hadFocus = container.contains(document.activeElement);
  container.replaceChildren(...[build()].flat().filter(Boolean));
  if (hadFocus) moveFocusInto(container);
}

/** Move the focus here, so that keyboard users do not continue at the top of the page. */
function moveFocusInto(container) {
  const next = container.querySelector("button:enabled, a[href]");
  (next ?? container.closest("[tabindex]"))?.focus();
}

export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function setAttribute(target, key, value) {
  if (key.startsWith("on")) {
    if (value) target.addEventListener(key.slice(2), value);
  } else if (typeof value === "boolean") {
    target.toggleAttribute(key, value);
  } else if (value != null) {
    target.setAttribute(key, value);
  }
}
