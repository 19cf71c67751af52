import { connection } from "./api.js";
import { CampaignActions } from "./campaign_actions.js";
import { CampaignForm } from "./campaign_form.js";
import { CampaignMoney } from "./campaign_money.js";
import { CampaignReader } from "./campaign_reader.js";
import { CampaignReviews } from "./campaign_reviews.js";
import { button, element, emptyState, icon, intro, setText, showIn, written } from "./dom.js";
import { failureOf, slotsWithFailures } from "./failures.js";
import { since } from "./format.js";
import { progressOf } from "./making.js";
import { say, showLoadFailure, showTrouble } from "./notices.js";
import { Poller, notifyOtherTabs } from "./polling.js";
import { REVIEW_LINK_TEXTS } from "./review_link_texts.js";
import { SlotCard } from "./slot_card.js";
import { PageNews, canAskToNotify, notifyButton } from "./page_news.js";
import { TEXTS } from "./texts.js";
import { TRASH_TEXTS } from "./trash_texts.js";
import { outlookOf } from "./waiting.js";

const TICK_MILLISECONDS = 1000;

const wide = matchMedia("(min-width: 1000px)");

/** The page of a campaign: its money, its form, and a card for each video. */
export class CampaignView {
  #id;
  #reader;
  #reviews;
  #pageNews;
  #actions;
  #form;
  #poller;
  #ticking;
  #campaign = null;
  #failures = [];
  #cards = new Map();
  #title;
  #subtitle = element("p", { class: "meta" }, TEXTS.loading);
  #outlook = element("p", { class: "outlook" });
  #buttons = element("div", { class: "actions" });
  #money;
  #panel;
  #grid = element("div", { class: "grid", "aria-busy": "true" });
  #empty = emptyState(TEXTS.emptyTitle, TEXTS.empty);
  #missing;
  #content;
  #isWanted = false;
  #wasHidden = false;

