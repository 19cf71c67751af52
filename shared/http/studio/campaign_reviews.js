import { connection, read } from "./api.js";
import { element, setText, showIn } from "./dom.js";
import { REVIEW_TEXTS } from "./review_texts.js";
import { commentList, decisionLines } from "./said.js";

// A little less than the pause between two polls of an idle campaign, each of which reads it then.
const OPEN_MILLISECONDS = 14_000;
const CLOSED_MILLISECONDS = 60_000;

/** What reviewers of a campaign have said of its takes. */
export class CampaignReviews {
  #path;
  #readAt = -Infinity;
  #age = CLOSED_MILLISECONDS;
  #known = null;
  #news = new Set();
  #comments = [];
  #decisions = [];

  constructor(campaignId) {
    this.#path = `/v1/campaigns/${campaignId}/reviews`;
  }

  /** Read it, unless that was done just now. A campaign is shown without it, too. */
  async refresh({ isOld = false } = {}) {
    if (!isOld && connection.now() - this.#readAt < this.#age) return;
    this.#readAt = connection.now();
    try {
      const { body } = await read(this.#path);
      this.#comments = body.data.flatMap((review) => review.comments);
      this.#decisions = latest(body.data.flatMap((review) => review.decisions));
      const isOpen = body.data.some((review) => review.status === "open");
      this.#age = isOpen ? OPEN_MILLISECONDS : CLOSED_MILLISECONDS;
      this.#findNews();
    } catch {
      this.#readAt = -Infinity;
    }
  }

  /** `video` may be null. `hasNews` until it was seen. */
  of(video) {
    const about = (said) => said.filter((each) => each.video_id === video?.id);
    return {
      comments: about(this.#comments),
      decisions: about(this.#decisions),
      hasNews: this.#news.has(video?.id),
    };
  }

  sawNewsOf(video) {
    this.#news.delete(video?.id);
  }

  /** What was said before the page was opened is no news. */
  #findNews() {
    const said = [...this.#comments, ...this.#decisions];
    const isNew = (each) => this.#known && !this.#known.has(JSON.stringify(each));
    for (const each of said.filter(isNew)) this.#news.add(each.video_id);
    this.#known = new Set(said.map((each) => JSON.stringify(each)));
  }
}

/** What was said of the take on a card; `seek` shows a moment of it. */
export class SaidOfTake {
  #decisions = element("div", { class: "decisions" });
  #summary = element("summary");
  #comments = element("div");
  #news = element("span", { class: "tag", role: "status" });
  #seek;
  #details;

  /** `onSeen` is called when what is new is clicked. */
  constructor({ seek, onSeen }) {
    this.#seek = seek;
    this.#details = element("details", {}, this.#summary, this.#comments);
    this.root = element("div", { class: "said" }, this.#news, this.#decisions, this.#details);
    this.root.addEventListener("click", onSeen);
  }

  update({ comments, decisions, hasNews }) {
    setText(this.#news, hasNews ? REVIEW_TEXTS.news : "");
    this.#news.hidden = !hasNews;
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
