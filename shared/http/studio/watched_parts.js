import { button, element, written } from "./dom.js";
import { say } from "./notices.js";
import { SHARE_TEXTS } from "./share_texts.js";
import { WATCHED_TEXTS } from "./watched_texts.js";

/** The code that shows a video or a comparison on a page; `what` says which one. */
export function codeForWebsite(embedUrl, what) {
  const script = `<script src="${new URL("/embed.js", embedUrl)}" async></script>`;
  const code = `${script}\n<showreel-video embed="${embedUrl}"></showreel-video>`;
  const shown = element("pre", { class: "sample", dir: "ltr" }, code);
  return element(
    "section",
    { class: "code" },
    element("h2", {}, WATCHED_TEXTS.code),
    written("p", what),
    shown,
    button(WATCHED_TEXTS.copyCode, { kind: "small", onclick: () => copyCode(code, shown) }),
  );
}

/** Without HTTPS, browsers leave that to the user. */
async function copyCode(code, shown) {
  try {
    await navigator.clipboard.writeText(code);
    say(SHARE_TEXTS.copied);
  } catch {
    getSelection()?.selectAllChildren(shown);
    say(SHARE_TEXTS.copyByHand);
  }
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
