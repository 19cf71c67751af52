import { connection } from "./api.js";
import { button, element, icon, setText } from "./dom.js";
import { TEXTS } from "./texts.js";

const NEWS_MILLISECONDS = 7000;
const OFFER_MILLISECONDS = 10_000;
const FAILURE_MILLISECONDS = 20_000;

const toasts = document.getElementById("toasts");
const alerts = document.getElementById("alerts");
const banner = document.getElementById("banner");
const bannerText = banner.querySelector("p");

/** Show a notice; screen readers read it when idle. */
export function say(text) {
  put(toasts, toast(text, "done"), NEWS_MILLISECONDS);
}

/** Show a notice that offers to do something, and move the focus to that offer. */
export function offer(text, label, onclick) {
  const act = button(label, {
    kind: "small offer",
    onclick: () => {
      made.remove();
      onclick();
    },
  });
  const made = toast(text, "done", act);
  put(toasts, made, OFFER_MILLISECONDS);
  act.focus({ preventScroll: true });
}

/** Show an error; screen readers read it at once. */
export function sayFailure(error) {
  put(alerts, toast(error.message, "broken"), FAILURE_MILLISECONDS);
}

/** Show why the page is out of date; null hides the banner. */
export function showTrouble(text) {
  if (text) setText(bannerText, text);
  banner.hidden = !text;
}

/** Show why a page cannot be loaded. While the server is unreachable, the banner says so already. */
export function showLoadFailure(error) {
  if (connection.isUp) showTrouble(error.message);
}

connection.addEventListener("change", () => {
  showTrouble(connection.isUp ? null : TEXTS.offline);
  if (connection.isUp) say(TEXTS.backOnline);
});

function toast(text, symbol, ...acts) {
  const close = button("", {
    kind: "quiet small",
    icon: "close",
    "aria-label": TEXTS.close,
    onclick: () => made.remove(),
  });
  const made = element(
    "div",
    { class: `toast ${symbol}` },
    icon(symbol),
    element("p", {}, text),
    ...acts,
    close,
  );
  return made;
}

function put(region, made, milliseconds) {
  region.append(made);
  const leave = () => {
    // A notice with the pointer, or with a visible focus, stays.
    if (made.matches(":hover, :has(:focus-visible)")) setTimeout(leave, milliseconds);
    else made.remove();
  };
  setTimeout(leave, milliseconds);
}
