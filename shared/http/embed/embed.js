import { View, hasOptedOut, newView } from "./view.js";

const SOURCES = ["embed", "src", "poster", "token", "plays"];
const PASSED = ["autoplay", "controls", "loop", "muted", "playsinline", "preload"];
const UNAVAILABLE = "This video is not available.";
const STYLE = `
  :host { display: block; position: relative }
  :host([hidden]) { display: none }
  video { display: block; width: 100%; height: 100% }
  p { position: absolute; inset: auto 0 0; margin: 0; padding: .75em; font: 1em system-ui;
    background: #000c; color: #fff }
  p[hidden] { display: none }`;

/**
 * `<showreel-video>`: a `<video>` that shows an embed, or a clip, and counts how it is watched.
 *
 * Its children are shown if the clip cannot be played.
 */
class ShowreelVideo extends HTMLElement {
  static observedAttributes = [...SOURCES, ...PASSED, "label"];

  #media = document.createElement("video");
  #note = document.createElement("p");
  #view = null;
  #load = null;
  #hasRenewed = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open", delegatesFocus: true });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const slot = document.createElement("slot");
    slot.textContent = UNAVAILABLE;
    this.#note.append(slot);
    this.#note.role = "status";
    this.#note.hidden = true;
    this.#media.addEventListener("error", () => this.#recover());
    root.append(this.#media, this.#note);
  }

  /** The `<video>` element. */
  get video() {
    return this.#media;
  }

  connectedCallback() {
    for (const name of PASSED) this.#pass(name);
    this.#name();
    this.#open();
  }

  disconnectedCallback() {
    this.#close();
    this.#media.pause();
  }

  attributeChangedCallback(name, before, after) {
    if (!this.isConnected || before === after) return;
    if (SOURCES.includes(name)) this.#open();
    else if (PASSED.includes(name)) this.#pass(name);
    else this.#name();
  }

  #pass(name) {
    const value = this.getAttribute(name);
    if (value === null) this.#media.removeAttribute(name);
    else this.#media.setAttribute(name, value);
    if (name === "muted") this.#media.muted = value !== null;
    // Without either, a viewer could not start the clip.
    this.#media.controls = this.hasAttribute("controls") || !this.hasAttribute("autoplay");
    if (!this.hasAttribute("preload")) this.#media.preload = "none";
  }

  #name() {
    this.#media.ariaLabel = this.getAttribute("label") ?? "Video";
  }

  async #open() {
    const load = {};
    this.#close();
    this.#load = load;
    this.#hasRenewed = false;
    // Attributes that are set one after the other are one change.
    await null;
    const clip = this.#load === load && (await this.#find());
    if (this.#load !== load) return;
    this.#note.hidden = Boolean(clip);
    if (clip) this.#show(clip);
  }

  #close() {
    this.#load = null;
    this.#view?.close();
    this.#view = null;
  }

  #show(clip) {
    if (clip.poster_url) this.#media.poster = clip.poster_url;
    if (!this.#view?.goesOnWith(clip)) {
      this.#view?.close();
      this.#view = new View(this, this.#media, clip);
    }
    this.#media.src = clip.content_url;
  }

  /** Resolve with what to show, or null; `renewed` is a token whose URLs have expired. */
  async #find(renewed) {
    const embed = this.getAttribute("embed");
    if (this.hasAttribute("poster")) this.#media.poster = this.getAttribute("poster");
    if (!embed) return this.#fromAttributes();
    try {
      const url = new URL(embed, document.baseURI);
      if (hasOptedOut()) url.searchParams.set("counted", "false");
      if (renewed) url.searchParams.set("renews", renewed);
      const options = { method: "POST", referrerPolicy: /** @type {const} */ ("no-referrer") };
      const response = await fetch(url, { ...options, credentials: "omit" });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  #fromAttributes() {
    const content = this.getAttribute("src");
    return (
      content && {
        content_url: content,
        play_token: this.getAttribute("token"),
        plays_url: this.getAttribute("plays"),
        view: newView(),
      }
    );
  }

  /** A signed URL may have expired: get a new one, once, and go on. */
  async #recover() {
    const { currentTime, error, paused } = this.#media;
    const load = this.#load;
    const isLost = this.#hasRenewed || !this.hasAttribute("embed");
    this.#hasRenewed = true;
    const clip = isLost ? null : await this.#find(this.#view?.token);
    if (this.#load !== load || !load || !error) return;
    if (!clip) {
      this.#view?.failed();
      this.#note.hidden = false;
      return;
    }
    this.#show(clip);
    this.#media.currentTime = currentTime;
    // The browser may require a click before it plays with sound; the controls are there.
    if (!paused) this.#media.play().catch(() => {});
  }
}

// A page may have the script twice.
if (!customElements.get("showreel-video")) {
  customElements.define("showreel-video", ShowreelVideo);
}
