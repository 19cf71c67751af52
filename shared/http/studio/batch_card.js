import { connection, send } from "./api.js";
import { BATCH_TEXTS } from "./batch_texts.js";
import { figure } from "./campaign_money.js";
import { confirmed } from "./dialogs.js";
import { button, element, icon, setText, showIn, uniqueId, unseen } from "./dom.js";
import { around, money, when } from "./format.js";
import { say, sayFailure } from "./notices.js";
import { TEXTS } from "./texts.js";
import { reasonOf } from "./waiting.js";

const ENDED_STATES = ["completed", "failed", "cancelled", "cached", "attached"];

/** One batch: its status, progress, cost and expected end, and what can be done with it. */
export class BatchCard {
  #batch = null;
  #onDone;
  #title = element("h2", { id: uniqueId("batch") });
  #status = element("span", { class: "status" });
  #meta = element("p", { class: "meta" });
  #bar = element("progress", { max: 1, value: 0 });
  #reason = element("p", { class: "outlook" });
  #facts = element("dl", { class: "facts" });
  #note = element("p", { class: "hint" });
  #buttons = element("div", { class: "actions" });

  /** `onDone` runs after each action. */
  constructor({ onDone }) {
    this.#onDone = onDone;
    this.root = element(
      "article",
      { class: "batch", tabindex: "-1", "aria-labelledby": this.#title.id },
      element("div", { class: "row" }, this.#title, this.#status),
      this.#meta,
      this.#bar,
      this.#reason,
      this.#facts,
      this.#note,
      this.#buttons,
    );
  }

  update(batch) {
    this.#batch = batch;
    const sent = when(batch.created_at);
    setText(this.#title, BATCH_TEXTS.batchName(sent));
    setText(this.#status, BATCH_TEXTS.batchStatus[batch.status]);
    this.#status.dataset.status = batch.status;
    setText(this.#meta, BATCH_TEXTS.batchMeta(batch));
    this.#bar.ariaLabel = BATCH_TEXTS.batchProgress(sent);
    this.#bar.value = batchProgressOf(batch);
    this.#bar.hidden = isBatchOver(batch);
    setText(this.#reason, reasonOf(batch.reason, batch.expected_done_at));
    const { lines, videos, cost_usd: cost } = batch;
    const end = batchEndOf(batch);
    showIn(this.#facts, [lines, videos, cost, end], () => batchFactsOf(batch, end));
    setText(this.#note, batchNoteOf(batch));
    showIn(this.#buttons, [batch.status, lines.done > 0], () => this.#offer(batch, sent));
  }

  #offer({ id, status, lines }, sent) {
    const about = () => unseen(` ${BATCH_TEXTS.ofBatch(sent)}`);
    return [
      lines.done > 0 &&
        element(
          "a",
          { class: "button", href: `/v1/batches/${id}/results`, download: `${id}.results.jsonl` },
          icon("download"),
          element("span", {}, BATCH_TEXTS.downloadResults, about()),
        ),
      status === "in_progress" &&
        button([BATCH_TEXTS.cancelBatch, about()], { kind: "quiet", onclick: () => this.#cancel() }),
    ];
  }

  async #cancel() {
    const { id, videos } = this.#batch;
    const isSure = await confirmed({
      title: BATCH_TEXTS.cancelBatchTitle,
      body: BATCH_TEXTS.cancelBatchBody(videos.in_progress),
      confirm: BATCH_TEXTS.cancelBatch,
    });
    if (!isSure) return;
    try {
      await send(`/v1/batches/${id}/cancel`);
      say(BATCH_TEXTS.batchCancelled);
    } catch (error) {
      sayFailure(error);
    }
    await this.#onDone();
  }
}

function isBatchOver({ status }) {
  return status === "completed" || status === "cancelled";
}

/** The share of the lines that are carried out, times the share of their videos that have ended. */
function batchProgressOf({ total, lines, videos }) {
  const ended = ENDED_STATES.reduce((sum, state) => sum + videos[state], 0);
  const known = ended + videos.queued + videos.in_progress;
  return (lines.done / total) * (known ? ended / known : 1);
}

function batchEndOf(batch) {
  if (batch.completed_at) return around(batch.completed_at, connection.now());
  if (isBatchOver(batch)) return null;
  const { expected_done_at: end } = batch;
  if (end === null) return BATCH_TEXTS.endUnknown;
  return BATCH_TEXTS.about(around(end, connection.now()));
}

function batchFactsOf({ total, lines, videos, cost_usd: cost }, end) {
  const made = videos.completed + videos.cached + videos.attached;
  return [
    figure(BATCH_TEXTS.batchVideos, String(made), BATCH_TEXTS.batchVideoCounts(videos)),
    figure(BATCH_TEXTS.batchLines, `${lines.done} / ${total}`, BATCH_TEXTS.linesRefused(lines.refused)),
    figure(TEXTS.spent, money(cost.actual), BATCH_TEXTS.costAtMost(money(cost.estimated))),
    end && figure(BATCH_TEXTS.batchEnd, end),
  ];
}

function batchNoteOf(batch) {
  const missing = batch.videos.failed + batch.lines.refused;
  if (!missing) return "";
  return isBatchOver(batch) ? `${BATCH_TEXTS.resultsSayWhy} ${BATCH_TEXTS.sendAgain}` : BATCH_TEXTS.resultsSayWhy;
}
