import { button, element, icon, setText, written } from "./dom.js";
import { contentPath, thumbnailPath } from "./player.js";
import { REEL_TEXTS } from "./reel_texts.js";

/** Play videos one after the other on the whole screen, until the user closes it. */
export function playReel(name, videos) {
  const reel = new Reel(name, videos);
  document.body.append(reel.root);
  reel.open();
}

/** One player for all: browsers let the one that was started by a click play on with sound. */
class Reel {
  #videos;
  #opener = document.activeElement;
  #screen;
  #at = 0;
  #media = element("video", { playsinline: true, tabindex: "-1" });
  #place = element("span", { class: "figures" });
  #prompt = written("p", "");
  #note = element("p", { class: "unseen", role: "status" });
  #bar = element("progress", { "aria-label": REEL_TEXTS.progress });
  #play = button(REEL_TEXTS.play, { icon: "play", onclick: () => this.#toggle() });
  #before = button(REEL_TEXTS.before, { onclick: () => this.#go(this.#at - 1) });
  #next = button(REEL_TEXTS.next, { onclick: () => this.#go(this.#at + 1) });
  #sound = button(REEL_TEXTS.sound, { onclick: () => this.#setMuted(!this.#media.muted) });

  constructor(name, videos) {
    this.#videos = videos;
    this.#bar.max = videos.length;
    const close = button("", {
      icon: "close",
      "aria-label": REEL_TEXTS.close,
      onclick: () => this.root.close(),
    });
    // A dialog itself cannot take the whole screen.
    this.#screen = element(
      "div",
      { class: "reel-screen" },
      this.#media,
      element(
        "div",
        { class: "reel-bar" },
        this.#bar,
        element("div", { class: "row" }, this.#place, this.#prompt, this.#note),
        element(
          "div",
          { class: "actions" },
          this.#before,
          this.#play,
          this.#next,
          this.#sound,
          close,
        ),
      ),
    );
    const label = REEL_TEXTS.title(name);
    this.root = element("dialog", { class: "reel", "aria-label": label }, this.#screen);
    this.#listen();
  }

  open() {
    this.root.showModal();
    // Phones that have no full screen for elements show the dialog, which is as large as the page.
    this.#screen.requestFullscreen?.().catch(() => {});
    this.#setMuted(false);
    this.#go(0);
    this.#play.focus();
  }

  #listen() {
    const media = this.#media;
    media.addEventListener("click", () => this.#toggle());
    media.addEventListener("ended", () => this.#ended());
    media.addEventListener("error", () => this.#skip());
    media.addEventListener("timeupdate", () => this.#showProgress());
    for (const name of ["play", "pause", "ended"]) {
      media.addEventListener(name, () => this.#showPlaying());
    }
    this.root.addEventListener("keydown", (event) => this.#pressed(event));
    document.addEventListener("fullscreenchange", this.#leftFullScreen);
    this.root.addEventListener("close", () => this.#close());
  }

  /** Escape leaves the full screen, and with it the reel. */
  #leftFullScreen = () => {
    if (!document.fullscreenElement) this.root.close();
  };

  #close() {
    document.removeEventListener("fullscreenchange", this.#leftFullScreen);
    if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
    this.#media.removeAttribute("src");
    this.#media.load();
    this.root.remove();
    if (this.#opener instanceof HTMLElement) this.#opener.focus();
  }

  #pressed(event) {
    const { key, target } = event;
    const act = {
      ArrowLeft: () => this.#go(this.#at - 1),
      ArrowRight: () => this.#go(this.#at + 1),
      " ": target.closest("button") ? null : () => this.#toggle(),
    }[key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** Begin a video. Its poster is shown until its first picture is there. */
  #go(position) {
    const video = this.#videos[position];
    if (!video) return;
    this.#at = position;
    this.#media.poster = thumbnailPath(video.id);
    this.#media.src = contentPath(video.id);
    setText(this.#place, REEL_TEXTS.place(position + 1, this.#videos.length));
    setText(this.#prompt, video.prompt);
    this.#before.disabled = position === 0;
    this.#next.disabled = position === this.#videos.length - 1;
    this.#showProgress();
    this.#start();
  }

  async #start() {
    try {
      await this.#media.play();
    } catch (error) {
      if (error.name !== "NotAllowedError" || this.#media.muted) return;
      // Without sound, browsers need no click.
      this.#setMuted(true);
      this.#media.play().catch(() => {});
    }
  }

  #toggle() {
    const { ended, paused } = this.#media;
    if (ended) this.#go(0);
    else if (paused) this.#start();
    else this.#media.pause();
  }

  #ended() {
    if (!this.#isLast) this.#go(this.#at + 1);
  }

  get #isLast() {
    return this.#at === this.#videos.length - 1;
  }

  /** Go on after a video that cannot be played, and say which it is. */
  #skip() {
    if (!this.#media.hasAttribute("src")) return;
    setText(this.#note, REEL_TEXTS.broken(this.#videos[this.#at].index + 1));
    this.#note.classList.remove("unseen");
    if (!this.#isLast) this.#go(this.#at + 1);
  }

  #setMuted(isMuted) {
    this.#media.muted = isMuted;
    this.#sound.ariaPressed = String(!isMuted);
  }

  #showProgress() {
    const { currentTime, duration } = this.#media;
    this.#bar.value = this.#at + (duration > 0 ? currentTime / duration : 0);
  }

  #showPlaying() {
    const { ended, paused } = this.#media;
    const isOver = ended && this.#isLast;
    const isPlaying = !paused && !isOver;
    const text = isOver ? REEL_TEXTS.again : isPlaying ? REEL_TEXTS.pause : REEL_TEXTS.play;
    setText(this.#play.lastChild, text);
    this.#play.replaceChild(icon(isPlaying ? "pause" : "play"), this.#play.firstChild);
  }
}
