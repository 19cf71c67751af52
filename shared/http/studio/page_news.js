import { button } from "./dom.js";
import { TEXTS } from "./texts.js";

/** Shows in the title of a hidden page, and in a notification if it may, what was made. */
export class PageNews {
  #news = "";

  constructor(name) {
    this.name = name;
  }

  /** `pending` is how many videos are in progress; `sentences` are news. */
  update(pending, sentences) {
    if (sentences.length && document.hidden) {
      this.#news = sentences.join(" ");
      notify(this.name, this.#news);
    }
    const state = this.#news ? TEXTS.titleNews : pending > 0 && TEXTS.titlePending(pending);
    document.title = [state, this.name, TEXTS.product].filter(Boolean).join(" · ");
  }

  /** Forget the news once the page is visible. Return whether there were some. */
  wasSeen() {
    const hadNews = this.#news !== "";
    this.#news = "";
    return hadNews;
  }
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
