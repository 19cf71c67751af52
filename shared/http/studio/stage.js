import { button, element, icon, setText, showIn } from "./dom.js";
import { when } from "./format.js";
import { Player } from "./player.js";
import { keepInStep } from "./stepping.js";
import { TEXTS } from "./texts.js";

/**
 * Shows a slot's video, or two versions side by side.
 *
 * A player is kept while its version is shown, so that a second one does not interrupt playback.
 */
export class Stage {
  #panes = new Map();
  #number;
  #onKeep;
  #playBoth = button(TEXTS.playBoth, { icon: "play", onclick: () => this.#togglePlay() });
  #apart = null;
  #placeholder = element("div");

  constructor({ number, onKeep }) {
    this.#number = number;
    this.#onKeep = onKeep;
    this.panes = element("div", { class: "panes" });
    this.bar = element("div", { class: "compare-bar", hidden: true }, this.#playBoth);
    this.root = element("div", { class: "stage", role: "group" }, this.panes, this.bar);
  }

  /** Show one version, or two with the older first. */
  show(versions) {
    const before = this.#pair();
    this.#removeOthers(versions.map((video) => video.id));
    versions.forEach((video, position) => this.#place(video, position));
    this.#showCaptions(versions);
    if (this.#pair() !== before) this.#step(versions);
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

  close() {
    this.show([]);
  }

  #pair() {
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
    if (position === 0) this.panes.prepend(pane.root);
    else this.panes.append(pane.root);
  }

  #showCaptions(versions) {
    const isPair = versions.length > 1;
    this.panes.classList.toggle("pair", isPair);
    this.root.ariaLabel = isPair ? TEXTS.comparing(this.#number) : null;
    this.bar.hidden = !isPair;
    versions.forEach((video, position) => {
      const pane = this.#panes.get(video.id);
      pane.caption.hidden = !isPair;
      if (isPair) this.#fillCaption(pane, video, position);
    });
  }

  #fillCaption({ caption }, video, position) {
    const [name, keep] =
      position === 0 ? [TEXTS.oldVersion, TEXTS.keepOld] : [TEXTS.newVersion, TEXTS.keepNew];
    if (caption.dataset.keep === keep) return;
    caption.dataset.keep = keep;
    caption.replaceChildren(
      element("strong", {}, name),
      element("span", { class: "meta" }, TEXTS.made(when(video.created_at))),
      button(keep, { kind: "small", onclick: () => this.#onKeep(video.id) }),
    );
  }

  /** Start or stop synchronized playback. The first version leads. */
  #step(versions) {
    this.#apart?.();
    this.#apart = null;
    if (versions.length < 2) return;
    const [lead, other] = [...this.#panes.values()].map((pane) => pane.player.media);
    const release = keepInStep(lead, other);
    // Two sounds at once would be an echo.
    other.muted = true;
    const listening = new AbortController();
    for (const name of ["play", "pause", "ended"]) {
      lead.addEventListener(name, () => this.#showPlaying(lead), { signal: listening.signal });
    }
    this.#showPlaying(lead);
    this.#apart = () => {
      release();
      listening.abort();
    };
  }

  #showPlaying(media) {
    const isPlaying = !media.paused && !media.ended;
    setText(this.#playBoth.lastChild, isPlaying ? TEXTS.pauseBoth : TEXTS.playBoth);
    this.#playBoth.replaceChild(icon(isPlaying ? "pause" : "play"), this.#playBoth.firstChild);
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
