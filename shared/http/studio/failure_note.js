import { button, element, icon, written } from "./dom.js";
import { priceTag } from "./spending.js";
import { TEXTS } from "./texts.js";

/** Why a video failed, and what to do. */
export function failureNote(failure, { regenerate, dismiss, editPrompt }) {
  const again = button([TEXTS.tryAgain, priceTag(failure)], {
    kind: "small",
    icon: "again",
    onclick: () => regenerate(failure),
  });
  return element(
    "div",
    { class: "failure" },
    element("strong", {}, icon("broken"), titleOf(failure)),
    element("p", {}, adviceOf(failure)),
    failure.error && detailsOf(failure.error),
    element(
      "div",
      { class: "actions" },
      failure.error?.code === "content_filtered" &&
        button(TEXTS.editPrompt, {
          kind: "small primary",
          icon: "edit",
          onclick: () => editPrompt(failure),
        }),
      again,
      button(TEXTS.dismiss, { kind: "small quiet", onclick: () => dismiss(failure) }),
    ),
  );
}

/** The API's own sentence, for those who look into it. */
function detailsOf({ message }) {
  const [summary, text] = [element("summary", {}, TEXTS.details), written("p", message)];
  return element("details", { class: "hint" }, summary, text);
}

function titleOf(failure) {
  return TEXTS.failed[failure.error?.code] ?? TEXTS.failedOtherwise;
}

function adviceOf(failure) {
  const advice = TEXTS.advice[failure.error?.code];
  const isFree = Number(failure.cost.actual) === 0 && failure.cost.actual !== null;
  return [advice, isFree ? TEXTS.notBilled : TEXTS.possiblyBilled].filter(Boolean).join(" ");
}
