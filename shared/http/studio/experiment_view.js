import { read, send } from "./api.js";
import { rateBars } from "./charts.js";
import { button, element, intro, setText, showIn } from "./dom.js";
import { askForShownArm } from "./end_comparison.js";
import { when } from "./format.js";
import { say, sayFailure, showLoadFailure, showTrouble } from "./notices.js";
import { Player } from "./player.js";
import { Poller } from "./polling.js";
import { keepInStep } from "./stepping.js";
import { codeForWebsite, ownLink, simulatedPlays } from "./watched_parts.js";
import { WATCHED_TEXTS } from "./watched_texts.js";

/** The page of a comparison: its videos side by side, what it says, and what to do about it. */
export class ExperimentView {
  title = WATCHED_TEXTS.experiments;
  #path;
  #head = element("div");
  #simulated = element("div");
  #verdict = element("p", { class: "verdict", role: "status" });
  #hint = element("p", { class: "meta" });
  #arms = element("div", { class: "arms", "aria-busy": "true" });
  #bars = element("div");
  #actions = element("div", { class: "actions" });
  #code = element("div");
  #players = [];
  #videos = null;
  #poller = new Poller({ load: () => this.#load(), onFailure: showLoadFailure });

  constructor(campaignId, id) {
    this.#path = `/v1/campaigns/${campaignId}/experiments/${id}`;
    this.root = element(
      "div",
      { class: "home" },
      this.#head,
      this.#simulated,
      this.#verdict,
      this.#hint,
      this.#arms,
      this.#bars,
      this.#actions,
      this.#code,
    );
    this.#head.append(intro(this.title, ""));
    this.#poller.start();
  }

