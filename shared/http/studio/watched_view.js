import { read } from "./api.js";
import { rateBars, RetentionCurve } from "./charts.js";
import { element, emptyState, intro, setText, showIn } from "./dom.js";
import { ExperimentForm } from "./experiment_form.js";
import { campaignPath } from "./home.js";
import { shortened } from "./locale.js";
import { say, showLoadFailure, showTrouble } from "./notices.js";
import { Player } from "./player.js";
import { Poller } from "./polling.js";
import { codeForWebsite, ownLink, simulatedPlays } from "./watched_parts.js";
import { TEXTS } from "./texts.js";
import { WATCHED_TEXTS } from "./watched_texts.js";

/** The page of a campaign's plays: each version that was played, and its comparisons. */
export class WatchedView {
  title;
  #path;
  #intro;
  #bars = element("div");
  #versions = element("div", { class: "watched", "aria-busy": "true" });
  #experiments = element("div");
  #form;
  #players = [];
  #poller = new Poller({ load: () => this.#load(), onFailure: showLoadFailure });

  /** `open` shows the page of a path. */
  constructor(campaignId, { open }) {
    this.#path = `/v1/campaigns/${campaignId}`;
    this.title = WATCHED_TEXTS.title(campaignId);
    this.#intro = intro(this.title, WATCHED_TEXTS.lead);
    this.#form = new ExperimentForm(this.#path, {
      onCreated: (comparison) => {
        say(WATCHED_TEXTS.created);
        open(comparisonPath(comparison));
      },
    });
    this.root = element(
      "div",
      { class: "home" },
      this.#intro,
      element("p", {}, ownLink(campaignPath(campaignId), WATCHED_TEXTS.back)),
      this.#bars,
      this.#versions,
      element("h2", {}, WATCHED_TEXTS.experiments),
      this.#experiments,
      this.#form.root,
    );
    this.#poller.start();
  }

  stop() {
    this.#poller.stop();
    this.#close();
  }

  async #load() {
    const [campaign, analytics, experiments] = await Promise.all(
      ["", "/analytics", "/experiments"].map((part) => read(this.#path + part)),
    );
    showTrouble(null);
    this.#name(campaign.body);
    const videos = campaign.body.slots.flatMap((slot) =>
      [slot.current, ...slot.historical].filter(Boolean),
    );
    const rows = analytics.body.data.filter(({ totals }) => totals?.plays > 0);
    this.#versions.ariaBusy = "false";
    showIn(this.#bars, rows, () => (rows.length ? barsOf(rows) : []));
    showIn(this.#versions, rows, () => this.#show(rows, videos));
    showIn(this.#experiments, experiments.body.data, () => comparisonsOf(experiments.body.data));
    this.#form.offer(videos);
    return null;
  }

  #name({ id, title }) {
    this.title = WATCHED_TEXTS.title(title ?? id);
    setText(this.#intro.querySelector("h1"), this.title);
    if (this.root.isConnected) document.title = `${this.title} · ${TEXTS.product}`;
  }

  #show(rows, videos) {
    this.#close();
    if (rows.length === 0) {
      const [first] = videos;
      return [
        emptyState(WATCHED_TEXTS.noneTitle, WATCHED_TEXTS.none),
        first?.embed_url && codeForWebsite(first.embed_url, WATCHED_TEXTS.codeOfVideo(nameOf(first))),
      ];
    }
    return rows.map((row) => this.#version(row, videos.find(({ id }) => id === row.video_id)));
  }

  #version(row, video) {
    const name = nameOf(row);
    const heading = element("h2", { dir: "auto" }, name);
    const note = simulatedPlays([row.totals]);
    const figures = element("p", { class: "meta" }, WATCHED_TEXTS.figures(row.totals));
    if (!video) return element("article", { class: "batch" }, heading, note, figures);
    const player = new Player(video, name);
    this.#players.push(player);
    const curve = new RetentionCurve(row.totals.retention.map(({ value }) => value), {
      media: player.media,
      seconds: video.clip.duration_seconds,
      label: name,
    });
    return element("article", { class: "batch" }, heading, note, player.root, curve.root, figures);
  }

  #close() {
    for (const player of this.#players) player.close();
    this.#players = [];
  }
}

function barsOf(rows) {
  const named = rows.map((row) => ({ label: nameOf(row), rate: row.totals.completion }));
  return [
    simulatedPlays(rows.map(({ totals }) => totals)),
    rateBars(named, WATCHED_TEXTS.completion),
  ];
}

/** A version that was removed has no more words. */
function nameOf({ index, prompt, version_state: state }) {
  if (prompt === null) return WATCHED_TEXTS.removedVersion;
  return `${WATCHED_TEXTS.versionNames[state](index + 1)}: ${shortened(prompt)}`;
}

function comparisonsOf(experiments) {
  const items = experiments.map((comparison) =>
    element("li", {}, ownLink(comparisonPath(comparison), comparison.name ?? comparison.id)),
  );
  return [
    element("p", { class: "lead" }, WATCHED_TEXTS.experimentsLead),
    items.length > 0 && element("ul", {}, ...items),
  ];
}

function comparisonPath({ campaign_id: campaign, id }) {
  return `/?watched=${campaign}&comparison=${id}`;
}
