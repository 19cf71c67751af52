import { element } from "./dom.js";
import { WATCHED_TEXTS } from "./watched_texts.js";

/** What a page needs to show a video or a comparison. */
export function tags(embedUrl) {
  const script = `<script src="${new URL("/embed.js", embedUrl)}" async></script>`;
  return element(
    "pre",
    { class: "sample", tabindex: "0", role: "region", "aria-label": WATCHED_TEXTS.tags },
    `${script}\n<showreel-video embed="${embedUrl}"></showreel-video>`,
  );
}

/** A warning if a program made some of the plays, or all of them. */
export function simulatedPlays(watched) {
  const plays = watched.reduce((sum, each) => sum + each.plays, 0);
  const simulated = watched.reduce((sum, each) => sum + each.simulated, 0);
  if (simulated === 0) return null;
  return element("p", { class: "simulated" }, WATCHED_TEXTS.simulated(simulated, plays));
}

/** A link that the studio follows without loading its page again. */
export function ownLink(href, text) {
  return element("a", { href, "data-own": true }, text);
}
