import { button, element, setText, showIn, uniqueId, unseen } from "./dom.js";
import { Field } from "./fields.js";
import { clock } from "./locale.js";
import { randomId } from "./random_id.js";
import { REVIEW_TEXTS } from "./review_texts.js";
import { commentList, decisionLines } from "./said.js";
import { samePlace } from "./same_place.js";

const LONGEST_COMMENT = 500;

const CHOICES = [
  ["approved", "done", REVIEW_TEXTS.approve],
  ["changes_requested", "edit", REVIEW_TEXTS.askForChanges],
];

/**
 * One take for a reviewer: its player, what was said of it, and the forms to say more.
 *
 * `actions` has comment, decide and renew, which resolves with a take whose URLs are new, or null.
 */
export class ReviewTake {
  #take;
  #actions;
  #number;
  #media;
  #hasFailed = false;
  #isBusy = false;
  #decisions = element("div", { class: "decisions" });
  #choices = element("div", { class: "actions" });
  #comments = element("div");
  #status = element("p", { class: "hint", role: "status" });
  #problem = element("p", { class: "error", role: "alert" });
  #field;
  #about;
  #moment = element("span");
  #send = button(REVIEW_TEXTS.send, { kind: "small" });
  #id = randomId();

  constructor(take, actions) {
    this.#take = take;
    this.#actions = actions;
    this.#number = take.index + 1;
    this.#media = this.#makeMedia();
    const text = take.is_current ? REVIEW_TEXTS.video : REVIEW_TEXTS.earlier;
    const title = element("h2", { id: uniqueId("take") }, text(this.#number));
    this.root = element(
      "article",
      { class: "reviewed card", "aria-labelledby": title.id },
      this.#media,
      element(
        "div",
        { class: "body" },
        title,
        this.#decisions,
        this.#choices,
        this.#comments,
        this.#form(),
        this.#status,
        this.#problem,
      ),
    );
    this.#showMoment();
  }

  get hasWords() {
    return this.#field.value.trim() !== "";
  }

  /** Show what was said of this take; `name` is that of the reviewer, or empty. */
  update(take, comments, decisions, name) {
    this.#take = take;
    showIn(this.#decisions, decisions, () => decisionLines(decisions));
    const own = decisions.find((each) => each.name === name)?.decision;
    for (const [choice, made] of this.#choiceButtons()) {
      made.setAttribute("aria-pressed", String(choice === own));
    }
    showIn(this.#comments, comments, () => commentList(comments, (seconds) => this.#seek(seconds)));
  }

  close() {
    this.root.remove();
    this.#media.removeAttribute("src");
    this.#media.load();
  }

  #makeMedia() {
    const { content_url: url, poster_url: poster, width, height } = this.#take;
    const media = element("video", {
      controls: true,
      preload: "none",
      playsinline: true,
      poster: poster && samePlace(poster),
      src: samePlace(url),
      width,
      height,
      "aria-label": REVIEW_TEXTS.video(this.#number),
    });
    media.addEventListener("timeupdate", () => this.#showMoment());
    media.addEventListener("seeked", () => this.#showMoment());
    media.addEventListener("loadeddata", () => (this.#hasFailed = false));
    media.addEventListener("error", () => this.#recover());
    return media;
  }

  #form() {
    const control = element("textarea", { rows: 2, maxlength: LONGEST_COMMENT });
    this.#field = new Field(control, { label: REVIEW_TEXTS.commentLabel(this.#number) });
    // The moment stays where it was when the reviewer began to write.
    control.addEventListener("focus", () => this.#media.pause());
    // Other words are another comment.
    control.addEventListener("input", () => (this.#id = randomId()));
    this.#about = element("input", { type: "checkbox", checked: true, id: uniqueId("moment") });
    this.#about.addEventListener("change", () => this.#showMoment());
    const about = element("label", { class: "tick", for: this.#about.id }, this.#about, this.#moment);
    this.#send.type = "submit";
    this.#choices.append(
      ...CHOICES.map(([choice, symbol, text]) =>
        button([text, unseen(REVIEW_TEXTS.ofVideo(this.#number))], {
          kind: "small",
          icon: symbol,
          "data-choice": choice,
          onclick: () => this.#do(() => this.#decide(choice)),
        }),
      ),
    );
    const form = element(
      "form",
      { class: "say", novalidate: true },
      this.#field.root,
      element("div", { class: "row" }, about, this.#send),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.hasWords) this.#do(() => this.#comment());
      else control.focus();
    });
    return form;
  }

  #choiceButtons() {
    return [...this.#choices.children].map((made) => [made.dataset.choice, made]);
  }

  get #seconds() {
    const { currentTime } = this.#media;
    return currentTime > 0 && this.#about.checked ? currentTime : null;
  }

  #showMoment() {
    const { currentTime } = this.#media;
    const time = clock(currentTime);
    this.#about.parentElement.hidden = currentTime === 0;
    setText(this.#moment, REVIEW_TEXTS.atMoment(time));
    const text = this.#seconds === null ? REVIEW_TEXTS.send : REVIEW_TEXTS.sendAt(time);
    setText(this.#send.lastChild, text);
  }

  async #comment() {
    const said = { video_id: this.#take.video_id, text: this.#field.value, seconds: this.#seconds };
    if (!(await this.#actions.comment({ ...said, id: this.#id }))) return;
    this.#field.value = "";
    this.#id = randomId();
    setText(this.#status, REVIEW_TEXTS.sent);
  }

  async #decide(choice) {
    if (!(await this.#actions.decide(this.#take.video_id, choice))) return;
    setText(this.#status, REVIEW_TEXTS.decided[choice]);
  }

  async #do(does) {
    if (this.#isBusy) return;
    this.#isBusy = true;
    setText(this.#status, "");
    setText(this.#problem, "");
    try {
      await does();
    } catch (error) {
      setText(this.#problem, error.message);
    }
    this.#isBusy = false;
  }

  /** Show a moment, and stay there. */
  #seek(seconds) {
    const media = this.#media;
    media.pause();
    if (media.readyState > 0) media.currentTime = seconds;
    else this.#load({ at: seconds });
    media.scrollIntoView({ block: "nearest" });
  }

  #load({ at }) {
    const media = this.#media;
    media.addEventListener("loadedmetadata", () => (media.currentTime = at), { once: true });
    media.preload = "auto";
    media.load();
  }

  /** A URL that has expired is replaced once, and the player continues where it was. */
  async #recover() {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    const { currentTime } = this.#media;
    const take = await this.#actions.renew(this.#take.video_id);
    if (!take) return;
    this.#media.src = samePlace(take.content_url);
    this.#load({ at: currentTime });
    // The browser may require a click before it plays; the reviewer has the controls.
    this.#media.play().catch(() => {});
  }
}
