import { Problem, Unreachable, connection, exists, send } from "./api.js";
import { button, element, icon, setText } from "./dom.js";
import { isCurrentFile } from "./format.js";
import { samePlace } from "./same_place.js";
import { TEXTS } from "./texts.js";

const LIFE_SECONDS = 900;

// Sound is turned on and off for all players at once. Those that are compared have their own.
const players = new Set();
let isMuted = true;

/** Whether the page was opened with ?debug: then each player names the kind of its file. */
export const isDebugging = new URLSearchParams(location.search).has("debug");

/**
 * Plays one version of a video.
 *
 * Its source is the stable content URL. In the cloud that redirects to a signed URL, which expires:
 * then the player loads a new one and continues at the same position.
 */
export class Player {
  #video;
  #badge;
  #fallback;
  #hasFailedSinceLoad = false;
  #renewals = 0;

  constructor(video, label) {
    this.#video = video;
    this.media = this.#makeMedia(label);
    this.#badge = element("span", { class: "badge", hidden: !isDebugging });
    this.#fallback = element("div", { class: "fallback", role: "alert", hidden: true });
    this.root = element("div", { class: "player" }, this.media, this.#badge, this.#fallback);
    this.update(video);
  }

  get id() {
    return this.#video.id;
  }

  /** The file is renamed when a version becomes current or historical. */
  update(video) {
    this.#video = video;
    const isCurrent = isCurrentFile(video);
    setText(this.#badge, isCurrent ? TEXTS.currentFile : TEXTS.otherFile);
    this.#badge.classList.toggle("is-current", isCurrent);
  }

  /** Release the connection; browsers limit their number. */
  close() {
    players.delete(this.media);
    this.media.removeAttribute("src");
    this.media.load();
  }

  #makeMedia(label) {
    const media = element("video", {
      controls: true,
      preload: "metadata",
      muted: isMuted,
      playsinline: true,
      poster: thumbnailPath(this.#video.id),
      src: contentPath(this.#video.id),
      width: this.#video.size.split("x")[0],
      height: this.#video.size.split("x")[1],
      "aria-label": label,
    });
    media.muted = isMuted;
    players.add(media);
    media.addEventListener("volumechange", () => shareSound(media));
    media.addEventListener("loadeddata", () => this.#loaded());
    media.addEventListener("error", () => this.#recover());
    return media;
  }

  #loaded() {
    this.#hasFailedSinceLoad = false;
    this.#fallback.hidden = true;
    this.media.hidden = false;
  }

  async #recover() {
    const { error, currentTime, paused } = this.media;
    if (this.#hasFailedSinceLoad) {
      this.#showFallback(await this.#reason(error));
      return;
    }
    this.#hasFailedSinceLoad = true;
    try {
      const url = await this.#newURL();
      this.#resume(url, { at: currentTime, isPlaying: !paused });
    } catch (failure) {
      this.#giveUp(failure);
    }
  }

  /** Each URL lives a second longer than the last: an equal request would return the same one. */
  async #newURL() {
    this.#renewals += 1;
    const life = { ttl_seconds: LIFE_SECONDS + this.#renewals };
    const { body } = await send(`/v1/videos/${this.id}/signed-url`, life);
    return samePlace(body.url);
  }

  #resume(url, { at, isPlaying }) {
    this.media.addEventListener(
      "loadedmetadata",
      () => {
        this.media.currentTime = at;
        // The browser may require a click before playing with sound; the user has the controls.
        if (isPlaying) this.media.play().catch(() => {});
      },
      { once: true },
    );
    this.media.src = url;
  }

  #giveUp(failure) {
    if (failure instanceof Unreachable) {
      this.#hasFailedSinceLoad = false;
      connection.addEventListener("change", () => this.#recover(), { once: true });
      return;
    }
    this.#showFallback(failure instanceof Problem ? failure.message : TEXTS.unexpected);
  }

  async #reason(error) {
    try {
      if (!(await exists(contentPath(this.id)))) return TEXTS.fileMissing;
    } catch {
      return TEXTS.unreachable;
    }
    return error?.code === MediaError.MEDIA_ERR_NETWORK ? TEXTS.fileUnread : TEXTS.fileBroken;
  }

  #showFallback(reason) {
    this.#fallback.replaceChildren(
      icon("broken"),
      element("strong", {}, TEXTS.cannotPlay),
      element("p", {}, reason),
      button(TEXTS.tryAgain, { icon: "again", onclick: () => this.#retry() }),
    );
    this.#fallback.hidden = false;
    this.media.hidden = true;
  }

  #retry() {
    this.#hasFailedSinceLoad = false;
    this.#fallback.hidden = true;
    this.media.hidden = false;
    this.media.focus();
    this.#recover();
  }
}

function shareSound(media) {
  if (media.muted === isMuted || media.closest(".compared")) return;
  isMuted = media.muted;
  for (const other of players) {
    if (!other.closest(".compared")) other.muted = isMuted;
  }
}

export function contentPath(videoId) {
  return `/v1/videos/${videoId}/content`;
}

export function thumbnailPath(videoId) {
  return `${contentPath(videoId)}?variant=thumbnail`;
}
