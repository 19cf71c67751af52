import { button, element, icon, setText, showIn } from "./dom.js";
import { when } from "./format.js";
import { Player } from "./player.js";
import { keepInStep } from "./stepping.js";
import { TEXTS } from "./texts.js";

/** How many takes fit side by side. */
export const MOST_COMPARED = 4;

/**
 * Shows a slot's video, or several versions side by side.
 *
 * A player is kept while its version is shown, so that a second one does not interrupt playback.
 */
export class Stage {
  #panes = new Map();
  #number;
  #onChoose;
  #onLeave;
  #playAll = button(TEXTS.playBoth, { icon: "play", onclick: () => this.#togglePlay() });
  #apart = null;
  #placeholder = element("div");

  /** `onChoose` is called with the id of a take that was chosen, `onLeave` without a choice. */
  constructor({ number, onChoose, onLeave }) {
    this.#number = number;
    this.#onChoose = onChoose;
    this.#onLeave = onLeave;
    const leave = button(TEXTS.goBack, { kind: "quiet", onclick: () => this.#onLeave() });
    this.panes = element("div", { class: "panes" });
    this.bar = element("div", { class: "compare-bar", hidden: true }, this.#playAll, leave);
    this.root = element("div", { class: "stage", role: "group" }, this.panes, this.bar);
    this.root.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && this.#panes.size > 1) this.#onLeave();
    });
  }

  /** Show one version, or several with the oldest first. */
  show(versions) {
    const before = this.#compared();
    this.#removeOthers(versions.map((video) => video.id));
    versions.forEach((video, position) => this.#place(video, position));
    this.#showCaptions(versions);
    if (this.#compared() !== before) this.#step(versions);
  }

  /** Show a placeholder. */
  showPlaceholder(kind, text = "") {
    this.show([]);
    this.#placeholder.className = `placeholder ${kind}`;
    showIn(this.#placeholder, { kind, text }, () => [
      icon("film"),
      text && element("p", {}, text),
    ]);
    if (!this.#placeholder.isConnected) this.panes.append(this.#placeholder);
  }

  /** Show a moment of a version that is shown, and stay there. */
  goTo(id, seconds) {
    const { media } = this.#panes.get(id).player;
    media.pause();
    media.currentTime = seconds;
  }

  close() {
    this.show([]);
  }

  #compared() {
    return [...this.#panes.keys()].toSorted().join();
  }

  #removeOthers(ids) {
    for (const [id, pane] of this.#panes) {
      if (ids.includes(id)) continue;
      pane.root.remove();
      pane.player.close();
      this.#panes.delete(id);
    }
    if (ids.length) this.#placeholder.remove();
  }

  #place(video, position) {
    const known = this.#panes.get(video.id);
    if (known) {
      known.player.update(video);
      return;
    }
    const pane = makePane(video, this.#number);
    this.#panes.set(video.id, pane);
    this.panes.insertBefore(pane.root, this.panes.children[position] ?? null);
  }

  #showCaptions(versions) {
    const isComparing = versions.length > 1;
    this.panes.classList.toggle("compared", isComparing);
    this.root.ariaLabel = isComparing ? TEXTS.comparing(this.#number) : null;
    this.bar.hidden = !isComparing;
    versions.forEach((video, position) => {
      const pane = this.#panes.get(video.id);
      pane.caption.hidden = !isComparing;
      if (isComparing) this.#fillCaption(pane, video, captionOf(position, versions.length));
    });
  }

  #fillCaption({ caption }, video, [name, take]) {
    const isLive = video.version_state === "current";
    const state = `${take} ${isLive}`;
    if (caption.dataset.state === state) return;
    caption.dataset.state = state;
    caption.replaceChildren(
      element("strong", {}, name),
      isLive ? element("span", { class: "tag" }, TEXTS.live) : "",
      element("span", { class: "meta" }, TEXTS.made(when(video.created_at))),
      button(isLive ? TEXTS.leaveTakeLive(take) : TEXTS.makeTakeLive(take), {
        kind: "small",
        onclick: () => this.#onChoose(video.id),
      }),
    );
  }

  /** Start or stop synchronized playback. The first version leads. */
  #step(versions) {
    this.#apart?.();
    this.#apart = null;
    if (versions.length < 2) return;
    const [lead, ...others] = [...this.#panes.values()].map((pane) => pane.player.media);
    const releases = others.map((other) => keepInStep(lead, other));
    // Two sounds at once would be an echo.
    for (const other of others) other.muted = true;
    const listening = new AbortController();
    for (const name of ["play", "pause", "ended"]) {
      lead.addEventListener(name, () => this.#showPlaying(lead), { signal: listening.signal });
    }
    this.#showPlaying(lead);
    this.#apart = () => {
      for (const release of releases) release();
      listening.abort();
    };
  }

  #showPlaying(media) {
    const isPlaying = !media.paused && !media.ended;
    const [play, pause] =
      this.#panes.size > 2 ? [TEXTS.playAll, TEXTS.pauseAll] : [TEXTS.playBoth, TEXTS.pauseBoth];
    setText(this.#playAll.lastChild, isPlaying ? pause : play);
    this.#playAll.replaceChild(icon(isPlaying ? "pause" : "play"), this.#playAll.firstChild);
  }

  #togglePlay() {
    const [lead] = [...this.#panes.values()].map((pane) => pane.player.media);
    if (lead.paused || lead.ended) lead.play().catch(() => {});
    else lead.pause();
  }
}

function makePane(video, number) {
  const player = new Player(video, TEXTS.mediaLabel(number, video.prompt));
  const caption = element("figcaption", { hidden: true });
  const root = element("figure", { class: "pane" }, player.root, caption);
  return { root, player, caption };
}

/**
 * The name of a take among those that are compared, and what its button calls it.
 *
 * @returns {[string, string]}
 */
function captionOf(position, count) {
  if (count > 2) return [TEXTS.take(position + 1), TEXTS.theTake(position + 1)];
  return position === 0
    ? [TEXTS.oldVersion, TEXTS.theOld]
    : [TEXTS.newVersion, TEXTS.theNew];
}
