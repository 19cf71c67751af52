import { button, element } from "./dom.js";
import { TEXTS } from "./texts.js";

/** The unsent form of a campaign, kept in this browser until it is sent or discarded. */
export class Draft {
  #key;

  /** `onDiscard` runs after the user discards the draft. */
  constructor({ campaignId, onDiscard }) {
    this.#key = `draft of ${campaignId}`;
    const discard = () => {
      this.forget();
      onDiscard();
    };
    this.root = element(
      "p",
      { class: "draft hint", hidden: true },
      TEXTS.draftRestored,
      button(TEXTS.discardDraft, { kind: "link", onclick: discard }),
    );
  }

  /** Return the body of the request that was not sent, and say so; null if there is none. */
  restore() {
    const draft = withStorage((storage) => JSON.parse(storage.getItem(this.#key)));
    this.root.hidden = !draft;
    return draft;
  }

  get isKept() {
    return withStorage((storage) => storage.getItem(this.#key) !== null) ?? false;
  }

  keep(body) {
    withStorage((storage) => storage.setItem(this.#key, JSON.stringify(body)));
  }

  forget() {
    withStorage((storage) => storage.removeItem(this.#key));
    this.root.hidden = true;
  }
}

/** Browsers may refuse storage, or have none left: then a draft lasts as long as its page. */
function withStorage(use) {
  try {
    return use(localStorage);
  } catch {
    return null;
  }
}