  stop() {
    this.#poller.stop();
    for (const player of this.#players) player.close();
  }

  async #load() {
    const { body } = await read(this.#path);
    this.#videos ??= await Promise.all(body.arms.map((arm) => videoOf(arm)));
    showTrouble(null);
    this.#show(body);
    return null;
  }

  #show(experiment) {
    const { arms, best, campaign_id: campaign, metric, status, verdict } = experiment;
    showIn(this.#head, experiment.name, () => [
      intro(experiment.name ?? this.title, WATCHED_TEXTS.goal(WATCHED_TEXTS.metrics[metric])),
      element("p", {}, ownLink(`/?watched=${campaign}`, WATCHED_TEXTS.allViews)),
    ]);
    const watched = arms.map((arm) => arm.watched);
    showIn(this.#simulated, watched, () => simulatedPlays(watched) ?? realViewers());
    setText(this.#verdict, verdictOf(experiment));
    setText(this.#hint, reasonsOf(experiment).join(" "));
    this.#arms.ariaBusy = "false";
    showIn(this.#arms, arms.length, () => this.#sideBySide(arms));
    const rows = arms.map((arm, position) => ({ label: labelOf(arm, position), rate: arm.rate }));
    showIn(this.#bars, rows, () => rateBars(rows, WATCHED_TEXTS.metrics[metric]));
    showIn(this.#actions, [verdict, best, status], () => this.#offer(experiment));
    const url = experiment.embed_url;
    showIn(this.#code, [url, status], () => (url ? codeForWebsite(url, shownBy(experiment)) : []));
  }

  #sideBySide(arms) {
    const panes = arms.map((arm, position) => {
      const label = labelOf(arm, position);
      const caption = element("figcaption", {}, element("strong", {}, label));
      const video = this.#videos[position];
      if (!video) return element("figure", {}, element("p", {}, WATCHED_TEXTS.gone), caption);
      const player = new Player(video, label);
      this.#players.push(player);
      return element("figure", { class: "pane" }, player.root, caption);
    });
    const [first, ...others] = this.#players;
    for (const other of others) keepInStep(first.media, other.media);
    return panes;
  }

  #offer(experiment) {
    const { arms, best, promote, status } = experiment;
    const isRunning = status === "running";
    const winner = winnerOf(experiment);
    return [
      isRunning &&
        winner !== null &&
        button(WATCHED_TEXTS.showEveryone(labelOf(arms[winner], winner)), {
          kind: "primary",
          onclick: () => this.#end(arms, winner),
        }),
      promote &&
        this.#videos[best]?.version_state === "historical" &&
        button(WATCHED_TEXTS.promote(labelOf(arms[best], best)), {
          onclick: () => this.#promote(promote),
        }),
      isRunning &&
        button(WATCHED_TEXTS.end, { kind: "quiet", onclick: () => this.#end(arms, winner) }),
    ];
  }

  async #promote({ video_id: id }) {
    await this.#do(() => send(`/v1/videos/${id}/promote`), WATCHED_TEXTS.promoted);
  }

  async #end(arms, winner) {
    const chosen = await askForShownArm({ arms: this.#thatCanBeShown(arms), winner });
    if (chosen === null) return;
    await this.#do(() => send(`${this.#path}/stop`, { shown_arm: chosen }), WATCHED_TEXTS.ended);
  }

  /** @returns {[number, string][]} */
  #thatCanBeShown(arms) {
    return arms
      .map((arm, position) => [position, labelOf(arm, position)])
      .filter(([position]) => (this.#videos[position]?.version_state ?? "trashed") !== "trashed");
  }

  async #do(act, done) {
    try {
      await act();
      say(done);
    } catch (error) {
      sayFailure(error);
    }
    await this.#poller.refresh();
  }
}

function verdictOf({ arms, best, status, verdict }) {
  // Simulated plays decide nothing.
  const isOver = status === "stopped" || (verdict === "decided" && areSimulated(arms));
  const atEnd = isOver && WATCHED_TEXTS.verdictsAtEnd[verdict];
  const text = atEnd || WATCHED_TEXTS.verdicts[verdict];
  return typeof text === "string" ? text : text(labelOf(arms[best], best));
}

/** The sentences below the verdict: why it says so, and what to do. */
function reasonsOf({ arms, best, metric, status, verdict, ...report }) {
  const isRunning = status === "running";
  const words = WATCHED_TEXTS.metrics[metric];
  const { days_needed: days, plays_needed: plays, stop_reason: reason, stopped_at: end } = report;
  const shown = report.shown_arm;
  const label = best === null ? null : labelOf(arms[best], best);
  return [
    best !== null && WATCHED_TEXTS.comparedRates(words, rateOf(arms, best), rateOf(arms, secondOf(arms, best))),
    verdict === "invalid_srm" && WATCHED_TEXTS.wrongShares(arms.map(shownOf)),
    verdict === "collecting" && isRunning && WATCHED_TEXTS.fewestPlays(words),
    isRunning && plays && WATCHED_TEXTS.missing(plays),
    isRunning && plays && days && WATCHED_TEXTS.days(days),
    isRunning && verdict === "decided" && !areSimulated(arms) && WATCHED_TEXTS.nextStep(label),
    !isRunning && reason === "arm_missing" && WATCHED_TEXTS.armMissing(when(end), labelOf(arms[shown], shown)),
    !isRunning && reason !== "arm_missing" && WATCHED_TEXTS.isStopped(when(end), labelOf(arms[shown], shown)),
  ].filter(Boolean);
}

/** What the code shows. */
function shownBy({ arms, shown_arm: shown, stop_reason: reason }) {
  if (reason !== "requested") return WATCHED_TEXTS.codeOfComparison;
  return WATCHED_TEXTS.codeAtEnd(labelOf(arms[shown], shown));
}

/** The number of the arm that real viewers have decided for, or null. */
function winnerOf({ arms, best, verdict }) {
  return verdict === "decided" && !areSimulated(arms) ? best : null;
}

function realViewers() {
  return element("p", { class: "meta" }, WATCHED_TEXTS.realViewers);
}

function areSimulated(arms) {
  return arms.some(({ watched }) => watched.simulated > 0);
}

/** @returns {[string, number]} */
function rateOf(arms, position) {
  return [labelOf(arms[position], position), arms[position].rate.value];
}

/** The best one of the others. */
function secondOf(arms, best) {
  const others = arms.map((_, position) => position).filter((position) => position !== best);
  return others.reduce((one, two) => (arms[two].rate.value > arms[one].rate.value ? two : one));
}

function shownOf(arm, position) {
  return [labelOf(arm, position), arm.exposures];
}

function labelOf({ label }, position) {
  return label ?? WATCHED_TEXTS.arm(position);
}

/** Null if it was deleted. */
async function videoOf({ video_id: id }) {
  try {
    return (await read(`/v1/videos/${id}`)).body;
  } catch (error) {
    if (error.status === 404) return null;
    throw error;
  }
}
