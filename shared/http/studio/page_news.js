import { button } from "./dom.js";
import { asPercent } from "./format.js";
import { TEXTS } from "./texts.js";

/** @type {HTMLLinkElement} */
const tabIcon = document.querySelector("link[rel=icon]");
const ICONS = { idle: "icon", busy: "icon_busy", news: "icon_news" };

/**
 * Shows in the title and the icon of a tab how far its videos are.
 *
 * A hidden one also says that there is news, in a notification if it may.
 */
export class PageNews {
  #news = "";
  #most = 0;

  constructor(name) {
    this.name = name;
  }

  /** `shares` are those that are done of each video in progress; `sentences` are news. */
  update(shares, sentences) {
    if (sentences.length && document.hidden) {
      this.#news = sentences.join(" ");
      notify(this.name, this.#news);
    }
    const state = this.#news ? TEXTS.titleNews : this.#progress(shares);
    document.title = [state, this.name, TEXTS.product].filter(Boolean).join(" · ");
    showIcon(this.#news ? "news" : shares.length ? "busy" : "idle");
  }

  /** Those that have ended since nothing was in progress count as done. */
  #progress(shares) {
    this.#most = shares.length && Math.max(this.#most, shares.length);
    const done = this.#most - shares.length;
    const sum = shares.reduce((before, share) => before + share, done);
    return shares.length > 0 && TEXTS.titlePending(done, this.#most, asPercent(sum / this.#most));
  }

  /** Forget the news once the page is visible. Return whether there were some. */
  wasSeen() {
    const hadNews = this.#news !== "";
    this.#news = "";
    return hadNews;
  }

  /** Leave the icon to the next page. */
  close() {
    showIcon("idle");
  }
}

function showIcon(name) {
  const path = `/studio/${ICONS[name]}.svg`;
  if (tabIcon.getAttribute("href") !== path) tabIcon.href = path;
}

export function canAskToNotify() {
  return "Notification" in window && Notification.permission === "default";
}

/** Browsers let a page ask for permission after a click only. */
export function notifyButton(onAnswer) {
  return button(TEXTS.notifyMe, {
    kind: "quiet",
    onclick: () => Notification.requestPermission().then(onAnswer),
  });
}

function notify(title, body) {
  if (!("Notification" in window) || Notification.permission !== "granted") return;
  try {
    new Notification(title, { body, icon: "/studio/icon.svg", tag: title });
  } catch {
    // On Android, only a service worker may notify.
  }
}
