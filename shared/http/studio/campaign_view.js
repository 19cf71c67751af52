import { connection, read, remove, send, spend } from "./api.js";
import { CampaignForm } from "./campaign_form.js";
import { changeBudget, cleanUp, confirmed } from "./dialogs.js";
import { button, element, emptyState, setText, showIn } from "./dom.js";
import { money, since, size } from "./format.js";
import { say, sayFailure, showTrouble } from "./notices.js";
import { Poller, tellOtherTabs } from "./polling.js";
import { SlotCard } from "./slot_card.js";
import { TEXTS } from "./texts.js";

const TICK_MILLISECONDS = 1000;
const MOST_FAILURES = 20;

/** A campaign at a glance: its money, its form, and a card for each of its videos. */
export class CampaignView {
  #id;
  #campaign = null;
  #failures = [];
  #cards = new Map();
  #knownPending = null;
  #subtitle = element("p", { class: "meta" }, TEXTS.loading);
  #actions = element("div", { class: "actions" });
  #money = element("dl", { class: "money" });
  #grid = element("div", { class: "grid", "aria-busy": "true" });
  #empty = emptyState(TEXTS.emptyTitle, TEXTS.empty);
  #form;
  #poller;
  #ticking;

  constructor({ id, models }) {
    this.#id = id;
    this.title = id;
    const path = `/v1/campaigns/${id}`;
    this.path = path;
    this.#form = new CampaignForm({ campaignId: id, models, onSent: () => this.#changed() });
    this.root = this.#layOut();
    this.#poller = new Poller({
      load: () => this.#load(),
      onFailure: (error) => connection.isUp && showTrouble(error.message),
    });
    this.#poller.start();
    this.#ticking = setInterval(() => this.#tick(), TICK_MILLISECONDS);
  }

  stop() {
    this.#poller.stop();
    clearInterval(this.#ticking);
  }

  #layOut() {
    const heading = element(
      "header",
      { class: "heading" },
      element("div", {}, element("h1", { tabindex: "-1" }, this.#id), this.#subtitle),
      this.#actions,
      this.#money,
    );
    const panel = element(
      "details",
      { class: "panel", open: true },
      element("summary", {}, element("h2", {}, TEXTS.formTitle)),
      this.#form.root,
    );
    this.#grid.append(...Array.from({ length: 2 }, () => element("div", { class: "skeleton card" })));
    const videos = element(
      "section",
      { class: "videos", "aria-label": TEXTS.videosTitle },
      heading,
      this.#grid,
    );
    return element("div", { class: "campaign-view" }, panel, videos);
  }

  async #load() {
    const { body, retryAfter } = await readCampaign(this.path);
    if (this.#missesFailures(body)) this.#failures = await this.#readFailures();
    showTrouble(null);
    this.#campaign = body;
    this.#render();
    return retryAfter;
  }

  /** What failed stands in no slot; it is looked for when something that was being made is gone. */
  #missesFailures(campaign) {
    const slots = campaign?.slots ?? [];
    const pending = slots.map((slot) => slot.pending?.id).filter(Boolean);
    const shown = new Set([...pending, ...slots.map((slot) => slot.current?.id)]);
    const isFirst = this.#knownPending === null;
    const isGone = this.#knownPending?.some((id) => !shown.has(id));
    this.#knownPending = pending;
    return isFirst || isGone || this.#failures.length > 0;
  }

  async #readFailures() {
    const query = new URLSearchParams({ campaign_id: this.#id, status: "failed", limit: MOST_FAILURES });
    const { body } = await read(`/v1/videos?${query}`);
    return body.data;
  }

  #render() {
    this.#grid.setAttribute("aria-busy", "false");
    const campaign = this.#campaign;
    setText(this.#subtitle, subtitleOf(campaign));
    this.#renderMoney(campaign);
    this.#renderActions(campaign);
    this.#renderCards(campaign);
    this.#form.update(campaign, this.#failures);
  }

  #renderMoney(campaign) {
    this.#money.hidden = !campaign;
    if (!campaign) return;
    const { money: amounts, budget, counts } = campaign;
    showIn(this.#money, [amounts, budget, counts.cache_hits], () => [
      figure(TEXTS.spent, money(amounts.spent), simulatedNote(amounts)),
      figure(TEXTS.reserved, money(amounts.reserved), TEXTS.reservedHint),
      amounts.possibly_spent > 0 &&
        figure(TEXTS.possiblySpent, money(amounts.possibly_spent), TEXTS.possiblySpentHint),
      figure(TEXTS.saved, money(amounts.saved), TEXTS.savedHint(counts.cache_hits)),
      budget && this.#budgetFigure(budget),
    ]);
  }

  #budgetFigure({ limit_usd: limit, available_usd: available }) {
    const change = button("", {
      kind: "quiet small",
      icon: "edit",
      "aria-label": TEXTS.changeBudget,
      onclick: async () => (await changeBudget(this.#id, limit)) && this.#changed(),
    });
    if (limit === null) return figure(TEXTS.budget, TEXTS.noBudget, change);
    return figure(TEXTS.budget, money(available), [TEXTS.budgetHint(money(limit)), change]);
  }

  #renderActions(campaign) {
    const { current = 0, pending = 0, historical = 0 } = campaign?.counts ?? {};
    showIn(this.#actions, [current, pending, historical], () => [
      current > 0 &&
        button(TEXTS.regenerateAll, {
          icon: "again",
          disabled: pending > 0,
          onclick: () => this.#regenerateAll(),
        }),
      historical > 0 && button(TEXTS.cleanUp, { icon: "sweep", onclick: () => this.#cleanUp() }),
    ]);
  }

  #renderCards(campaign) {
    const slots = slotsWithFailures(campaign?.slots ?? [], this.#failures);
    this.#grid.querySelectorAll(".skeleton").forEach((skeleton) => skeleton.remove());
    for (const [index, card] of this.#cards) {
      if (slots.some((slot) => slot.index === index)) continue;
      card.root.remove();
      this.#cards.delete(index);
    }
    for (const slot of slots) {
      this.#card(slot.index).update(slot, failureOf(slot, this.#failures));
    }
    if (slots.length === 0) this.#grid.append(this.#empty);
    else this.#empty.remove();
  }

  #card(index) {
    const known = this.#cards.get(index);
    if (known) return known;
    const card = new SlotCard(index, this.#cardActions());
    const next = [...this.#cards.keys()].filter((other) => other > index).toSorted((a, b) => a - b)[0];
    this.#grid.insertBefore(card.root, this.#cards.get(next)?.root ?? null);
    this.#cards.set(index, card);
    return card;
  }

  #cardActions() {
    const of = (video) => `/v1/videos/${video.id}`;
    return {
      regenerate: (video) => this.#act(() => spend(`${of(video)}/regenerate`)),
      promote: (video) =>
        this.#act(async () => {
          await send(`${of(video)}/promote`);
          say(TEXTS.broughtBack(video.index + 1));
        }),
      cancel: (video) =>
        this.#act(async () => {
          const { body } = await send(`${of(video)}/cancel`);
          say(body.note);
        }),
      remove: (video) => this.#removeVideo(video),
      dismiss: (video) => this.#act(() => remove(of(video))),
    };
  }

  async #removeVideo(video) {
    const isCurrent = video.version_state === "current";
    const number = video.index + 1;
    const isSure = await confirmed({
      title: isCurrent ? TEXTS.removeTitle(number) : TEXTS.removeVersionTitle,
      body: TEXTS.removeBody,
      confirm: TEXTS.remove,
    });
    if (!isSure) return;
    await this.#act(async () => {
      await remove(`/v1/videos/${video.id}`);
      say(TEXTS.removed(number));
    });
  }

  async #regenerateAll() {
    const current = this.#campaign.slots.map((slot) => slot.current).filter(Boolean);
    const price = current.reduce((sum, video) => sum + video.cost.estimated, 0);
    const isSure = await confirmed({
      title: TEXTS.regenerateAllTitle,
      body: TEXTS.regenerateAllBody(current.length, money(price)),
      confirm: TEXTS.regenerateAll,
      kind: "primary",
    });
    if (isSure) await this.#act(() => spend(`${this.path}/regenerate`));
  }

  async #cleanUp() {
    const removal = await cleanUp(this.#id);
    if (!removal) return;
    say(TEXTS.cleanedUp(removal.deleted.length, size(removal.bytes)));
    await this.#changed();
  }

  /** Do something with the campaign, and show what came of it. Answer whether it was done. */
  async #act(does) {
    try {
      await does();
    } catch (error) {
      sayFailure(error);
      await this.#poller.refresh();
      return false;
    }
    await this.#changed();
    return true;
  }

  async #changed() {
    tellOtherTabs(this.#id);
    await this.#poller.refresh();
  }

  #tick() {
    if (document.hidden) return;
    for (const card of this.#cards.values()) card.tick();
  }
}

