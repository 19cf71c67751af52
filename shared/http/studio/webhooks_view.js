import { read } from "./api.js";
import { element, emptyState, intro, showIn } from "./dom.js";
import { showLoadFailure, showTrouble } from "./notices.js";
import { Poller, notifyOtherTabs } from "./polling.js";
import { WebhookCard } from "./webhook_card.js";
import { WebhookForm } from "./webhook_form.js";
import { WEBHOOK_TEXTS } from "./webhook_texts.js";

const DELIVERIES_SECONDS = 5;

/** The page of all webhooks: a form that adds one, and a card for each. */
export class WebhooksView {
  title = WEBHOOK_TEXTS.title;
  #form = new WebhookForm({ onAdded: (webhook) => this.#added(webhook) });
  #list = element("section", { class: "batches", "aria-busy": "true" });
  #empty = emptyState(WEBHOOK_TEXTS.noneTitle, WEBHOOK_TEXTS.none);
  #cards = new Map();
  #poller = new Poller({
    load: () => this.#load(),
    onFailure: showLoadFailure,
  });

  constructor() {
    this.root = element(
      "div",
      { class: "home" },
      intro(WEBHOOK_TEXTS.title, WEBHOOK_TEXTS.lead),
      this.#form.root,
      this.#list,
    );
    this.#list.append(element("div", { class: "skeleton row" }));
    this.#poller.start();
  }

  stop() {
    this.#poller.stop();
  }

  async #load() {
    const { body } = await read("/v1/webhooks");
    const cards = body.data.map((webhook) => this.#card(webhook));
    const open = body.data.filter(({ id }) => this.#cards.get(id).deliveries.isOpen);
    await Promise.all(open.map((webhook) => this.#cards.get(webhook.id).deliveries.load(webhook)));
    showTrouble(null);
    this.#list.ariaBusy = "false";
    const ids = body.data.map(({ id }) => id);
    showIn(this.#list, ids, () => (cards.length ? cards.map((card) => card.root) : this.#empty));
    cards.forEach((card, position) => card.update(body.data[position]));
    return open.length ? DELIVERIES_SECONDS : null;
  }

  #card(webhook) {
    const { id } = webhook;
    const known = this.#cards.get(id) ?? new WebhookCard(webhook, { onDone: () => this.#changed() });
    this.#cards.set(id, known);
    return known;
  }

  async #added(webhook) {
    const card = this.#card(webhook);
    card.showSecret(webhook.secret);
    await this.#changed();
    card.root.focus();
  }

  async #changed() {
    notifyOtherTabs("webhooks");
    await this.#poller.refresh();
  }
}
