import { element } from "./dom.js";
import { money } from "./format.js";

/** Where a campaign has budgets, a request may cost no more than the person saw. */
export function capped(body, { campaign, cost }) {
  return campaign?.budget ? { ...body, max_cost_usd: cost } : body;
}

/** What new versions of these videos would cost. */
export function priceOf(videos) {
  const sum = videos.reduce((total, video) => total + video.cost.estimated, 0);
  // A sum of binary fractions may lie a hair below that of the prices.
  return Number(sum.toFixed(4));
}

/** What making a video anew would cost. */
export function priceTag(video) {
  return element("span", { class: "price" }, money(video.cost.estimated));
}
