import { element } from "./dom.js";
import { money } from "./format.js";

/** The price of new versions of these videos. */
export function priceOf(videos) {
  const sum = videos.reduce((total, video) => total + video.cost.estimated, 0);
  // A sum of binary fractions may be slightly below the sum of the prices.
  return Number(sum.toFixed(4));
}

/** The price of regenerating a video. */
export function priceTag(video) {
  return element("span", { class: "price" }, money(video.cost.estimated));
}
