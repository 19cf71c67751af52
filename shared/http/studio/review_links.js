import { read, remove, send } from "./api.js";
import { confirmed, openDialog } from "./dialogs.js";
import { button, element, setText, showIn, unseen, uniqueId, written } from "./dom.js";
import { Field } from "./fields.js";
import { when } from "./format.js";
import { sayFailure } from "./notices.js";
import { REVIEW_LINK_TEXTS } from "./review_link_texts.js";

const TERMS = [7, 14, 30, 90];
const USUAL_TERM = 14;
const MOST_TITLE_LETTERS = 100;

/** Create, list, close and delete the reviews of a campaign, until the dialog is closed. */
export function showReviewLinks(campaignPath) {
  return new ReviewLinks(`${campaignPath}/reviews`).open();
}

class ReviewLinks {
  #path;
  #name = new Field(element("input", { maxlength: MOST_TITLE_LETTERS }), {
    label: REVIEW_LINK_TEXTS.name,
    hint: REVIEW_LINK_TEXTS.nameHint,
  });
  #days = new Field(
    element(
      "select",
      {},
      ...TERMS.map((days) =>
        element(
          "option",
          { value: days, selected: days === USUAL_TERM },
          REVIEW_LINK_TEXTS.daysCount(days),
        ),
      ),
    ),
    { label: REVIEW_LINK_TEXTS.days },
  );
  #earlier = element("input", { type: "checkbox", id: uniqueId("earlier") });
  #link = new Field(element("input", { readonly: true, dir: "ltr" }), {
    label: REVIEW_LINK_TEXTS.link,
    hint: REVIEW_LINK_TEXTS.linkHint,
  });
  #made = element("div", { class: "section", hidden: true });
  #status = element("p", { class: "hint", role: "status" });
  #list = element("ul", { class: "review-links" });
  #go = button(REVIEW_LINK_TEXTS.create, { kind: "primary" });

  constructor(path) {
    this.#path = path;
    const copy = button(REVIEW_LINK_TEXTS.copyLink, {
      kind: "small",
      onclick: () => this.#copy(),
    });
    const another = button(REVIEW_LINK_TEXTS.createAnother, {
      kind: "small quiet",
      onclick: () => this.#startAgain(),
    });
    const actions = element("div", { class: "actions" }, copy, another);
    this.#made.append(this.#link.root, actions, this.#status);
  }

  async open() {
    await this.#refresh();
    return openDialog({
      title: REVIEW_LINK_TEXTS.title,
      content: [
        element("p", { class: "hint" }, REVIEW_LINK_TEXTS.lead),
        this.#name.root,
        this.#days.root,
        element(
          "label",
          { class: "tick", for: this.#earlier.id },
          this.#earlier,
          REVIEW_LINK_TEXTS.earlier,
        ),
        this.#made,
        element("h3", {}, REVIEW_LINK_TEXTS.listTitle),
        this.#list,
      ],
      go: this.#go,
      isFit: async () => {
        if (!this.#made.hidden) return true;
        await this.#create();
        return false;
      },
      answer: () => null,
    });
  }

  async #create() {
    try {
      const { body } = await send(this.#path, {
        title: this.#name.value,
        days: Number(this.#days.value),
        include_historical: this.#earlier.checked,
      });
      this.#link.value = body.url;
      this.#showMade(true);
      await this.#refresh();
      await this.#copy();
      this.#name.showError(null);
    } catch (error) {
      this.#name.showError(error.message);
    }
  }

  #startAgain() {
    this.#showMade(false);
    this.#name.value = "";
    this.#name.control.focus();
  }

  /** Once the link is made, the main button closes the dialog: it makes no second one by mistake. */
  #showMade(isMade) {
    this.#made.hidden = !isMade;
    setText(this.#go.lastChild, isMade ? REVIEW_LINK_TEXTS.done : REVIEW_LINK_TEXTS.create);
  }

  /** Without HTTPS, browsers leave that to the user. */
  async #copy() {
    try {
      await navigator.clipboard.writeText(this.#link.value);
      this.#status.textContent = REVIEW_LINK_TEXTS.copied;
    } catch {
      this.#link.control.select();
      this.#status.textContent = REVIEW_LINK_TEXTS.copyByHand;
    }
  }

  async #refresh() {
    const { body } = await read(this.#path);
    showIn(this.#list, body.data, () =>
      body.data.length
        ? body.data.map((review) => this.#item(review))
        : [element("li", { class: "hint" }, REVIEW_LINK_TEXTS.none)],
    );
  }

  #item(review) {
    const { id, title, status, comments, decisions } = review;
    const name = title ?? REVIEW_LINK_TEXTS.created(when(review.created_at));
    const state =
      status === "open"
        ? REVIEW_LINK_TEXTS.until(when(review.expires_at))
        : REVIEW_LINK_TEXTS.statuses[status];
    const act = (text, does) =>
      button([text, unseen(`: ${name}`)], { kind: "small", onclick: () => this.#do(does) });
    const said = REVIEW_LINK_TEXTS.said(comments.length, decisions.length);
    return element(
      "li",
      {},
      element(
        "div",
        {},
        written("strong", name),
        element("p", { class: "meta" }, `${state} · ${said}`),
      ),
      element(
        "div",
        { class: "actions" },
        status === "open" &&
          act(REVIEW_LINK_TEXTS.revoke, () => this.#revoke(id)),
        act(REVIEW_LINK_TEXTS.remove, () => this.#remove(id)),
      ),
    );
  }

  async #revoke(id) {
    const isSure = await confirmed({
      title: REVIEW_LINK_TEXTS.revokeTitle,
      body: REVIEW_LINK_TEXTS.revokeBody,
      confirm: REVIEW_LINK_TEXTS.revoke,
    });
    if (isSure) await send(`${this.#path}/${id}/close`);
  }

  async #remove(id) {
    const isSure = await confirmed({
      title: REVIEW_LINK_TEXTS.removeTitle,
      body: REVIEW_LINK_TEXTS.removeBody,
      confirm: REVIEW_LINK_TEXTS.remove,
    });
    if (isSure) await remove(`${this.#path}/${id}`);
  }

  async #do(does) {
    try {
      await does();
      await this.#refresh();
    } catch (error) {
      sayFailure(error);
    }
  }
}
