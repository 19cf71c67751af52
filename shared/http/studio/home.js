import { connection, readPages } from "./api.js";
import { button, element, emptyState, intro, showIn, uniqueId, unseen } from "./dom.js";
import { since, spentOf } from "./format.js";
import { showLoadFailure, showTrouble } from "./notices.js";
import { Poller } from "./polling.js";
import { TEXTS } from "./texts.js";

const PAGE = 50;
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** The page on which to open or start a campaign. */
export class Home {
  title = TEXTS.campaignsTitle;
  #list = element("div", { class: "campaigns", "aria-busy": "true" });
  #start;
  #pages = 1;
  #poller = new Poller({
    load: () => this.#load(),
    onFailure: showLoadFailure,
  });

  constructor({ open }) {
    this.open = open;
    this.#start = startForm(open);
    this.root = element(
      "div",
      { class: "home" },
      intro(TEXTS.campaignsTitle, TEXTS.tagline),
      this.#start,
      this.#list,
    );
    this.#list.append(
      ...Array.from({ length: 3 }, () => element("div", { class: "skeleton row" })),
    );
    this.#poller.start();
  }

  focusFirst() {
    this.#start.querySelector("input").focus();
  }

  autofocus() {
    this.focusFirst();
  }

  stop() {
    this.#poller.stop();
  }

  async #load() {
    const { data, hasMore } = await readPages("/v1/campaigns", { pages: this.#pages, limit: PAGE });
    showTrouble(null);
    this.#show(data, hasMore);
    return null;
  }

  #show(campaigns, hasMore) {
    this.#list.setAttribute("aria-busy", "false");
    const latestFirst = campaigns.toSorted((one, other) => other.updated_at - one.updated_at);
    showIn(this.#list, { campaigns, hasMore }, () => {
      if (campaigns.length === 0) return [emptyState(TEXTS.noCampaignsTitle, TEXTS.noCampaigns)];
      const rows = latestFirst.map((campaign) => this.#row(campaign));
      return [element("ul", {}, ...rows), hasMore && this.#moreButton()];
    });
  }

  #row(campaign) {
    const href = campaignPath(campaign.id);
    const posters = campaign.thumbnail_urls.slice(0, 4).map((url) => poster(new URL(url)));
    const link = element(
      "a",
      { href, onclick: (event) => this.#follow(event, campaign.id) },
      campaign.id,
    );
    return element(
      "li",
      { class: "campaign" },
      element("div", { class: "filmstrip", "aria-hidden": "true" }, ...posters),
      element(
        "div",
        {},
        element("h2", {}, link),
        element("p", { class: "meta" }, TEXTS.counts(campaign.counts)),
      ),
      element(
        "p",
        { class: "meta figures" },
        unseen(`${TEXTS.spent} `),
        spentOf(campaign.money),
        element("br"),
        TEXTS.updated(since(campaign.updated_at, connection.now())),
      ),
    );
  }

  #follow(event, campaignId) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    this.open(campaignId);
  }

  #moreButton() {
    const more = () => {
      this.#pages += 1;
      this.#poller.refresh();
    };
    return button(TEXTS.showMore, { onclick: more });
  }
}

/** A valid campaign name, safe in a path. */
export function isCampaignName(text) {
  return NAME.test(text);
}

export function campaignPath(campaignId) {
  return `/?campaign=${encodeURIComponent(campaignId)}`;
}

function startForm(open) {
  const [hintId, errorId] = [uniqueId("hint"), uniqueId("error")];
  const input = element("input", {
    id: uniqueId("campaign"),
    name: "campaign",
    maxlength: 64,
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    placeholder: "winter-roast",
    required: true,
    "aria-describedby": `${hintId} ${errorId}`,
  });
  const error = element("p", { id: errorId, class: "error", role: "alert" });
  input.addEventListener("input", () => {
    input.value = input.value.trimStart().replaceAll(/\s+/g, "-");
    input.removeAttribute("aria-invalid");
    error.textContent = "";
  });
  const start = (event) => {
    event.preventDefault();
    if (isCampaignName(input.value)) {
      open(input.value);
      return;
    }
    error.textContent = TEXTS.badCampaignName;
    input.setAttribute("aria-invalid", "true");
    input.focus();
  };
  return element(
    "form",
    { class: "start", novalidate: true, onsubmit: start },
    element("h2", {}, TEXTS.startTitle),
    element("label", { for: input.id }, TEXTS.campaignName),
    element(
      "div",
      { class: "joined" },
      input,
      element("button", { type: "submit", class: "button primary" }, TEXTS.start),
    ),
    element("p", { id: hintId, class: "hint" }, TEXTS.startHint),
    error,
  );
}

function poster({ pathname, search }) {
  return element("img", {
    src: pathname + search,
    alt: "",
    loading: "lazy",
    width: 96,
    height: 54,
  });
}
