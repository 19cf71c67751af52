import { Unreachable, read, whenKeyIsNeeded } from "./api.js";
import { CampaignView } from "./campaign_view.js";
import { Home, campaignPath, isCampaignId } from "./home.js";
import { askForKey } from "./key_dialog.js";
import { LANGUAGE, chooseLanguage } from "./locale.js";
import { sayFailure, showTrouble } from "./notices.js";
import { Poller } from "./polling.js";
import { listenForShortcuts } from "./shortcuts.js";
import { TEXTS } from "./texts.js";

const main = document.getElementById("main");

/** @type {NodeListOf<HTMLAnchorElement>} */
const links = document.querySelectorAll("nav a[data-own]");
/** @type {NodeListOf<HTMLElement>} */
const frames = document.querySelectorAll("[data-text]");
for (const frame of frames) {
  frame.textContent = TEXTS[frame.dataset.text];
}

/** @type {HTMLSelectElement} */
const language = document.querySelector("#language");
language.value = LANGUAGE;
language.ariaLabel = TEXTS.language;
language.addEventListener("change", () => chooseLanguage(language.value));

// On a phone, a focused field would open the keyboard over the page.
const desk = matchMedia("(min-width: 1000px) and (pointer: fine)");

let shown = null;
let models = null;
let mostVideos = 0;

/** Show the page of the current URL. */
async function show({ hasMoved }) {
  const { href } = location;
  const page = await pageOf(new URLSearchParams(location.search));
  if (!page) return sayFailure(new Unreachable());
  if (href !== location.href) return page.stop();
  shown?.stop();
  shown = page;
  document.title = `${shown.title} · ${TEXTS.product}`;
  main.replaceChildren(shown.root);
  for (const link of links) {
    const isHere = link.pathname + link.search === location.pathname + location.search;
    link.ariaCurrent = isHere ? "page" : null;
  }
  if (hasMoved) main.querySelector("h1").focus();
  else if (desk.matches) shown.autofocus?.();
}

/** The page that the query names, or that of all campaigns; null if its code cannot be loaded. */
async function pageOf(query) {
  const id = query.get("campaign") ?? "";
  if (isCampaignId(id)) return new CampaignView({ id, models, mostVideos });
  if (query.has("batches")) {
    const code = await import("./batches_view.js").catch(() => null);
    return code && new code.BatchesView();
  }
  if (query.has("webhooks")) {
    const code = await import("./webhooks_view.js").catch(() => null);
    return code && new code.WebhooksView();
  }
  if (isCampaignId(query.get("watched") ?? "")) {
    const code = await import("./watched_pages.js").catch(() => null);
    return code && code.watchedPage(query, { open });
  }
  return new Home({ open: (campaignId) => open(campaignPath(campaignId)) });
}

function open(path) {
  history.pushState(null, "", path);
  show({ hasMoved: true });
}

function followOwnLinks(event) {
  const link = event.target.closest("a[data-own]");
  if (!models || !link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  open(link.getAttribute("href"));
}

async function begin() {
  const { body } = await read("/v1/models");
  [models, mostVideos] = [body.data, body.max_videos];
  document.getElementById("practice").hidden = !models.every((model) => model.simulated);
  starting.stop();
  showTrouble(null);
  show({ hasMoved: false });
  return null;
}

const starting = new Poller({ load: begin, onFailure: (error) => showTrouble(error.message) });

whenKeyIsNeeded(askForKey);
listenForShortcuts({
  n: () => shown?.focusFirst?.(),
  "/": () => shown?.focusSearch?.(),
  c: () => models && open("/"),
  b: () => models && open("/?batches"),
});
window.addEventListener("popstate", () => models && show({ hasMoved: true }));
document.addEventListener("click", followOwnLinks);
starting.start();
