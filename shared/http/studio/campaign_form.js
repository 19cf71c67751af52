import { Unreachable, connection, send, spend } from "./api.js";
import { BriefFields } from "./brief_fields.js";
import { button, element, setText, showIn, written } from "./dom.js";
import { Draft } from "./draft.js";
import { money } from "./format.js";
import { GenerationSettings } from "./generation_settings.js";
import { say } from "./notices.js";
import { TakeCount } from "./take_count.js";
import { OrderLine } from "./order_line.js";
import { estimateOf, ordersOf } from "./orders.js";
import { ownOf } from "./own_settings.js";
import { PICTURE_TEXTS } from "./picture_texts.js";
import { PromptList } from "./prompt_list.js";
import { PromptIdeas } from "./prompt_ideas.js";
import { currentIn, keptPromptOf, sourcesOf, standingOf, typicalOf } from "./slot_sources.js";
import { EXAMPLE, TEXTS } from "./texts.js";

const PAUSE_MILLISECONDS = 400;
const PROMPT_PARAM = /^prompts\[(\d+)\]$/;

/** The form of a campaign: brief, prompts, settings, price estimate and submit button. */
export class CampaignForm {
  #brief = new BriefFields();
  #prompts = new PromptList({
    onChange: () => this.#changed(),
    keptAt: (index) => this.#keptAt(index),
  });
  #takes = new TakeCount();
  #read = element("div", { class: "read" });
  #reading = element(
    "details",
    { class: "section", hidden: true },
    element("summary", {}, TEXTS.readByModel),
    this.#read,
  );
  #settings;
  #order;
  #summary = element("p", { class: "summary", role: "status" });
  #error = element("p", { class: "error", role: "alert" });
  #submit = element("button", { type: "submit", class: "button primary wide", disabled: true });
  #example = button(TEXTS.example, {
    kind: "quiet",
    icon: "spark",
    onclick: () => this.#fillExample(),
  });
  #changeBudget = button(TEXTS.changeBudget, {
    hidden: true,
    onclick: () => this.changeBudget(this.#budget),
  });
  #budget = null;
  #standing = undefined;
  #sources = [];
  #filled = [];
  #copied = null;
  #sentSettings = null;
  #draft;
  #estimate = null;
  #timer = null;
  #isTouched = false;
  #isSending = false;
  #isWanted = false;

  constructor({ campaignId, models, mostVideos, onSent, onFocus, changeBudget }) {
    this.campaignId = campaignId;
    this.mostVideos = mostVideos;
    this.onSent = onSent;
    this.onFocus = onFocus;
    this.changeBudget = changeBudget;
    this.#draft = new Draft({ campaignId, onDiscard: () => this.#showCampaign() });
    this.#settings = new GenerationSettings({
      models,
      campaignId,
      onChange: () => this.#changed(),
    });
    this.#order = new OrderLine(this.#settings);
    const sending = [
      this.#order.root,
      this.#takes.root,
      this.#summary,
      this.#error,
      this.#changeBudget,
      this.#submit,
    ];
    this.root = element(
      "form",
      // Input before the campaign is loaded would lose the campaign's settings.
      { class: "brief", hidden: true, novalidate: true, "aria-label": TEXTS.formTitle },
      this.#draft.root,
      this.#prompts.root,
      this.#example,
      new PromptIdeas(this.#prompts).root,
      this.#brief.root,
      this.#reading,
      this.#settings.pictures.root,
      this.#settings.root,
      element("div", { class: "sending" }, ...sending),
    );
    this.root.addEventListener("submit", (event) => this.#send(event));
    this.root.addEventListener("input", () => this.#changed());
    this.root.addEventListener("keydown", ({ key, ctrlKey, metaKey }) => {
      if (key === "Enter" && (ctrlKey || metaKey)) this.#sendOnceEstimated();
    });
    this.#settings.pictures.listenTo(this.root);
    this.#showEstimate();
  }

  /** Show the campaign unless the user is editing, and refresh the price. */
  update(campaign, failures) {
    this.root.hidden = false;
    this.#budget = campaign?.budget ?? null;
    this.#prompts.limit = campaign?.max_videos ?? this.mostVideos;
    const isBare = !campaign?.slots.length && !campaign?.draft;
    this.#example.hidden = !isBare || this.#isTouched;
    const standing = campaign && standingOf(campaign, failures);
    if (standing === this.#standing) return;
    const isFirst = this.#standing === undefined;
    this.#standing = standing;
    this.#copied = campaign?.draft ?? null;
    this.#sources = campaign ? sourcesOf(campaign, failures) : [];
    this.#prompts.shown = campaign ? currentIn(campaign) : [];
    if (isFirst || !this.#isTouched) this.#fill();
    if (isFirst) this.#restoreDraft();
    this.#estimateSoon();
  }

  /** Keep what the form says when a video leaves the campaign. */
  keepWords() {
    this.#changed();
  }

  focusPrompt(index) {
    this.onFocus();
    this.#prompts.focus(index);
  }

  /** The order of one take with the prompt of the form, if that differs from the video's. */
  orderOfChanged(video) {
    const prompt = this.#prompts.texts[video.index];
    if (!this.#isTouched || !prompt || prompt === video.prompt.trim()) return null;
    const own = this.#prompts.own[video.index];
    const prompts = [...Array(video.index).fill(null), prompt];
    const body = { prompts, ...this.#conditionsOf(own) };
    return { prompt, body, estimated: { ...body, campaign_id: this.campaignId } };
  }

  #fill() {
    const typical = typicalOf(this.#sources);
    if (!typical) return this.#fillCopied();
    this.#brief.fill(typical.business_context);
    // A video has what is set for its prompt alone: the form stays as it was sent.
    this.#settings.fill({ ...typical, ...this.#sentSettings });
    const { values, usable } = this.#settings;
    const own = Array.from(this.#sources, (video) =>
      ownOf(keptPromptOf(video) === null ? video : null, values, usable),
    );
    this.#prompts.models = usable;
    this.#prompts.fill(Array.from(this.#sources, (video) => video?.prompt ?? ""), { own });
    this.#filled = own.map((each) => JSON.stringify(this.#conditionsOf(each)));
  }

  /** All that a video depends on but its prompt. `own` is what is set for it alone. */
  #conditionsOf(own = {}) {
    return { ...this.#settings.valuesFor(own), business_context: this.#brief.values };
  }

  /** The prompt with which a video stays as it is: for most, only if nothing else is changed. */
  #keptAt(index) {
    const video = this.#sources[index];
    if (!video || video.status === "failed") return null;
    const conditions = JSON.stringify(this.#conditionsOf(this.#prompts.own[index]));
    return conditions === this.#filled[index] ? video.prompt.trim() : keptPromptOf(video);
  }

  /** Write the words of the campaign of which this one is a duplicate. */
  #fillCopied() {
    if (!this.#copied) return;
    const { prompts, business_context: context, ...settings } = this.#copied;
    this.#brief.fill(context);
    this.#prompts.fill(prompts.map((prompt) => prompt ?? ""));
    this.#settings.fill(settings);
  }

  /** Whether this browser keeps a form of the campaign that was not sent. */
  get hasDraft() {
    return this.#draft.isKept;
  }

  #restoreDraft() {
    const draft = this.#draft.restore();
    if (!draft) return;
    this.#isTouched = true;
    this.#example.hidden = true;
    this.#brief.fill(draft.business_context);
    const texts = draft.prompts.map((text, at) => text ?? this.#sources[at]?.prompt ?? "");
    this.#settings.fill(draft);
    this.#prompts.fill(texts, draft);
  }

  /** Show the campaign instead of what was typed. */
  #showCampaign() {
    this.#isTouched = false;
    this.#brief.fill({});
    this.#prompts.fill([]);
    this.#settings.pictures.fill({});
    this.#fill();
    this.#prompts.focus();
    this.#estimateSoon();
  }

  #fillExample() {
    this.#brief.fill(EXAMPLE.business_context);
    this.#prompts.fill(EXAMPLE.prompts);
    this.#changed();
    this.#prompts.focus();
  }

  #changed() {
    this.#isTouched = true;
    this.#example.hidden = true;
    this.#isWanted = false;
    this.#draft.keep({ ...this.#body(), ...this.#prompts.drafted });
    this.#estimateSoon();
  }

  /** Ctrl+Enter may come before the estimate: then the form is sent once its price is known. */
  #sendOnceEstimated() {
    this.#isWanted = this.#estimate === null;
    if (!this.#isWanted) this.root.requestSubmit();
  }

  #estimateSoon() {
    clearTimeout(this.#timer);
    this.#estimate = null;
    this.#showError(null);
    this.#showEstimate();
    this.#timer = setTimeout(() => this.#askForEstimate(), PAUSE_MILLISECONDS);
  }

  #body() {
    return { prompts: this.#prompts.values, ...this.#conditionsOf() };
  }

  /** Takes need free slots, and a prompt that is new. */
  #offerTakes(prompts) {
    const isAlone = prompts.filter(Boolean).length === 1;
    const isNew = !this.#sources[prompts.findIndex(Boolean)];
    const free = this.#prompts.limit - this.#sources.filter(Boolean).length;
    this.#takes.offer(isAlone && isNew ? free : 1);
  }

  async #askForEstimate() {
    const { values: prompts } = this.#prompts;
    this.#offerTakes(prompts);
    this.#prompts.models = this.#settings.usable;
    const isFit = [this.#prompts.check(), this.#settings.check()].every(Boolean);
    const { isSending } = this.#settings.pictures;
    if (!isFit) setText(this.#summary, isSending ? PICTURE_TEXTS.sending : TEXTS.estimateUnfit);
    if (!isFit || !prompts.some(Boolean)) return;
    const timer = this.#timer;
    const isStale = () => timer !== this.#timer;
    try {
      const { campaignId } = this;
      const orders = ordersOf({
        campaignId,
        prompts,
        own: this.#prompts.own,
        takes: this.#takes.value,
        conditionsOf: (own) => this.#conditionsOf(own),
      });
      const answers = await Promise.all(
        orders.map(({ body }) => send("/v1/videos/estimate", { ...body, campaign_id: campaignId })),
      );
      if (isStale()) return;
      this.#estimate = estimateOf(orders, answers.map((answer) => answer.body));
      this.#showEstimate();
      if (this.#isWanted && !this.#submit.disabled) this.root.requestSubmit();
      this.#isWanted = false;
    } catch (error) {
      if (isStale()) return;
      if (error instanceof Unreachable) this.#estimateOnceReachable();
      else this.#showError(error);
    }
  }

  #estimateOnceReachable() {
    setText(this.#summary, TEXTS.estimateLater);
    connection.addEventListener("change", () => this.#estimateSoon(), { once: true });
  }

  #showEstimate() {
    const videos = this.#estimate?.videos ?? [];
    const counts = {
      created: count(videos, "created"),
      replaced: this.#replaced,
      cached: count(videos, "cache_hit"),
      attached: count(videos, "attached"),
    };
    this.#prompts.showEstimates(videos);
    const isOne = this.#estimate?.orders.length === 1;
    this.#order.show(isOne ? counts.created : 0);
    this.#showReading(videos.filter(({ outcome }) => outcome === "created"));
    setText(this.#summary, this.#summaryText(counts));
    setText(this.#submit, this.#submitText(counts));
    this.#submit.disabled = !counts.created || this.#isSending;
  }

  #showReading(videos) {
    const texts = videos.map((video) => video.enhanced_prompt);
    this.#reading.hidden = texts.length === 0;
    showIn(this.#read, texts, () => texts.map((text) => written("p", text, { class: "prompt" })));
  }

  #summaryText(counts) {
    const { values } = this.#prompts;
    if (!values.some(Boolean)) {
      const isKept = this.#isFull && !this.#prompts.hasUnsent;
      return isKept ? TEXTS.regenerateInstead : TEXTS.estimateNothing;
    }
    if (!this.#estimate) return TEXTS.estimating;
    const summary = TEXTS.estimateSummary(counts);
    const isDone = this.#isFull && !counts.created && !counts.attached;
    return isDone ? `${summary}. ${TEXTS.regenerateInstead}` : summary;
  }

  get #isFull() {
    return this.#prompts.texts.every(Boolean);
  }

  /** How many of the new videos replace one. */
  get #replaced() {
    const videos = this.#estimate?.videos ?? [];
    return count(videos.filter((video) => this.#prompts.replaces(video.position)), "created");
  }

  #submitText({ created, replaced }) {
    if (!this.#estimate) return TEXTS.makeBefore;
    const price = money(this.#estimate.price);
    if (!created) return TEXTS.makeNothing;
    if (!replaced) return TEXTS.make(created, price);
    return created === replaced
      ? TEXTS.replace(created, price)
      : TEXTS.makeAndReplace(created - replaced, replaced, price);
  }

  async #send(event) {
    event.preventDefault();
    if (!this.#estimate || this.#isSending) return;
    this.#setSending(true);
    const videos = [];
    const accepted = [];
    try {
      for (const { path, body, price, positions } of this.#estimate.orders) {
        // The request must not cost more than the displayed price.
        const answer = await spend(path, { ...body, max_cost_usd: price });
        videos.push(...answer.body.data);
        accepted.push(...positions);
      }
      const made = count(videos, "created");
      say(made ? TEXTS.sent(made) : TEXTS.sentNothing);
      const { model, aspect_ratio } = this.#settings.values;
      this.#sentSettings = { model, aspect_ratio };
      this.#isTouched = this.#prompts.hasUnsent;
      if (!this.#isTouched) this.#draft.forget();
      await this.onSent();
    } catch (error) {
      if (accepted.length) {
        say(TEXTS.sentSome(accepted.map((position) => position + 1).toSorted((one, other) => one - other)));
        await this.onSent();
      }
      this.#showError(error);
    }
    this.#setSending(false);
  }

  #setSending(isSending) {
    this.#isSending = isSending;
    this.#submit.setAttribute("aria-busy", String(isSending));
    this.#showEstimate();
  }

  #showError(error) {
    this.#settings.clearErrors();
    this.#error.textContent = "";
    this.#changeBudget.hidden = !this.#mayBeTheCampaignsBudget(error);
    if (!error) return;
    const index = PROMPT_PARAM.exec(error.param ?? "")?.[1];
    if (index) this.#prompts.showError(Number(index), error.message);
    else if (!this.#settings.showError(error.param, error.message)) {
      this.#error.textContent = error.message;
    }
    if (!this.#estimate) setText(this.#summary, "");
  }

  /** The day's budget has the same error code, also for a campaign without a limit. */
  #mayBeTheCampaignsBudget(error) {
    return error?.code === "budget_exceeded" && this.#budget?.limit_usd !== null;
  }
}

function count(videos, outcome) {
  return videos.filter((video) => video.outcome === outcome).length;
}
