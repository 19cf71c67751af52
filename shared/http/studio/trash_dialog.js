import { read, remove, send } from "./api.js";
import { confirmed, openDialog } from "./dialogs.js";
import { button, element, setText, showIn, unseen, written } from "./dom.js";
import { recipe, when } from "./format.js";
import { thumbnailPath } from "./player.js";
import { TRASH_TEXTS } from "./trash_texts.js";

/**
 * Show what is in the trash of a campaign, to be restored or deleted for good.
 *
 * `path` is the campaign's, and `days` is how long something stays there. `onDone` runs after each
 * change. Resolves when the dialog is closed.
 */
export async function showTrash({ path, days, onDone }) {
  const trash = new Trash(path, onDone);
  await trash.load();
  await openDialog({
    title: TRASH_TEXTS.title,
    content: [element("p", { class: "hint" }, TRASH_TEXTS.lead(days)), trash.root, trash.status],
  });
}

class Trash {
  root = element("div", { class: "trash", tabindex: "-1" });
  /** While a dialog is open, notices outside of it are not read. */
  status = element("p", { role: "status" });
  #path;
  #onDone;

  constructor(path, onDone) {
    [this.#path, this.#onDone] = [path, onDone];
  }

  async load() {
    const { body } = await read(`${this.#path}/trash`);
    const ids = body.data.map(({ id }) => id);
    showIn(this.root, [ids, body.unreadable.length], () => [
      ids.length === 0 && element("p", {}, TRASH_TEXTS.empty),
      ids.length > 0 &&
        element("ul", { class: "versions" }, ...body.data.map((video) => this.#item(video))),
      ids.length > 0 && button(TRASH_TEXTS.emptyAll, { kind: "quiet", onclick: () => this.#empty(ids.length) }),
      body.unreadable.length > 0 &&
        element("p", { class: "hint" }, TRASH_TEXTS.unreadable(body.unreadable.length)),
    ]);
  }

  #item(video) {
    const number = video.index + 1;
    const name = TRASH_TEXTS.deletedFrom(number);
    const goes = TRASH_TEXTS.goes(when(video.purge_at));
    const action = (label, onclick, kind = "") =>
      button([label, unseen(`: ${name}. ${goes}`)], { kind: `small ${kind}`, onclick });
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
        element("p", { class: "made" }, name),
        element("p", { class: "meta" }, goes),
        element("p", { class: "meta" }, recipe(video)),
        written("p", video.prompt, { class: "prompt" }),
        element(
          "div",
          { class: "actions" },
          action(TRASH_TEXTS.restore, () => this.#restore(video)),
          action(TRASH_TEXTS.purge, () => this.#purge(video), "quiet"),
        ),
      ),
    );
  }

  #restore(video) {
    return this.#do(async () => {
      await send(`/v1/videos/${video.id}/restore`);
      return TRASH_TEXTS.undone(video.index + 1);
    });
  }

  async #purge(video) {
    const isSure = await confirmed({
      title: TRASH_TEXTS.purgeTitle,
      body: TRASH_TEXTS.purgeBody,
      confirm: TRASH_TEXTS.purge,
    });
    if (!isSure) return;
    await this.#do(async () => {
      await remove(`/v1/videos/${video.id}?purge=true`);
      return TRASH_TEXTS.purged(video.index + 1);
    });
  }

  async #empty(count) {
    const isSure = await confirmed({
      title: TRASH_TEXTS.emptyTitle(count),
      body: TRASH_TEXTS.emptyBody,
      confirm: TRASH_TEXTS.purge,
    });
    if (!isSure) return;
    await this.#do(async () => {
      const { body } = await remove(`${this.#path}/trash`);
      return body.deleted ? TRASH_TEXTS.emptied : TRASH_TEXTS.isBeingEmptied;
    });
  }

  /** `does` resolves with a sentence about what it did. */
  async #do(does) {
    try {
      const sentence = await does();
      await this.load();
      setText(this.status, sentence);
    } catch (error) {
      setText(this.status, error.message);
    }
    await this.#onDone();
  }
}
