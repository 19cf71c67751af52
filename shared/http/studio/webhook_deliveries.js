import { read, send } from "./api.js";
import { button, element, showIn, unseen, written } from "./dom.js";
import { when } from "./format.js";
import { say, sayFailure } from "./notices.js";
import { WEBHOOK_TEXTS } from "./webhook_texts.js";

const MOST_LISTED = 20;

/** The latest deliveries of a webhook, which are read while they are open. */
export class WebhookDeliveries {
  #path;
  #onChange;
  #list = element("ul", { class: "lines", tabindex: "0", "aria-label": WEBHOOK_TEXTS.deliveries });

  /** `onChange` runs when the list is opened and after a delivery was sent again. */
  constructor(id, { onChange }) {
    this.#path = `/v1/webhooks/${id}/deliveries`;
    this.#onChange = onChange;
    this.root = element(
      "details",
      { ontoggle: () => this.root.open && onChange() },
      element("summary", {}, WEBHOOK_TEXTS.deliveries),
      this.#list,
    );
  }

  get isOpen() {
    return this.root.open;
  }

  /** Read and show them. Those of a webhook that is not active cannot be sent again. */
  async load({ status }) {
    const isActive = status === "active";
    const { body } = await read(`${this.#path}?limit=${MOST_LISTED}`);
    showIn(this.#list, [isActive, body.data], () =>
      body.data.length
        ? body.data.map((delivery) => this.#item(delivery, isActive))
        : [element("li", { class: "hint" }, WEBHOOK_TEXTS.noDeliveries)],
    );
  }

  #item(delivery, isActive) {
    const { event, status, tries, response_body: answer } = delivery;
    const about = `${event.type} ${event.data.id}`;
    return element(
      "li",
      {},
      element(
        "div",
        { class: "row" },
        statusBadge(WEBHOOK_TEXTS.deliveryStatuses[status], status === "delivered"),
        element("span", {}, about),
        isActive &&
          status !== "delivered" &&
          tries > 0 &&
          button([WEBHOOK_TEXTS.sendAgain, unseen(` ${about}`)], {
            kind: "quiet small",
            icon: "again",
            onclick: () => this.#sendAgain(delivery),
          }),
      ),
      element("p", { class: "hint" }, deliveryFacts(delivery)),
      answer && written("p", answer, { class: "hint" }),
    );
  }

  async #sendAgain({ id, webhook_id: webhookId }) {
    try {
      await send(`/v1/webhooks/${webhookId}/deliveries/${id}/redeliver`);
      say(WEBHOOK_TEXTS.sentAgain);
    } catch (error) {
      sayFailure(error);
    }
    await this.#onChange();
  }
}

export function statusBadge(text, isGood) {
  return element("span", { class: "status", "data-status": isGood ? "completed" : "" }, text);
}

function deliveryFacts({ created_at, tried_at, tries, due_at, response_status, error }) {
  return [
    when(tried_at ?? created_at),
    tries && WEBHOOK_TEXTS.tries(tries),
    response_status && WEBHOOK_TEXTS.answered(response_status),
    error,
    due_at && WEBHOOK_TEXTS.nextTry(when(due_at)),
  ]
    .filter(Boolean)
    .join(" · ");
}
