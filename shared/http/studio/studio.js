import { Unreachable, read, whenKeyIsNeeded } from "./api.js";
import { Home, campaignPath, isCampaignId } from "./home.js";
import { askForKey } from "./key_dialog.js";
import { LANGUAGE, chooseLanguage } from "./locale.js";
import { sayFailure, showLoadFailure } from "./notices.js";
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

/** Show the page of the current URL. */
async function show({ hasMoved }) {
  const { href } = location;
  const page = await pageOf(new URLSearchParams(location.search)).catch(() => null);
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

/** The page that the query names, or that of all campaigns. Rejects if its code cannot be loaded. */
async function pageOf(query) {
  const id = query.get("campaign") ?? "";
  if (isCampaignId(id)) {
    const [code, models] = await Promise.all([import("./campaign_view.js"), offered]);
    return new code.CampaignView({ id, ...models });
  }
  if (query.has("batches")) return new (await import("./batches_view.js")).BatchesView();
  if (query.has("webhooks")) return new (await import("./webhooks_view.js")).WebhooksView();
  if (isCampaignId(query.get("watched") ?? "")) {
    return (await import("./watched_pages.js")).watchedPage(query, { open });
  }
  return new Home({ open: (campaignId) => open(campaignPath(campaignId)) });
}

function open(path) {
  history.pushState(null, "", path);
  show({ hasMoved: true });
}

function followOwnLinks(event) {
  const link = event.target.closest("a[data-own]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  open(link.getAttribute("href"));
}

/** Ask until it is answered which models there are, and how many videos a campaign may have. */
function askForModels() {
  return new Promise((resolve) => {
    const asking = new Poller({
      load: async () => {
        const { body } = await read("/v1/models");
        asking.stop();
        document.getElementById("practice").hidden = !body.data.every((model) => model.simulated);
        resolve({ models: body.data, mostVideos: body.max_videos });
        return null;
      },
      onFailure: showLoadFailure,
    });
    asking.start();
  });
}

whenKeyIsNeeded(askForKey);
const offered = askForModels();
listenForShortcuts({
  n: () => shown?.focusFirst?.(),
  "/": () => shown?.focusSearch?.(),
  c: () => open("/"),
  b: () => open("/?batches"),
});
window.addEventListener("popstate", () => show({ hasMoved: true }));
document.addEventListener("click", followOwnLinks);
show({ hasMoved: false });
