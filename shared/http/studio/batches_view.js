import { readPages } from "./api.js";
import { BatchCard } from "./batch_card.js";
import { BatchForm } from "./batch_form.js";
import { BATCH_TEXTS } from "./batch_texts.js";
import { button, element, emptyState, intro, showIn } from "./dom.js";
import { showLoadFailure, showTrouble } from "./notices.js";
import { Poller, notifyOtherTabs } from "./polling.js";
import { TEXTS } from "./texts.js";

const BATCHES_PAGE = 20;

/** The page of all batches: a form that sends a file, and a card for each batch. */
export class BatchesView {
  title = BATCH_TEXTS.batchesTitle;
  #form = new BatchForm({ onSent: (batch) => this.#sent(batch) });
  #list = element("div", { class: "batches" });
  #more = element("div");
  #section = element("section", { "aria-busy": "true" }, this.#list, this.#more);
  #empty = emptyState(BATCH_TEXTS.noBatchesTitle, BATCH_TEXTS.noBatches);
  #cards = new Map();
  #pages = 1;
  #poller = new Poller({
    load: () => this.#load(),
    onFailure: showLoadFailure,
  });

  constructor() {
    this.root = element(
      "div",
      { class: "home" },
      intro(BATCH_TEXTS.batchesTitle, BATCH_TEXTS.batchesLead),
      this.#form.root,
      this.#section,
    );
    this.#list.append(element("div", { class: "skeleton row" }));
    this.#poller.start();
  }

  stop() {
    this.#poller.stop();
  }

  async #load() {
    const { data, hasMore, retryAfter } = await readPages("/v1/batches", {
      pages: this.#pages,
      limit: BATCHES_PAGE,
    });
    showTrouble(null);
    this.#show(data, hasMore);
    return retryAfter;
  }

  #show(batches, hasMore) {
    this.#section.ariaBusy = "false";
    const ids = batches.map((batch) => batch.id);
    const cards = batches.map((batch) => this.#card(batch));
    showIn(this.#list, ids, () => (cards.length ? cards.map((card) => card.root) : this.#empty));
    cards.forEach((card, position) => card.update(batches[position]));
    showIn(this.#more, hasMore, () => [
      hasMore && button(TEXTS.showMore, { onclick: () => this.#showMore() }),
    ]);
  }

  #card({ id }) {
    const known = this.#cards.get(id) ?? new BatchCard({ onDone: () => this.#changed() });
    this.#cards.set(id, known);
    return known;
  }

  #showMore() {
    this.#pages += 1;
    this.#poller.refresh();
  }

  async #sent(batch) {
    await this.#changed();
    this.#cards.get(batch.id)?.root.focus();
  }

  async #changed() {
    notifyOtherTabs("batches");
    await this.#poller.refresh();
  }
}
