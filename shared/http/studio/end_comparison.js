import { openDialog } from "./dialogs.js";
import { button, element, setText, uniqueId } from "./dom.js";
import { WATCHED_TEXTS } from "./watched_texts.js";

/**
 * Ask which video all visitors see from now on. Resolves with the number of its arm, or null.
 *
 * `arms` are pairs of a number and a label. Only a decided comparison has a `winner`.
 *
 * @param {{arms: [number, string][], winner: number | null}} options
 * @returns {Promise<number | null>}
 */
export function askForShownArm({ arms, winner }) {
  const name = uniqueId("shown");
  const inputs = arms.map(([arm]) =>
    element("input", { type: "radio", name, value: arm, checked: arm === winner }),
  );
  const labels = arms.map(([, label], position) =>
    element("label", { class: "row" }, inputs[position], element("span", { dir: "auto" }, label)),
  );
  const error = element("p", { class: "error", role: "alert" });
  const chosen = () => inputs.find((input) => input.checked);
  const isDecided = winner !== null;
  return openDialog({
    title: WATCHED_TEXTS.endTitle,
    content: [
      element("p", {}, isDecided ? WATCHED_TEXTS.endDecided : WATCHED_TEXTS.endUndecided),
      element(
        "fieldset",
        { class: "field" },
        element("legend", {}, WATCHED_TEXTS.shownFromNow),
        ...labels,
      ),
      error,
    ],
    go: button(WATCHED_TEXTS.endNow, { kind: "primary" }),
    isFit: () => {
      setText(error, chosen() ? "" : WATCHED_TEXTS.chooseShown);
      return Boolean(chosen());
    },
    answer: () => Number(chosen().value),
    otherwise: null,
  });
}
