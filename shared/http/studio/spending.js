import { element } from "./dom.js";
import { money } from "./format.js";

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
