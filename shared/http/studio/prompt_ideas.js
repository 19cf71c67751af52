import { button, element } from "./dom.js";
import { IDEAS, STARTERS } from "./idea_texts.js";
import { TEXTS } from "./texts.js";

/** Starters that fill a prompt, and phrases for camera, light and sound that are added to one. */
export class PromptIdeas {
  constructor(prompts) {
    const begin = ([name, text]) =>
      button(name, { kind: "small", onclick: () => prompts.write((before) => joined(before, text)) });
    const add = (phrase) =>
      button(phrase, {
        kind: "small",
        onclick: () => prompts.write((before) => joined(before, `${phrase}.`)),
      });
    this.root = element(
      "details",
      { class: "section ideas" },
      element("summary", {}, TEXTS.ideas),
      group(TEXTS.starters, Object.entries(STARTERS).map(begin)),
      ...Object.entries(IDEAS).map(([name, phrases]) => group(name, phrases.map(add))),
    );
  }
}

function group(name, buttons) {
  return element(
    "div",
    { class: "chips", role: "group", "aria-label": name },
    element("span", { class: "hint" }, name),
    ...buttons,
  );
}

function joined(before, text) {
  if (!before) return text;
  return `${before}${/[.!?]$/.test(before) ? "" : "."} ${text}`;
}
