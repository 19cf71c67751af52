import { read } from "./api.js";

const MOST_FAILURES = 20;

/** Reads a campaign and its failed videos. */
export class CampaignReader {
  #id;
  #pending = null;
  #failures = [];

  constructor(id) {
    this.#id = id;
  }

  /** `campaign` is null if it does not exist yet. */
  async read() {
    const { body: campaign, retryAfter } = await readCampaign(this.#id);
    if (this.#mayMissFailures(campaign)) this.#failures = await readFailures(this.#id);
    return { campaign, failures: this.#failures, retryAfter };
  }

  /** Failed videos are in no slot: list them when a pending video disappears. */
  #mayMissFailures(campaign) {
    const slots = campaign?.slots ?? [];
    const pending = slots.map((slot) => slot.pending?.id).filter(Boolean);
    const there = new Set([...pending, ...slots.map((slot) => slot.current?.id)]);
    const isFirst = this.#pending === null;
    const isGone = this.#pending?.some((id) => !there.has(id));
    this.#pending = pending;
    return isFirst || isGone || this.#failures.length > 0;
  }
}

async function readCampaign(id) {
  try {
    return await read(`/v1/campaigns/${id}`);
  } catch (error) {
    if (error.status === 404) return { body: null, retryAfter: null };
    throw error;
  }
}

async function readFailures(id) {
  const query = new URLSearchParams({
    campaign_id: id,
    status: "failed",
    limit: String(MOST_FAILURES),
  });
  const { body } = await read(`/v1/videos?${query}`);
  return body.data;
}