  constructor({ id, models, mostVideos }) {
    this.#id = id;
    this.#reader = new CampaignReader(id);
    this.#reviews = new CampaignReviews(id);
    this.#pageNews = new PageNews(id);
    this.title = id;
    this.#form = new CampaignForm({
      campaignId: id,
      models,
      mostVideos,
      onSent: () => this.#changed(),
      onFocus: () => (this.#panel.open = true),
      changeBudget: (budget) => this.#actions.changeBudget(budget),
    });
    this.#actions = new CampaignActions({
      path: `/v1/campaigns/${id}`,
      models,
      form: this.#form,
      onReviewed: () => this.#reviews.refresh({ isOld: true }),
      trashDays: () => this.#campaign?.trash_days ?? 0,
      onDone: () => this.#changed(),
    });
    this.#money = new CampaignMoney({ changeBudget: (budget) => this.#budgetButton(budget) });
    this.root = this.#layOut();
    this.#poller = new Poller({
      load: () => this.#load(),
      onFailure: showLoadFailure,
    });
    document.addEventListener("visibilitychange", this.#noteHidden);
    this.#poller.start();
    this.#ticking = setInterval(() => this.#tick(), TICK_MILLISECONDS);
  }

  /** What reviewers say is read at once when the page is seen again. */
  #noteHidden = () => {
    this.#wasHidden ||= document.hidden;
  };

  focusFirst() {
    this.#form.focusPrompt(0);
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#noteHidden);
    this.#poller.stop();
    this.#pageNews.close();
    clearInterval(this.#ticking);
    for (const card of this.#cards.values()) card.close();
  }

  #layOut() {
    this.#title = written("h1", this.#id, { tabindex: "-1" });
    this.#panel = element(
      "details",
      { class: "panel", open: true },
      element("summary", {}, element("h2", {}, TEXTS.formTitle)),
      this.#form.root,
    );
    this.#grid.append(
      ...Array.from({ length: 2 }, () => element("div", { class: "skeleton card" })),
    );
    this.#missing = this.#offerToCreate();
    this.#content = element(
      "div",
      { class: "campaign-view" },
      element(
        "header",
        { class: "heading" },
        element("div", {}, this.#title, this.#subtitle, this.#outlook),
        this.#buttons,
        this.#money.root,
      ),
      this.#panel,
      element(
        "section",
        { class: "videos", "aria-label": TEXTS.videosTitle },
        element("h2", { class: "unseen" }, TEXTS.videosTitle),
        this.#grid,
      ),
    );
    return element("div", {}, this.#content, this.#missing);
  }

  /** A wrong address creates nothing. */
  #offerToCreate() {
    const create = button(TEXTS.createMissing(this.#id), {
      onclick: () => {
        this.#isWanted = true;
        this.#render();
        this.focusFirst();
      },
    });
    const words = intro(TEXTS.missingTitle(this.#id), TEXTS.missing);
    return element("div", { class: "missing", hidden: true }, words, create);
  }

  #budgetButton(budget) {
    return button("", {
      kind: "quiet small",
      icon: "edit",
      "aria-label": TEXTS.changeBudget,
      onclick: () => this.#actions.changeBudget(budget),
    });
  }

  async #load() {
    const { campaign, failures, retryAfter } = await this.#reader.read();
    if (campaign) await this.#reviews.refresh({ isOld: this.#wasHidden });
    this.#wasHidden = document.hidden;
    const isFirst = this.#grid.ariaBusy === "true";
    [this.#campaign, this.#failures] = [campaign, failures];
    showTrouble(null);
    this.#render();
    if (isFirst) this.#panel.open = wide.matches || this.#cards.size === 0;
    if (isFirst && campaign && this.#cards.size === 0 && wide.matches) this.focusFirst();
    return retryAfter;
  }

  #render() {
    const campaign = this.#campaign;
    const isMissing = !campaign && !this.#isWanted && !this.#form.hasDraft;
    [this.#missing.hidden, this.#content.hidden] = [!isMissing, isMissing];
    this.#name(campaign?.title ?? this.#id);
    setText(this.#subtitle, subtitleOf(campaign));
    setText(this.#outlook, campaign ? outlookOf(campaign) : "");
    this.#money.update(campaign);
    this.#renderButtons(campaign);
    this.#renderCards(campaign?.slots ?? []);
    this.#form.update(campaign, this.#failures);
  }

  #name(name) {
    this.title = name;
    setText(this.#title, name);
    this.#pageNews.name = name;
  }

  #renderButtons(campaign) {
    const { current = 0, pending = 0, historical = 0, trashed = 0 } = campaign?.counts ?? {};
    const regenerateAll = () => this.#actions.regenerateAll(currentVideos(this.#campaign));
    const cleanUp = () => this.#actions.cleanUp();
    const mayNotify = pending > 0 && canAskToNotify();
    const state = [current > 0, pending > 0, historical > 0, trashed, mayNotify];
    showIn(this.#buttons, state, () => [
      current > 1 &&
        button(TEXTS.playReel, {
          icon: "play",
          onclick: () => this.#actions.playReel(this.title, currentVideos(this.#campaign)),
        }),
      mayNotify && notifyButton(() => this.#renderButtons(this.#campaign)),
      current > 0 &&
        button(TEXTS.regenerateAll, {
          icon: "again",
          disabled: pending > 0,
          onclick: regenerateAll,
        }),
      current > 0 &&
        button(REVIEW_LINK_TEXTS.ask, { onclick: () => this.#actions.askForReview() }),
      current > 0 &&
        element(
          "a",
          { class: "button", href: `/v1/campaigns/${this.#id}/download`, download: true },
          icon("download"),
          element("span", {}, TEXTS.downloadAll),
        ),
      historical > 0 && button(TEXTS.cleanUp, { icon: "sweep", onclick: cleanUp }),
      trashed > 0 &&
        button(TRASH_TEXTS.open(trashed), { kind: "quiet", onclick: this.#actions.showTrash }),
      current > 0 &&
        element(
          "a",
          { class: "button quiet", href: `/?watched=${this.#id}`, "data-own": true },
          TEXTS.watched,
        ),
    ]);
  }

  #renderCards(loaded) {
    if (this.#grid.ariaBusy === "true") this.#grid.replaceChildren();
    this.#grid.ariaBusy = "false";
    const slots = slotsWithFailures(loaded, this.#failures);
    for (const [index, card] of this.#cards) {
      if (slots.some((slot) => slot.index === index)) continue;
      card.close();
      this.#cards.delete(index);
    }
    const news = slots.map((slot) =>
      this.#card(slot.index).update(slot, failureOf(slot, this.#failures), this.#limit),
    );
    this.#showNews(announce(news.filter(Boolean)));
    if (slots.length === 0) this.#grid.append(this.#empty);
    else this.#empty.remove();
  }

  #showNews(sentences) {
    const pending = (this.#campaign?.slots ?? []).map((slot) => slot.pending).filter(Boolean);
    this.#pageNews.update(pending.map((video) => progressOf(video) / 100), sentences);
  }

  get #limit() {
    return this.#campaign?.keep_historical ?? 0;
  }

  #card(index) {
    const known = this.#cards.get(index);
    if (known) return known;
    const card = new SlotCard(index, this.#actions, this.#reviews);
    const later = [...this.#cards.keys()].filter((other) => other > index);
    this.#grid.insertBefore(card.root, this.#cards.get(Math.min(...later))?.root ?? null);
    this.#cards.set(index, card);
    return card;
  }

  async #changed() {
    notifyOtherTabs(this.#id);
    await this.#poller.refresh();
    // The focused element may be gone: keyboard users continue at the top of the view.
    if (document.activeElement === document.body) this.#title.focus({ preventScroll: true });
  }

  #tick() {
    if (document.hidden) return;
    if (this.#pageNews.wasSeen() || this.#campaign?.counts.pending) this.#showNews([]);
    for (const card of this.#cards.values()) card.tick();
  }
}

function currentVideos(campaign) {
  return campaign.slots.map((slot) => slot.current).filter(Boolean);
}

function subtitleOf(campaign) {
  if (!campaign) return TEXTS.newCampaign;
  const { id, title, counts, slots } = campaign;
  const made = slots.length ? TEXTS.counts(counts) : TEXTS.newCampaign;
  const ago = TEXTS.updated(since(campaign.updated_at, connection.now()));
  return [title !== null && id, made, ago].filter(Boolean).join(" · ");
}

/** Announce each kind of change in one sentence, and return the sentences. */
function announce(news) {
  const sentences = Object.entries(TEXTS.news).flatMap(([kind, text]) => {
    const numbers = news.filter((each) => each.kind === kind).map((each) => each.number);
    return numbers.length ? [text(numbers)] : [];
  });
  for (const sentence of sentences) say(sentence);
  return sentences;
}
