import { SaidOfTake } from "./campaign_reviews.js";
import { button, element, icon, setText, showIn, uniqueId, unseen, written } from "./dom.js";
import { failureNote } from "./failure_note.js";
import { cost, recipe, when } from "./format.js";
import { Making } from "./making.js";
import { contentPath } from "./player.js";
import { priceTag } from "./spending.js";
import { MOST_COMPARED, Stage } from "./stage.js";
import { TAKE_TEXTS } from "./take_texts.js";
import { KINDS, modelsFor, takeSource } from "./takes.js";
import { TEXTS } from "./texts.js";
import { madeFrom } from "./thumbnails.js";
import { VersionHistory, keepButton, nextToGo, warningsOf } from "./version_history.js";

const SHORT_PROMPT = 150;

/**
 * One slot of a campaign: its video, progress, history and actions.
 *
 * `actions` has the models, and regenerate, derive, promote, cancel, remove and dismiss; `reviews`
 * has what reviewers say.
 */
export class SlotCard {
  #number;
  #actions;
  #reviews;
  #said = new SaidOfTake({
    seek: (seconds) => this.#seek(seconds),
    onSeen: () => this.#sawNews(),
  });
  #slot = null;
  #limit = 0;
  #failure = null;
  #compared = [];
  #stage;
  #making;
  #history;
  #cost = element("p", { class: "meta figures" });
  #strip = element("div", { class: "strip" });
  #text = element("div", { class: "text" });
  #buttons = element("div", { class: "actions" });

  constructor(index, actions, reviews) {
    this.#number = index + 1;
    this.#actions = actions;
    this.#reviews = reviews;
    this.#stage = new Stage({
      number: this.#number,
      onChoose: (id) => this.#choose(id),
      onLeave: () => this.#leaveComparison(),
    });
    this.#making = new Making({
      number: this.#number,
      onCancel: actions.cancel,
      canStop: actions.canStop,
    });
    this.#history = new VersionHistory(
      { ...actions, compare: (video) => this.#compare(video.id) },
      reviews,
    );
    const title = element("h3", { id: uniqueId("video") }, TEXTS.video(this.#number));
    const heading = element("div", { class: "row" }, title, this.#cost);
    this.root = element(
      "article",
      { class: "card", tabindex: "-1", "aria-labelledby": title.id },
      this.#stage.root,
      this.#strip,
      element(
        "div",
        { class: "body" },
        heading,
        this.#said.root,
        this.#text,
        this.#buttons,
        this.#history.root,
      ),
    );
  }

  /** Show the slot. Return the change of its video since the last call, if any. */
  update(slot, failure, limit) {
    const before = this.#slot;
    this.#limit = limit;
    [this.#slot, this.#failure] = [slot, failure];
    const kind = before?.pending && this.#outcomeOf(before);
    if (kind === "newVersion") this.#compared = [before.current.id];
    this.#render();
    // Who has asked for the new one here sees both.
    const isAsked = kind === "newVersion" && this.root.contains(document.activeElement);
    if (isAsked) this.root.scrollIntoView({ block: "nearest" });
    return kind ? { kind, number: this.#number } : null;
  }

  /** Release the players. */
  close() {
    this.root.remove();
    this.#stage.close();
  }

  /** Update elapsed times. */
  tick() {
    if (this.#slot.pending) this.#making.tick();
  }

  #outcomeOf(before) {
    if (this.#failure?.id === before.pending.id) return "failed";
    if (this.#slot.current?.id !== before.pending.id) {
      return this.#find(before.pending.id)?.warnings.length ? "keptAside" : null;
    }
    return this.#find(before.current?.id) ? "newVersion" : "ready";
  }

  #render() {
    const { current, pending, historical } = this.#slot;
    const shown = current ?? pending ?? this.#failure ?? historical[0];
    this.root.classList.toggle("tall", shown?.aspect_ratio === "9:16");
    this.#showStage();
    this.#showStrip();
    setText(this.#cost, shown && shown !== this.#failure ? cost(shown) : "");
    showIn(this.#text, [shown?.id, shown?.status], () => this.#describe(shown));
    const next = nextToGo(this.#slot.historical, this.#limit);
    const offered = [current?.id, current?.kept, Boolean(pending), next?.id];
    showIn(this.#buttons, offered, () => this.#offer(current, pending, next));
    this.#said.update(this.#reviews.of(current));
    this.#history.update(this.#slot, { limit: this.#limit, next, compared: this.#compared });
  }

  #showStage() {
    const { current, pending } = this.#slot;
    const isEarlier = (id) => current && id !== current.id && this.#find(id);
    this.#compared = this.#compared.filter(isEarlier);
    const isComparing = this.#compared.length > 0;
    this.root.classList.toggle("comparing", isComparing);
    const compared = this.#compared.map((id) => this.#find(id));
    if (isComparing) this.#stage.show([...compared, current].toSorted(byAge));
    else if (current) this.#stage.show([current]);
    else if (pending) this.#stage.showPlaceholder("making");
    else if (this.#failure) this.#stage.show([]);
    else this.#stage.showPlaceholder("missing", `${TEXTS.noCurrent}. ${TEXTS.noCurrentHint}`);
  }

  #showStrip() {
    const { current, pending } = this.#slot;
    this.#strip.hidden = !pending && !this.#failure;
    if (pending) this.#making.update(pending, { hasCurrent: Boolean(current) });
    showIn(this.#strip, [pending?.id, this.#failure?.id], () => {
      if (pending) return this.#making.root;
      return this.#failure ? failureNote(this.#failure, this.#actions) : [];
    });
  }

  #describe(video) {
    if (!video) return [];
    const prompt = written("p", video.prompt, { class: "prompt clamped" });
    const isLong = video.prompt.length > SHORT_PROMPT || video.prompt.includes("\n");
    const meta = element("p", { class: "meta" }, recipe(video));
    return [
      prompt,
      isLong && expandButton(prompt),
      meta,
      takeSource(video, this.#slot.historical),
      madeFrom(video),
      video.enhanced_prompt !== video.prompt &&
        element(
          "details",
          {},
          element("summary", {}, TEXTS.readByModel),
          written("p", video.enhanced_prompt, { class: "prompt" }),
        ),
      ...warningsOf(video),
    ];
  }

  #offer(current, pending, next) {
    if (!current) return [];
    const about = () => unseen(TEXTS.ofVideo(this.#number));
    const { regenerate, derive, remove, models } = this.#actions;
    const disabled = Boolean(pending);
    return [
      button([TEXTS.regenerate, about(), priceTag(current)], {
        icon: "again",
        disabled,
        onclick: () => regenerate(current),
      }),
      ...KINDS.filter((kind) => modelsFor(kind, current, models).length).map((kind) =>
        button([TAKE_TEXTS[kind].button, about()], {
          kind: "quiet",
          disabled,
          onclick: () => derive(kind, current),
        }),
      ),
      element(
        "a",
        { class: "button quiet", href: `${contentPath(current.id)}?download=1`, download: true },
        icon("download"),
        element("span", {}, TEXTS.download, about()),
      ),
      button([TEXTS.share, about()], { kind: "quiet", onclick: () => this.#actions.share(current) }),
      keepButton(current, {
        onclick: () => this.#actions.keep(current),
        text: unseen(TEXTS.keep + TEXTS.ofVideo(this.#number)),
      }),
      next && element("p", { class: "hint goes-next" }, TEXTS.removesTake(when(next.created_at))),
      button("", {
        kind: "quiet last",
        icon: "sweep",
        "aria-label": TEXTS.remove + TEXTS.ofVideo(this.#number),
        title: TEXTS.remove,
        onclick: () => remove(current),
      }),
    ];
  }

  /** Compare one more earlier take, or one less. The oldest choice leaves for one too many. */
  #compare(id) {
    const others = this.#compared.filter((each) => each !== id);
    const isOff = others.length < this.#compared.length;
    this.#compared = isOff ? others : [...others, id].slice(1 - MOST_COMPARED);
    this.#render();
    if (!isOff) this.root.scrollIntoView({ block: "nearest" });
  }

  /** Show a moment of the live take, of which a reviewer has spoken. */
  #seek(seconds) {
    this.#stage.goTo(this.#slot.current.id, seconds);
    this.root.scrollIntoView({ block: "nearest" });
  }

  #sawNews() {
    this.#reviews.sawNewsOf(this.#slot.current);
    this.#said.update(this.#reviews.of(this.#slot.current));
  }

  async #choose(id) {
    if (id !== this.#slot.current.id && !(await this.#actions.promote(this.#find(id)))) return;
    this.#leaveComparison();
  }

  #leaveComparison() {
    this.#compared = [];
    this.#render();
    this.#buttons.querySelector("button")?.focus();
  }

  #find(id) {
    const { current, historical } = this.#slot;
    return [current, ...historical].find((video) => video && video.id === id);
  }
}

function expandButton(prompt) {
  const toggle = button(TEXTS.showPrompt, {
    kind: "link",
    "aria-expanded": "false",
    onclick: () => {
      const isFolded = prompt.classList.toggle("clamped");
      toggle.setAttribute("aria-expanded", String(!isFolded));
      setText(toggle.lastChild, isFolded ? TEXTS.showPrompt : TEXTS.hidePrompt);
    },
  });
  return toggle;
}

function byAge(one, other) {
  return one.created_at - other.created_at;
}