async function readCampaign(path) {
  try {
    return await read(path);
  } catch (error) {
    // One that was only named so far.
    if (error.status === 404) return { body: null, retryAfter: null };
    throw error;
  }
}

/** The slots, and those that hold nothing because what was made for them failed. */
function slotsWithFailures(slots, failures) {
  const byIndex = new Map(slots.map((slot) => [slot.index, slot]));
  for (const { index, phase } of failures) {
    if (phase === "cancelled" || byIndex.has(index)) continue;
    byIndex.set(index, { index, current: null, pending: null, historical: [] });
  }
  return [...byIndex.values()].toSorted((one, other) => one.index - other.index);
}

/** The latest failure of a slot, unless something was made there since. */
function failureOf({ index, current, pending }, failures) {
  const latest = failures.find((video) => video.index === index && video.phase !== "cancelled");
  const since = Math.max(current?.created_at ?? 0, pending?.created_at ?? 0);
  return latest && latest.created_at > since && !pending ? latest : null;
}

function subtitleOf(campaign) {
  if (!campaign) return TEXTS.newCampaign;
  const ago = since(campaign.updated_at, connection.now());
  return `${TEXTS.counts(campaign.counts)} · ${TEXTS.updated(ago)}`;
}

function simulatedNote({ spent, simulated }) {
  if (!simulated) return "";
  return simulated === spent ? TEXTS.spentSimulated : TEXTS.partlySimulated(money(simulated));
}

function figure(name, value, note) {
  const notes = [note].flat().filter(Boolean);
  return element(
    "div",
    {},
    element("dt", {}, name),
    element("dd", {}, element("strong", {}, value), element("span", { class: "hint" }, ...notes)),
  );
}
