import { connection, patch, remove, send } from "./api.js";
import { confirmed } from "./dialogs.js";
import { button, element, setText, showIn, uniqueId, unseen } from "./dom.js";
import { around } from "./format.js";
import { say, sayFailure } from "./notices.js";
import { WebhookDeliveries, statusBadge } from "./webhook_deliveries.js";
import { WEBHOOK_TEXTS } from "./webhook_texts.js";

/** One webhook: its status, its secret when that is new, its deliveries, and its actions. */
export class WebhookCard {
  #id;
  #url;
  #onDone;
  #status = element("div");
  #meta = element("p", { class: "meta" });
  #note = element("p", { class: "outlook" });
  #secret = element("div");
  #actions = element("div", { class: "actions" });

  /** `onDone` runs after each action, and when the deliveries are opened. */
  constructor({ id, url }, { onDone }) {
    this.#id = id;
    this.#url = url;
    this.#onDone = onDone;
    this.deliveries = new WebhookDeliveries(id, { onChange: onDone });
    const title = element("h2", { id: uniqueId("webhook"), class: "meta" }, url);
    this.root = element(
      "article",
      { class: "batch", tabindex: "-1", "aria-labelledby": title.id },
      element("div", { class: "row" }, title, this.#status),
      this.#meta,
      this.#note,
      this.#secret,
      this.#actions,
      this.deliveries.root,
    );
  }

  update(webhook) {
    const { status } = webhook;
    showIn(this.#status, status, () =>
      statusBadge(WEBHOOK_TEXTS.statuses[status], status === "active"),
    );
    setText(this.#meta, WEBHOOK_TEXTS.meta(webhook));
    setText(this.#note, webhookNote(webhook));
    showIn(this.#actions, status, () => this.#offer(status));
  }

  /** Show a new secret until the page is left. */
  showSecret(secret) {
    const shown = element(
      "p",
      { class: "sample meta", role: "group", "aria-label": WEBHOOK_TEXTS.secret },
      secret,
    );
    showIn(this.#secret, secret, () => [
      element("p", {}, WEBHOOK_TEXTS.secretHint),
      shown,
      element(
        "div",
        { class: "actions" },
        button(WEBHOOK_TEXTS.copy, { kind: "primary", onclick: () => copySecret(secret) }),
      ),
    ]);
  }

  #offer(status) {
    const about = unseen(WEBHOOK_TEXTS.of(this.#url));
    const offer = (text, act) =>
      button([text, about.cloneNode(true)], { kind: "quiet", onclick: () => this.#act(act) });
    const isActive = status === "active";
    return [
      offer(WEBHOOK_TEXTS.test, () => this.#test()),
      offer(isActive ? WEBHOOK_TEXTS.pause : WEBHOOK_TEXTS.resume, () =>
        patch(this.#path(), { status: isActive ? "paused" : "active" }),
      ),
      offer(WEBHOOK_TEXTS.rotate, () => this.#rotate()),
      offer(WEBHOOK_TEXTS.remove, () => this.#remove()),
    ];
  }

  async #act(act) {
    try {
      await act();
    } catch (error) {
      sayFailure(error);
    }
    await this.#onDone();
  }

  async #test() {
    const { body } = await send(this.#path("/test"));
    if (body.status === "delivered") say(WEBHOOK_TEXTS.tested);
    else sayFailure(new Error(WEBHOOK_TEXTS.testFailed(body)));
  }

  async #rotate() {
    const isSure = await confirmed({
      title: WEBHOOK_TEXTS.rotateTitle,
      body: WEBHOOK_TEXTS.rotateBody,
      confirm: WEBHOOK_TEXTS.rotate,
      kind: "primary",
    });
    if (!isSure) return;
    const { body } = await send(this.#path("/rotate"));
    this.showSecret(body.secret);
  }

  async #remove() {
    const isSure = await confirmed({
      title: WEBHOOK_TEXTS.removeTitle,
      body: WEBHOOK_TEXTS.removeBody(this.#url),
      confirm: WEBHOOK_TEXTS.remove,
    });
    if (!isSure) return;
    await remove(this.#path());
    say(WEBHOOK_TEXTS.removed);
  }

  #path(action = "") {
    return `/v1/webhooks/${this.#id}${action}`;
  }
}

function webhookNote({ status, disabled_reason: reason, previous_secret_until: until }) {
  return [
    status === "disabled" && `${WEBHOOK_TEXTS.disabled(reason)} ${WEBHOOK_TEXTS.disabledHint}`,
    status === "paused" && WEBHOOK_TEXTS.pausedHint,
    until && WEBHOOK_TEXTS.previousUntil(around(until, connection.now())),
  ]
    .filter(Boolean)
    .join(" ");
}

async function copySecret(secret) {
  try {
    await navigator.clipboard.writeText(secret);
    say(WEBHOOK_TEXTS.copied);
  } catch {
    sayFailure(new Error(WEBHOOK_TEXTS.notCopied));
  }
}
