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

/** A link that the studio follows without loading its page again. */
export function ownLink(href, text) {
  return element("a", { href, "data-own": true }, text);
}
