import { connection, read } from "./api.js";
import { element, showIn } from "./dom.js";
import { REVIEW_TEXTS } from "./review_texts.js";
import { commentList, decisionLines } from "./said.js";

const AGE_MILLISECONDS = 60_000;

/** What reviewers of a campaign have said of its takes. */
export class CampaignReviews {
  #path;
  #readAt = -Infinity;
  #comments = [];
  #decisions = [];

  constructor(campaignId) {
    this.#path = `/v1/campaigns/${campaignId}/reviews`;
  }

  /** Read it, unless it was read in the last minute. A campaign is shown without it, too. */
  async refresh({ isOld = false } = {}) {
    if (!isOld && connection.now() - this.#readAt < AGE_MILLISECONDS) return;
    this.#readAt = connection.now();
    try {
      const { body } = await read(this.#path);
      this.#comments = body.data.flatMap((review) => review.comments);
      this.#decisions = latest(body.data.flatMap((review) => review.decisions));
    } catch {
      this.#readAt = -Infinity;
    }
  }

  /** `video` may be null. */
  of(video) {
    const about = (said) => said.filter((each) => each.video_id === video?.id);
    return { comments: about(this.#comments), decisions: about(this.#decisions) };
  }
}

/** What was said of the take on a card; `seek` shows a moment of it. */
export class SaidOfTake {
  #decisions = element("div", { class: "decisions" });
  #summary = element("summary");
  #comments = element("div");
  #seek;
  #details;

  constructor({ seek }) {
    this.#seek = seek;
    this.#details = element("details", {}, this.#summary, this.#comments);
    this.root = element("div", { class: "said" }, this.#decisions, this.#details);
  }

  update({ comments, decisions }) {
    this.root.hidden = comments.length + decisions.length === 0;
    this.#details.hidden = comments.length === 0;
    this.#summary.textContent = REVIEW_TEXTS.comments(comments.length);
    showIn(this.#decisions, decisions, () => decisionLines(decisions));
    showIn(this.#comments, comments, () => commentList(comments, this.#seek));
  }
}

/** Of decisions of one reviewer about one take, in several reviews, the latest counts. */
function latest(decisions) {
  const found = new Map();
  for (const each of decisions.toSorted((one, other) => one.decided_at - other.decided_at)) {
    found.set(`${each.video_id} ${each.name}`, each);
  }
  return [...found.values()];
}
