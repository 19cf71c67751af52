import { button, element, icon, written } from "./dom.js";
import { clock } from "./locale.js";
import { REVIEW_TEXTS } from "./review_texts.js";

/** @type {[string, string, (names: string[]) => string][]} */
const KINDS_OF_DECISIONS = [
  ["approved", "done", REVIEW_TEXTS.approvedBy],
  ["changes_requested", "edit", REVIEW_TEXTS.changesFor],
];

/** What reviewers have decided about a take, in a line for each kind. */
export function decisionLines(decisions) {
  return KINDS_OF_DECISIONS.flatMap(([kind, symbol, text]) => {
    const names = decisions.filter((each) => each.decision === kind).map((each) => each.name);
    if (names.length === 0) return [];
    return [element("p", { class: `decided ${kind}` }, icon(symbol), written("span", text(names)))];
  });
}

/** Comments by their moments; `seek` is called with that of one. */
export function commentList(comments, seek = null) {
  return element("ol", { class: "comments" }, ...byMoment(comments).map((each) => item(each, seek)));
}

function item({ name, text, seconds }, seek) {
  const time = seconds === null ? null : clock(seconds);
  return element(
    "li",
    {},
    element(
      "p",
      { class: "meta" },
      written("strong", name),
      time &&
        seek &&
        button(time, {
          kind: "link figures",
          "aria-label": REVIEW_TEXTS.goTo(time),
          onclick: () => seek(seconds),
        }),
      time && !seek && element("span", { class: "figures" }, time),
    ),
    written("p", text, { class: "words" }),
  );
}

function byMoment(comments) {
  return comments.toSorted(
    (one, other) =>
      (one.seconds ?? -1) - (other.seconds ?? -1) || one.created_at - other.created_at,
  );
}
