import { loaded, patch, remove, send, spend } from "./api.js";
import { askForBudget, budgetSentence } from "./budget_dialog.js";
import { cleanUp } from "./cleanup_dialog.js";
import { confirmed } from "./dialogs.js";
import { money, size } from "./format.js";
import { askWhichPrompt } from "./changed_prompt.js";
import { offer, say, sayFailure } from "./notices.js";
import { priceOf } from "./spending.js";
import { makeTake } from "./take_dialog.js";
import { TAKE_TEXTS } from "./take_texts.js";
import { TEXTS } from "./texts.js";
import { TRASH_TEXTS } from "./trash_texts.js";

/** User actions on a campaign and its videos. `onDone` runs after each, also after a failure. */
export class CampaignActions {
  #path;
  #form;
  #trashDays;
  #onReviewed;
  #onDone;

  /**
   * `form` has the prompts that were changed, and focuses one. `trashDays` returns how long what is
   * deleted can be restored.
   */
  constructor({ path, models, form, trashDays, onReviewed, onDone }) {
    this.#path = path;
    this.#trashDays = trashDays;
    this.models = models;
    this.#form = form;
    this.#onReviewed = onReviewed;
    this.#onDone = onDone;
  }

  /** Make a take with the prompt of the video, or if the form has another, with that of choice. */
  regenerate = (video) =>
    this.#do(async () => {
      const order = this.#form.orderOfChanged(video);
      const changed = order && (await askWhichPrompt(video, order));
      if (changed === null) await this.#regenerate(pathOf(video), [video]);
      else if (changed) await spend(`${this.#path}/videos`, changed);
    });

  /** Set whether a video is exempt from every clean-up. */
  keep = (video) => this.#do(() => patch(pathOf(video), { kept: !video.kept }));

  editPrompt = (video) => this.#form.focusPrompt(video.index);

  /** Make a take from a video: `kind` is remix, extend or edit. */
  derive = async (kind, video) => {
    const made = await makeTake(kind, video, this.models);
    if (!made) return;
    say(made.outcome === "created" ? TAKE_TEXTS.sent(video.index + 1) : TAKE_TEXTS.existing);
    await this.#onDone();
  };

  /** Resolve with whether the video is current now. */
  promote = (video) =>
    this.#do(async () => {
      await send(`${pathOf(video)}/promote`);
      say(TEXTS.madeLive(video.index + 1));
    });

  /** Before its submission a video costs nothing; afterwards it is only not used. */
  cancel = async (video) => {
    const isSure = video.phase === "reserved" || (await confirmed(this.#cancelling(video)));
    if (!isSure) return;
    await this.#do(async () => {
      const { body } = await send(`${pathOf(video)}/cancel`);
      const paid = this.canStop(video) ? TEXTS.stopBody(money(priceOf([video]))) : TEXTS.cancelledPending;
      say(body.phase === "cancelled" ? TEXTS.cancelled : paid);
    });
  };

  canStop = (video) => this.models.some(({ id, can_cancel: can }) => id === video.model && can);

  #cancelling(video) {
    const [number, price] = [video.index + 1, money(priceOf([video]))];
    return this.canStop(video)
      ? { title: TEXTS.stopTitle(number), body: TEXTS.stopBody(price), confirm: TEXTS.stop }
      : {
          title: TEXTS.cancelPaidTitle(number),
          body: TEXTS.cancelPaidBody(price),
          confirm: TEXTS.cancelPaid,
        };
  }

  dismiss = (video) => {
    this.#form.keepWords();
    return this.#do(() => remove(pathOf(video)));
  };

  remove = async (video) => {
    const number = video.index + 1;
    const isCurrent = video.version_state === "current";
    const isSure = await confirmed({
      title: isCurrent ? TEXTS.removeTitle(number) : TEXTS.removeVersionTitle,
      body: this.#trashDays() ? TRASH_TEXTS.body(this.#trashDays()) : TEXTS.removeBody,
      confirm: TEXTS.remove,
    });
    if (!isSure) return;
    let isTrashed = false;
    const isDone = await this.#do(async () => {
      const { body } = await remove(pathOf(video));
      isTrashed = body.purge_at !== null;
    });
    if (!isDone) return;
    if (isTrashed) offer(TRASH_TEXTS.moved(number), TRASH_TEXTS.undo, () => this.#restore(video));
    else say(TEXTS.removed(number));
  };

  #restore(video) {
    return this.#do(async () => {
      await send(`${pathOf(video)}/restore`);
      say(TRASH_TEXTS.undone(video.index + 1));
    });
  }

  showTrash = async () => {
    try {
      const code = await loaded(import("./trash_dialog.js"));
      await code.showTrash({ path: this.#path, days: this.#trashDays(), onDone: this.#onDone });
    } catch (error) {
      sayFailure(error);
    }
  };

  share = (video) =>
    this.#do(async () => {
      const code = await loaded(import("./share_dialog.js"));
      await code.share(video, { askForReview: () => this.askForReview() });
    });

  /** Create the links by which people without a key review the campaign, and list them. */
  askForReview = () =>
    this.#do(async () => {
      const code = await loaded(import("./review_links.js"));
      await code.showReviewLinks(this.#path);
      await this.#onReviewed();
    });

  playReel = (name, videos) =>
    this.#do(async () => {
      const code = await loaded(import("./reel.js"));
      code.playReel(name, videos);
    });

  async regenerateAll(videos) {
    const isSure = await confirmed({
      title: TEXTS.regenerateAllTitle,
      body: TEXTS.regenerateAllBody(videos.length, money(priceOf(videos))),
      confirm: TEXTS.regenerateAll,
      kind: "primary",
    });
    if (isSure) await this.#do(() => this.#regenerate(this.#path, videos));
  }

  async cleanUp() {
    const ask = async (body) => (await send(`${this.#path}/cleanup`, body)).body;
    const hasTrash = this.#trashDays() > 0;
    const removal = await cleanUp(ask, hasTrash ? TRASH_TEXTS.moveAll : TEXTS.cleanUpConfirm);
    if (!removal) return;
    await this.#onDone();
    const count = removal.deleted.length;
    if (hasTrash) offer(TRASH_TEXTS.movedAll(count), TRASH_TEXTS.show, this.showTrash);
    else say(TEXTS.cleanedUp(count, size(removal.bytes)));
  }

  /** `budget` is the campaign's, or null for a campaign that does not exist yet. */
  async changeBudget(budget) {
    const wanted = await askForBudget(budget);
    if (wanted === undefined) return;
    await this.#do(async () => {
      const { body } = await patch(this.#path, { budget_usd: wanted });
      say(budgetSentence(body.budget));
    });
  }

  #regenerate(path, videos) {
    return spend(`${path}/regenerate`, { max_cost_usd: priceOf(videos) });
  }

  async #do(does) {
    let isDone = true;
    try {
      await does();
    } catch (error) {
      isDone = false;
      sayFailure(error);
    }
    await this.#onDone();
    return isDone;
  }
}

function pathOf(video) {
  return `/v1/videos/${video.id}`;
}
