import { element, emptyState, intro, setText, showIn } from "./dom.js";
import { LANGUAGE } from "./locale.js";
import { NoServer, NothingThere, ReviewClient } from "./review_client.js";
import { ReviewTake } from "./review_take.js";
import { REVIEW_TEXTS } from "./review_texts.js";
import { ReviewerName } from "./reviewer_name.js";
import { commentList } from "./said.js";

const FRESH_MILLISECONDS = 30_000;
const AGAIN_MILLISECONDS = 5000;

const date = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "long" });

/** The page of one review: its takes, and what everybody says of them. */
export class ReviewPage {
  #client;
  #banner;
  #main;
  #name;
  #takes = new Map();
  #grid = element("div", { class: "reviewed-takes" });
  #empty = emptyState(REVIEW_TEXTS.emptyTitle, REVIEW_TEXTS.empty);
  #others = element("section", { class: "others" });
  #heading = element("div", { class: "review-heading" });
  #shown = null;
  #timer = null;
  #hasEnded = false;

  constructor(token, { banner, main, reviewer }) {
    this.#client = new ReviewClient(token);
    this.#banner = banner;
    this.#main = main;
    this.#name = new ReviewerName(reviewer);
  }

  start() {
    document.addEventListener("visibilitychange", () => document.hidden || this.#refresh());
    return this.#refresh();
  }

  /** Read the review again now, and later while the page is visible. */
  async #refresh() {
    clearTimeout(this.#timer);
    let pause = FRESH_MILLISECONDS;
    try {
      this.#show(await this.#client.read());
      this.#warn(null);
    } catch (error) {
      if (error instanceof NothingThere) {
        this.#end();
        return;
      }
      this.#warn(error instanceof NoServer ? REVIEW_TEXTS.unreachable : error.message);
      pause = AGAIN_MILLISECONDS;
    }
    this.#timer = setTimeout(() => document.hidden || this.#refresh(), pause);
  }

  #show(page) {
    const isFirst = this.#shown === null;
    this.#shown = page;
    document.title = `${page.title} · Showreel`;
    if (isFirst) this.#main.replaceChildren(this.#heading, this.#empty, this.#grid, this.#others);
    showIn(this.#heading, [page.title, page.expires_at], () => headingOf(page));
    this.#showTakes(page);
    this.#showOthers(page);
  }

  #showTakes({ takes, comments, decisions }) {
    for (const [id, shown] of this.#takes) {
      if (takes.some((take) => take.video_id === id)) continue;
      if (shown.hasWords) continue;
      shown.close();
      this.#takes.delete(id);
    }
    takes.forEach((take, place) => {
      const of = (said) => said.filter((each) => each.video_id === take.video_id);
      this.#take(take).update(take, of(comments), of(decisions), this.#name.current);
      this.#place(this.#take(take).root, place);
    });
    this.#empty.hidden = takes.length > 0;
  }

  /** A player that is moved would stop. */
  #place(root, place) {
    const there = this.#grid.children[place];
    if (there !== root) this.#grid.insertBefore(root, there ?? null);
  }

  #take(take) {
    const known = this.#takes.get(take.video_id);
    if (known) return known;
    const made = new ReviewTake(take, {
      comment: (comment) => this.#say((name) => this.#client.comment({ ...comment, name })),
      decide: (id, decision) => this.#say((name) => this.#client.decide(id, { decision, name })),
      renew: (id) => this.#renew(id),
    });
    this.#takes.set(take.video_id, made);
    return made;
  }

  /** What was said of takes that are not shown any more is not lost. */
  #showOthers({ takes, comments }) {
    const isShown = ({ video_id: id }) => takes.some((take) => take.video_id === id);
    const others = comments.filter((each) => !isShown(each));
    this.#others.hidden = others.length === 0;
    showIn(this.#others, others, () => [
      element("h2", {}, REVIEW_TEXTS.othersTitle),
      ...[...new Set(others.map((each) => each.index))].toSorted().flatMap((index) => [
        element("h3", {}, REVIEW_TEXTS.video(index + 1)),
        commentList(others.filter((each) => each.index === index)),
      ]),
    ]);
  }

  /** Say something under the reviewer's name. Resolve with whether it was said. */
  async #say(does) {
    const name = await this.#name.wanted();
    if (!name) return false;
    try {
      await does(name);
    } catch (error) {
      await this.#refresh();
      // The page says so: the take needs no reason of its own.
      if (this.#hasEnded && error instanceof NothingThere) return false;
      throw error;
    }
    await this.#refresh();
    return true;
  }

  async #renew(id) {
    await this.#refresh();
    return this.#shown.takes.find((take) => take.video_id === id) ?? null;
  }

  #end() {
    this.#hasEnded = true;
    if ([...this.#takes.values()].some((shown) => shown.hasWords)) {
      this.#warn(REVIEW_TEXTS.endedWithWords);
      return;
    }
    this.#warn(null);
    for (const shown of this.#takes.values()) shown.close();
    document.title = "Showreel";
    this.#main.replaceChildren(intro(REVIEW_TEXTS.endedTitle, REVIEW_TEXTS.ended));
  }

  #warn(text) {
    if (text) setText(this.#banner.querySelector("p"), text);
    this.#banner.hidden = !text;
  }
}

function headingOf({ title, expires_at: until }) {
  const end = REVIEW_TEXTS.until(date.format(until * 1000));
  const heading = intro(title, REVIEW_TEXTS.lead);
  heading.append(element("p", { class: "meta" }, end));
  return heading;
}
