import { send } from "./api.js";
import { element } from "./dom.js";
import { Field } from "./fields.js";
import { WEBHOOK_TEXTS } from "./webhook_texts.js";

/** The form that registers a webhook. */
export class WebhookForm {
  #url = new Field(
    element("input", { type: "url", autocomplete: "off", spellcheck: "false", required: true }),
    { label: WEBHOOK_TEXTS.url, hint: WEBHOOK_TEXTS.urlHint },
  );
  #campaign = new Field(element("input", { autocomplete: "off", spellcheck: "false" }), {
    label: WEBHOOK_TEXTS.campaign,
    hint: WEBHOOK_TEXTS.campaignHint,
  });
  #events = WEBHOOK_TEXTS.events.map((value) => element("input", { type: "checkbox", value }));
  #submit = element("button", { type: "submit", class: "button primary" }, WEBHOOK_TEXTS.add);
  #onAdded;

  /** `onAdded` takes the webhook with its secret. */
  constructor({ onAdded }) {
    this.#onAdded = onAdded;
    const choices = this.#events.map((box) =>
      element("label", { class: "row" }, box, box.value),
    );
    this.root = element(
      "form",
      { class: "start", novalidate: true, onsubmit: (event) => this.#add(event) },
      element("h2", {}, WEBHOOK_TEXTS.add),
      this.#url.root,
      this.#campaign.root,
      element(
        "details",
        {},
        element("summary", {}, WEBHOOK_TEXTS.onlySome),
        element("p", { class: "hint" }, WEBHOOK_TEXTS.onlySomeHint),
        ...choices.map((choice) => element("div", {}, choice)),
      ),
      this.#submit,
    );
  }

  async #add(event) {
    event.preventDefault();
    if (this.#submit.disabled) return;
    this.#submit.disabled = true;
    this.#url.showError(null);
    this.#campaign.showError(null);
    const events = this.#events.filter((box) => box.checked).map((box) => box.value);
    try {
      const { body } = await send("/v1/webhooks", {
        url: this.#url.value.trim(),
        events: events.length ? events : null,
        campaign_id: this.#campaign.value.trim() || null,
      });
      this.root.reset();
      await this.#onAdded(body);
    } catch (error) {
      const field = error.param === "campaign_id" ? this.#campaign : this.#url;
      field.showError(error.message);
      field.control.focus();
    }
    this.#submit.disabled = false;
  }
}
