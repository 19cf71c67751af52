import { connection, readPages, send } from "./api.js";
import { button, element, emptyState, intro, setText, showIn, uniqueId, unseen, written } from "./dom.js";
import { Choice, Field } from "./fields.js";
import { since, spentOf } from "./format.js";
import { moveOnHover } from "./hover_preview.js";
import { sayFailure, showLoadFailure, showTrouble } from "./notices.js";
import { Poller, notifyOtherTabs } from "./polling.js";
import { TEXTS } from "./texts.js";

const PAGE = 50;
const LONGEST_TITLE = 100;
const TYPING_MILLISECONDS = 250;
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;
const SHOWN = {
  open: { archived: "false" },
  pending: { archived: "false", status: "pending" },
  failed: { archived: "false", status: "failed" },
  archived: { archived: "true" },
};

/** The page on which to find, open or start a campaign. */
export class Home {
  title = TEXTS.campaignsTitle;
  #list = element("div", { class: "campaigns", "aria-busy": "true" });
  #found = element("p", { class: "unseen", role: "status" });
  #start;
  #search;
  #shown = new Choice({ label: TEXTS.showOnly });
  #pages = 1;
  #timer = null;
  #poller = new Poller({
    load: () => this.#load(),
    onFailure: showLoadFailure,
  });

  constructor({ open }) {
    this.open = open;
    this.#start = startForm(open);
    this.#search = element("input", {
      type: "search",
      maxlength: 200,
      placeholder: TEXTS.search,
      "aria-label": TEXTS.search,
      "aria-keyshortcuts": "/",
    });
    this.#shown.offer(Object.keys(SHOWN).map((name) => [name, TEXTS.shown[name]]), "open");
    this.#search.addEventListener("input", () => this.#findSoon(TYPING_MILLISECONDS));
    this.#shown.root.addEventListener("change", () => this.#findSoon(0));
    this.root = element(
      "div",
      { class: "home wall" },
      intro(TEXTS.campaignsTitle, TEXTS.tagline),
      this.#start,
      element("div", { class: "find", role: "search" }, this.#search, this.#shown.root),
      this.#found,
      this.#list,
    );
    const rows = Array.from({ length: 3 }, () => element("div", { class: "skeleton row" }));
    this.#list.append(...rows);
    this.#poller.start();
  }

  focusFirst() {
    this.#start.querySelector("input").focus();
  }

  focusSearch() {
    this.#search.focus();
  }

  autofocus() {
    this.focusFirst();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#poller.stop();
  }

  get #wanted() {
    const words = this.#search.value.trim();
    return { order: "updated", ...SHOWN[this.#shown.value], ...(words && { q: words }) };
  }

  #findSoon(pause) {
    clearTimeout(this.#timer);
    this.#pages = 1;
    this.#timer = setTimeout(() => this.#poller.refresh(), pause);
  }

  async #load() {
    const wanted = this.#wanted;
    const { data, hasMore } = await readPages("/v1/campaigns", {
      pages: this.#pages,
      limit: PAGE,
      wanted,
    });
    showTrouble(null);
    const isStale = JSON.stringify(wanted) !== JSON.stringify(this.#wanted);
    if (!isStale) this.#show(data, hasMore);
    return null;
  }

  #show(campaigns, hasMore) {
    this.#list.setAttribute("aria-busy", "false");
    const isAll = !this.#wanted.q && this.#shown.value === "open";
    setText(this.#found, isAll ? "" : TEXTS.found(campaigns.length, hasMore));
    showIn(this.#list, { campaigns, hasMore, isAll }, () => {
      if (campaigns.length === 0) {
        return [
          isAll
            ? emptyState(TEXTS.noCampaignsTitle, TEXTS.noCampaigns)
            : emptyState(TEXTS.nothingFoundTitle, TEXTS.nothingFound),
        ];
      }
      const cards = campaigns.map((campaign) => this.#card(campaign));
      return [element("ul", {}, ...cards), hasMore && this.#moreButton()];
    });
  }

  #card(campaign) {
    const posters = campaign.thumbnail_urls.slice(0, 4).map((url) => poster(new URL(url)));
    const name = campaign.title ?? campaign.id;
    const link = written("a", name, {
      href: campaignPath(campaign.id),
      onclick: (event) => this.#follow(event, campaign.id),
    });
    const isUsedUp = campaign.budget.available_usd !== null && campaign.budget.available_usd <= 0;
    const card = element(
      "li",
      { class: "campaign" },
      element("div", { class: "filmstrip", "aria-hidden": "true" }, ...posters),
      element("h2", {}, link),
      element("p", { class: "meta" }, TEXTS.counts(campaign.counts)),
      isUsedUp && element("p", { class: "warning" }, TEXTS.budgetUsedUp),
      element(
        "div",
        { class: "meta figures" },
        element(
          "p",
          {},
          unseen(`${TEXTS.spent} `),
          spentOf(campaign.money),
          " · ",
          since(campaign.updated_at, connection.now()),
        ),
        button("⋯", {
          kind: "quiet small",
          "aria-label": TEXTS.changeCampaign(name),
          onclick: () => this.#change(campaign),
        }),
      ),
    );
    moveOnHover(card, posters);
    return card;
  }

  /** Rename, duplicate, archive or delete it. */
  async #change(campaign) {
    try {
      const { changeCampaign } = await import("./campaign_dialog.js");
      const made = await changeCampaign(campaign);
      if (made) return this.open(made);
      notifyOtherTabs(campaign.id);
    } catch (error) {
      sayFailure(error);
    }
    return this.#poller.refresh();
  }

  #follow(event, campaignId) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.open(campaignId);
  }

  #moreButton() {
    const more = () => {
      this.#pages += 1;
      this.#poller.refresh();
    };
    return button(TEXTS.showMore, { onclick: more });
  }
}

/** Whether it can be the id of a campaign, and is safe in a path. */
export function isCampaignId(text) {
  return ID.test(text);
}

export function campaignPath(campaignId) {
  return `/?campaign=${encodeURIComponent(campaignId)}`;
}

/** The field of a campaign's title. */
export function titleField(value = "") {
  const input = element("input", {
    id: uniqueId("title"),
    maxlength: LONGEST_TITLE,
    autocomplete: "off",
    dir: "auto",
    placeholder: TEXTS.titlePlaceholder,
    value,
  });
  const field = new Field(input, { label: TEXTS.campaignName, hint: TEXTS.startHint });
  input.addEventListener("input", () => field.showError(null));
  return field;
}

function startForm(open) {
  const field = titleField();
  const go = element("button", { type: "submit", class: "button primary" }, TEXTS.start);
  const start = async (event) => {
    event.preventDefault();
    if (go.disabled) return;
    go.disabled = true;
    try {
      const { body } = await send("/v1/campaigns", { title: field.value });
      notifyOtherTabs(body.id);
      open(body.id);
    } catch (error) {
      field.showError(error.param === "title" && !field.value.trim() ? TEXTS.nameIt : error.message);
      field.control.focus();
    }
    go.disabled = false;
  };
  const form = element(
    "form",
    { class: "start", novalidate: true, onsubmit: start },
    element("h2", {}, TEXTS.startTitle),
    field.root,
  );
  const joined = element("div", { class: "joined" });
  field.control.replaceWith(joined);
  joined.append(field.control, go);
  return form;
}

function poster({ pathname, search }) {
  return element("img", {
    src: pathname + search,
    alt: "",
    loading: "lazy",
    width: 160,
    height: 90,
  });
}
