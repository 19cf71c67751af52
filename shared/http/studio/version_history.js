import { button, element, icon, showIn, setText, unseen, written } from "./dom.js";
import { clipWarnings, recipe, when } from "./format.js";
import { moveOnHover } from "./hover_preview.js";
import { isDebugging, thumbnailPath } from "./player.js";
import { commentList, decisionLines } from "./said.js";
import { takeSource } from "./takes.js";
import { TEXTS } from "./texts.js";
import { madeFrom } from "./thumbnails.js";

/** The historical versions of a slot, each with its poster. */
export class VersionHistory {
  #title = element("summary");
  #limit = element("p", { class: "hint" });
  #list = element("ul", { class: "versions" });
  #actions;
  #reviews;

  constructor(actions, reviews) {
    this.#actions = actions;
    this.#reviews = reviews;
    this.root = element("details", { class: "history" }, this.#title, this.#limit, this.#list);
  }

  /** `next` is the take that the next one removes, if any; `compared` has the ids of some. */
  update({ current, historical }, { limit, next, compared }) {
    setText(this.#limit, TEXTS.historyLimit(limit));
    setText(this.#title, TEXTS.history(historical.length));
    this.root.hidden = historical.length === 0;
    const versions = historical.map((each) => [each.id, each.kept, this.#reviews.of(each)]);
    const state = [current?.id, next?.id, versions];
    showIn(this.#list, state, () =>
      historical.map((video) => this.#item(video, [current, ...historical], next)),
    );
    /** @type {NodeListOf<HTMLElement>} */
    const toggles = this.#list.querySelectorAll("[data-compares]");
    for (const toggle of toggles) {
      toggle.ariaPressed = String(compared.includes(toggle.dataset.compares));
    }
  }

  #item(video, versions, next) {
    const [current] = versions;
    const made = TEXTS.made(when(video.created_at));
    const action = (label, onclick, kind = "", attributes = {}) =>
      button([label, unseen(`: ${made}`)], { kind: `small ${kind}`, onclick, ...attributes });
    const { compare, promote, keep, remove } = this.#actions;
    const poster = element("img", {
      src: thumbnailPath(video.id),
      alt: "",
      loading: "lazy",
      width: 160,
      height: 90,
    });
    moveOnHover(poster, [poster]);
    return element(
      "li",
      {},
      poster,
      element(
        "div",
        {},
        element(
          "p",
          { class: "made" },
          made,
          isDebugging && element("span", { class: "tag" }, TEXTS.otherFile),
          video.id === next?.id && element("span", { class: "tag" }, TEXTS.goesNext),
        ),
        element("p", { class: "meta" }, recipe(video)),
        takeSource(video, versions),
        madeFrom(video),
        ...saidOf(this.#reviews.of(video)),
        ...warningsOf(video),
        video.prompt !== current?.prompt && written("p", video.prompt, { class: "prompt" }),
        element(
          "div",
          { class: "actions" },
          current && action(TEXTS.compare, () => compare(video), "", { "data-compares": video.id }),
          action(TEXTS.makeLive, () => promote(video)),
          keepButton(video, {
            onclick: () => keep(video),
            text: [TEXTS.keep, unseen(`: ${made}`)],
            kind: "small",
          }),
          action(TEXTS.remove, () => remove(video), "quiet"),
        ),
      ),
    );
  }
}

function saidOf({ comments, decisions }) {
  return [...decisionLines(decisions), comments.length > 0 && commentList(comments)];
}

/** How a clip differs from the request. */
export function warningsOf(video) {
  return clipWarnings(video).map((text) =>
    element("p", { class: "warning" }, icon("broken"), text),
  );
}

/** A button that keeps a video, or no longer. */
export function keepButton(video, { onclick, text, kind = "" }) {
  return button(text, {
    kind: `quiet star ${kind}`,
    icon: "star",
    title: TEXTS.keepHint,
    "aria-pressed": String(video.kept),
    onclick,
  });
}

/** The historical take that the next one removes, if any. */
export function nextToGo(historical, limit) {
  const removable = historical.filter((video) => !video.kept);
  return removable.length > 0 && removable.length >= limit ? removable[Math.max(limit - 1, 0)] : null;
}
