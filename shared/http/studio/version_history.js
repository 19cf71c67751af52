import { button, clipWarnings, element, showIn, setText, unseen, written } from "./dom.js";
import { recipe, when } from "./format.js";
import { thumbnailPath } from "./player.js";
import { takeSource } from "./takes.js";
import { TEXTS } from "./texts.js";
import { madeFrom } from "./thumbnails.js";

/** The historical versions of a slot, each with its poster. */
export class VersionHistory {
  #title = element("summary");
  #list = element("ul", { class: "versions" });
  #actions;

  constructor(actions) {
    this.#actions = actions;
    this.root = element("details", { class: "history" }, this.#title, this.#list);
  }

  update({ current, historical }) {
    setText(this.#title, TEXTS.history(historical.length));
    this.root.hidden = historical.length === 0;
    const state = [current?.id, historical.map((video) => video.id)];
    showIn(this.#list, state, () => historical.map((video) => this.#item(video, [current, ...historical])));
  }

  #item(video, versions) {
    const [current] = versions;
    const made = TEXTS.made(when(video.created_at));
    const action = (label, onclick, kind = "") =>
      button([label, unseen(`: ${made}`)], { kind: `small ${kind}`, onclick });
    const { compare, promote, remove } = this.#actions;
    return element(
      "li",
      {},
      element("img", {
        src: thumbnailPath(video.id),
        alt: "",
        loading: "lazy",
        width: 160,
        height: 90,
      }),
      element(
        "div",
        {},
        element("p", { class: "made" }, made, element("span", { class: "tag" }, TEXTS.otherFile)),
        element("p", { class: "meta" }, recipe(video)),
        takeSource(video, versions),
        madeFrom(video),
        ...clipWarnings(video),
        video.prompt !== current?.prompt && written("p", video.prompt, { class: "prompt" }),
        element(
          "div",
          { class: "actions" },
          current && action(TEXTS.compare, () => compare(video)),
          action(TEXTS.bringBack, () => promote(video)),
          action(TEXTS.remove, () => remove(video), "quiet"),
        ),
      ),
    );
  }
}
