import { read, whenKeyIsNeeded } from "./api.js";
import { CampaignView } from "./campaign_view.js";
import { Home, campaignPath, isCampaignName } from "./home.js";
import { askForKey } from "./key_dialog.js";
import { showTrouble } from "./notices.js";
import { Poller } from "./polling.js";
import { TEXTS } from "./texts.js";

const main = document.getElementById("main");

/** @type {NodeListOf<HTMLElement>} */
const frames = document.querySelectorAll("[data-text]");
for (const frame of frames) {
  frame.textContent = TEXTS[frame.dataset.text];
}

let shown = null;
let models = null;

/** Show the page of the current URL: one campaign, or all. */
async function show({ hasMoved }) {
  const id = new URLSearchParams(location.search).get("campaign") ?? "";
  shown?.stop();
  shown = isCampaignName(id) && models ? new CampaignView({ id, models }) : new Home({ open });
  document.title = `${shown.title} · ${TEXTS.product}`;
  main.replaceChildren(shown.root);
  if (hasMoved) main.querySelector("h1").focus();
}

function open(campaignId) {
  history.pushState(null, "", campaignPath(campaignId));
  show({ hasMoved: true });
}

function followOwnLinks(event) {
  const link = event.target.closest("a[data-home]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  open(null);
}

async function begin() {
  const { body } = await read("/v1/models");
  models = body.data;
  starting.stop();
  showTrouble(null);
  show({ hasMoved: false });
  return null;
}

const starting = new Poller({ load: begin, onFailure: (error) => showTrouble(error.message) });

whenKeyIsNeeded(askForKey);
window.addEventListener("popstate", () => show({ hasMoved: true }));
document.addEventListener("click", followOwnLinks);
starting.start();
