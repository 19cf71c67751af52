import { Tally } from "./tally.js";

const SAMPLE_MS = 50;
const IMPRESSION_MS = 1000;
const VISIBLE_PART = 0.5;
// The service accepts no more of one view.
const MOST_BEACONS = 20;

// Names of GA4, and of VAST.
const NAMES = [
  ["video_start", "start"],
  ["video_progress", "firstQuartile"],
  ["video_progress", "midpoint"],
  ["video_progress", "thirdQuartile"],
  ["video_complete", "complete"],
];

/** Counts one view of one player, reports it in beacons, and dispatches events for its page. */
export class View {
  #player;
  #media;
  #tally;
  #clip;
  #listening = new AbortController();
  #observer = new IntersectionObserver(([entry]) => this.#see(entry.intersectionRatio), {
    threshold: VISIBLE_PART,
  });
  #timer;
  #impressionTimer;
  #isInSight = false;
  #isImpression = false;
  #hasEnded = false;
  #hasFailed = false;
  #stalls = 0;
  #told = -1;
  #sent = "";
  #seq = 0;

  /** `clip` has the video_id, play_token, view and plays_url of an embed. */
  constructor(player, media, clip) {
    this.#player = player;
    this.#media = media;
    this.#clip = clip;
    this.#tally = new Tally(media);
    const { signal } = this.#listening;
    const on = (target, names, act) => {
      for (const name of names) target.addEventListener(name, act, { signal });
    };
    on(media, ["timeupdate", "play", "pause", "seeked"], () => this.#sample());
    on(media, ["seeking"], () => this.#tally.sample(this.#isVisible, true));
    on(media, ["playing"], () => this.#start());
    on(media, ["waiting"], () => this.#stall());
    on(media, ["ended"], () => this.#end());
    on(document, ["visibilitychange"], () => this.#hide());
    on(window, ["pagehide"], () => this.#send());
    this.#observer.observe(media);
  }

  get token() {
    return this.#clip.play_token;
  }

  /** Whether a clip is that of this view, at another URL. Who opted out has no number. */
  goesOnWith({ play_token: token, video_id: video, view }) {
    return view === this.#clip.view || (!token && video === this.#clip.video_id);
  }

  failed() {
    this.#hasFailed = true;
    this.#send();
  }

  /** Report what is not reported yet, and stop. */
  close() {
    this.#sample();
    this.#send();
    clearInterval(this.#timer);
    clearTimeout(this.#impressionTimer);
    this.#listening.abort();
    this.#observer.disconnect();
  }

  get #isVisible() {
    return this.#isInSight && !document.hidden;
  }

  #start() {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
    this.#sample();
  }

  #sample() {
    this.#tally.sample(this.#isVisible);
    if (this.#media.paused) clearInterval(this.#timer);
    if (this.#tally.playedMs > 0) this.#tell(this.#tally.quarters);
  }

  #stall() {
    this.#sample();
    if (this.#tally.playedMs > 0 && !this.#media.seeking) this.#stalls += 1;
  }

  #end() {
    this.#sample();
    this.#hasEnded = true;
    this.#send();
  }

  #see(part) {
    this.#sample();
    this.#isInSight = part >= VISIBLE_PART;
    this.#awaitImpression();
  }

  /** When the page becomes hidden, its end may come without another event. */
  #hide() {
    this.#sample();
    this.#awaitImpression();
    if (document.hidden) this.#send();
  }

  #awaitImpression() {
    clearTimeout(this.#impressionTimer);
    if (!this.#isVisible) return;
    this.#impressionTimer = setTimeout(() => (this.#isImpression = true), IMPRESSION_MS);
  }

  #tell(quarters) {
    while (this.#told < quarters) {
      this.#told += 1;
      if (this.#told === 0) this.#send();
      this.#dispatch(this.#told);
    }
  }

  #dispatch(quarter) {
    const [ga4, vast] = NAMES[quarter];
    const kind = ["start", "quartile", "quartile", "quartile", "complete"][quarter];
    const detail = {
      ga4,
      vast,
      video_percent: quarter * 25,
      video_current_time: this.#media.currentTime,
      video_duration: this.#media.duration,
      video_title: this.#player.getAttribute("label") ?? this.#clip.video_id,
      video_provider: "showreel",
      visible: this.#isVisible,
    };
    this.#player.dispatchEvent(
      new CustomEvent(`showreel-${kind}`, { detail, bubbles: true, composed: true }),
    );
  }

  /** Send the whole state of the view, without cookies, unless nothing has changed. */
  #send() {
    const { play_token: token, plays_url: url, view } = this.#clip;
    if (!token || !url || hasOptedOut() || this.#seq === MOST_BEACONS) return;
    const state = {
      played_ms: Math.round(this.#tally.playedMs),
      visible_ms: Math.round(this.#tally.visibleMs),
      bins: this.#tally.bins.toString(16).padStart(8, "0"),
      loops: this.#tally.loops,
      replays: this.#tally.replays,
      stalls: this.#stalls,
      ended: this.#hasEnded,
      muted: this.#media.muted,
      autoplay: this.#media.autoplay,
      error: this.#hasFailed,
      impression: this.#isImpression,
    };
    const text = JSON.stringify(state);
    if (text === this.#sent || !(this.#isImpression || this.#hasFailed || state.played_ms)) return;
    this.#sent = text;
    const body = JSON.stringify({ v: 1, view, seq: this.#seq, token, ...state });
    this.#seq += 1;
    // Unlike sendBeacon, this sends no cookie. It outlives the page as well.
    fetch(url, {
      method: "POST",
      body,
      keepalive: true,
      mode: "no-cors",
      credentials: "omit",
      referrerPolicy: "no-referrer",
    }).catch(() => {});
  }
}

/** A number for a view whose service gave none. */
export function newView() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Global Privacy Control, or its predecessor. */
export function hasOptedOut() {
  const { doNotTrack, globalPrivacyControl } = /** @type {any} */ (navigator);
  return globalPrivacyControl === true || doNotTrack === "1";
}
