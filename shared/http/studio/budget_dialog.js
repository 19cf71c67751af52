import { openDialog } from "./dialogs.js";
import { button, element } from "./dom.js";
import { Choice, Field } from "./fields.js";
import { money } from "./format.js";
import { TEXTS } from "./texts.js";

// Thousands separators are refused, because "1,250" is ambiguous.
const DOLLARS = /^\$?\s*(\d{1,9})(?:[.,](\d{1,2}))?$/;
const OWN = "own";
const NONE = "none";

/**
 * Resolve with the new budget in USD, null for the default, or undefined for no change.
 *
 * `budget` is the campaign's, or null for a campaign that does not exist yet.
 */
export function askForBudget(budget) {
  const choice = new Choice({ label: TEXTS.budgetChoice });
  choice.offer(
    [
      [OWN, TEXTS.ownBudget],
      [NONE, withoutOwn(budget)],
    ],
    budget?.own_usd == null ? NONE : OWN,
  );
  const input = element("input", { inputmode: "decimal", autocomplete: "off", maxlength: 20 });
  const field = new Field(input, { label: TEXTS.budgetLabel, hint: TEXTS.budgetNote });
  if (budget?.own_usd != null) field.value = budget.own_usd.toFixed(2);
  input.addEventListener("input", () => {
    choice.value = OWN;
    field.showError(null);
  });
  return openDialog({
    title: TEXTS.changeBudget,
    content: [choice.root, field.root],
    go: button(TEXTS.save, { kind: "primary" }),
    isFit: () => {
      const isFit = choice.value === NONE || dollarsIn(field.value) !== null;
      field.showError(isFit ? null : TEXTS.badBudget);
      if (!isFit) input.focus();
      return isFit;
    },
    answer: () => (choice.value === NONE ? null : dollarsIn(field.value)),
  });
}

/** Announce the budget now in effect. */
export function budgetSentence({ own_usd: own, default_usd: fallback }) {
  if (own !== null) return TEXTS.budgetIs(money(own));
  return fallback === null ? TEXTS.budgetIsNone : TEXTS.budgetIsDefault(money(fallback));
}

function withoutOwn(budget) {
  const fallback = budget?.default_usd;
  if (fallback === undefined) return TEXTS.unsetBudget;
  return fallback === null ? TEXTS.noBudget : TEXTS.defaultBudget(money(fallback));
}

function dollarsIn(text) {
  const [, whole, cents = "0"] = DOLLARS.exec(text.trim()) ?? [];
  return whole === undefined ? null : Number(`${whole}.${cents}`);
}
