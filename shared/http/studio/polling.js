import { connection } from "./api.js";

const IDLE_SECONDS = 15;
const HIDDEN_SECONDS = 60;
const BACKOFF_SECONDS = [1, 2, 4, 8, 15];

const channel = new BroadcastChannel("showreel");

/** Notify other tabs that a campaign has changed. */
export function notifyOtherTabs(campaignId) {
  channel.postMessage(campaignId);
}

/**
 * Keeps a view up to date while it is visible, and once a minute while it is hidden and busy.
 *
 * `load` resolves with the seconds until the next poll, or null if nothing is in progress. Failures
 * are retried with increasing delays.
 */
export class Poller {
  #load;
  #onFailure;
  #timer = null;
  #failures = 0;
  #loading = null;
  #isWantedAgain = false;
  #hasLoaded = false;
  #isBusy = false;
  #stopping = new AbortController();

  constructor({ load, onFailure }) {
    this.#load = load;
    this.#onFailure = onFailure;
  }

  start() {
    const until = { signal: this.#stopping.signal };
    document.addEventListener("visibilitychange", () => this.refresh(), until);
    window.addEventListener("online", () => this.refresh(), until);
    channel.addEventListener("message", () => this.refresh(), until);
    connection.addEventListener("change", () => this.#connectionChanged(), until);
    return this.refresh();
  }

  stop() {
    this.#stopping.abort();
    clearTimeout(this.#timer);
  }

  /** Load now. The promise resolves once the state at the time of the call is shown. */
  async refresh() {
    if (this.#loading) {
      this.#isWantedAgain = true;
      return this.#loading;
    }
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return undefined;
    if (document.hidden && this.#hasLoaded) return this.#schedule(HIDDEN_SECONDS);
    return this.#begin();
  }

  #begin() {
    this.#loading ??= this.#loadUntilFresh();
    return this.#loading;
  }

  async #loadUntilFresh() {
    let wait = 0;
    do {
      this.#isWantedAgain = false;
      wait = await this.#loadOnce();
    } while (this.#isWantedAgain && !this.#stopping.signal.aborted);
    this.#loading = null;
    this.#schedule(wait);
  }

  async #loadOnce() {
    try {
      const retryAfter = await this.#load();
      this.#failures = 0;
      this.#hasLoaded = true;
      this.#isBusy = retryAfter !== null;
      return retryAfter ?? IDLE_SECONDS;
    } catch (error) {
      this.#onFailure(error);
      const step = Math.min(this.#failures, BACKOFF_SECONDS.length - 1);
      this.#failures += 1;
      return Math.max(error.retryAfter ?? 0, BACKOFF_SECONDS[step]);
    }
  }

  #schedule(seconds) {
    if (this.#stopping.signal.aborted || (document.hidden && !this.#isBusy)) return;
    const wait = document.hidden ? HIDDEN_SECONDS : seconds;
    this.#timer = setTimeout(() => this.#begin(), wait * 1000);
  }

  #connectionChanged() {
    if (connection.isUp || this.#loading) return;
    clearTimeout(this.#timer);
    this.#schedule(BACKOFF_SECONDS[0]);
  }
}
