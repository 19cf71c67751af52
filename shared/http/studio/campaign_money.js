import { element, showIn } from "./dom.js";
import { money } from "./format.js";
import { TEXTS } from "./texts.js";

/** What a campaign has cost, may still cost, and has saved. */
export class CampaignMoney {
  #changeBudget;

  /** `changeBudget` makes a button that changes the limit which it is given. */
  constructor({ changeBudget }) {
    this.#changeBudget = changeBudget;
    this.root = element("dl", { class: "money", hidden: true });
  }

  update({ money: amounts, budget, counts }) {
    this.root.hidden = false;
    showIn(this.root, [amounts, budget, counts.cache_hits], () => [
      figure(TEXTS.spent, money(amounts.spent), simulatedNote(amounts)),
      figure(TEXTS.reserved, money(amounts.reserved), TEXTS.reservedHint),
      amounts.possibly_spent > 0 &&
        figure(TEXTS.possiblySpent, money(amounts.possibly_spent), TEXTS.possiblySpentHint),
      figure(TEXTS.saved, money(amounts.saved), TEXTS.savedHint(counts.cache_hits)),
      budget && this.#budgetFigure(budget),
    ]);
  }

  #budgetFigure({ limit_usd: limit, available_usd: available }) {
    const change = this.#changeBudget(limit);
    if (limit === null) return figure(TEXTS.budget, TEXTS.noBudget, change);
    return figure(TEXTS.budget, money(available), [TEXTS.budgetHint(money(limit)), change]);
  }
}

function simulatedNote({ spent, simulated }) {
  if (!simulated) return "";
  return simulated === spent ? TEXTS.spentSimulated : TEXTS.partlySimulated(money(simulated));
}

function figure(name, value, note) {
  const notes = [note].flat().filter(Boolean);
  return element(
    "div",
    {},
    element("dt", {}, name),
    element("dd", {}, element("strong", {}, value), element("span", { class: "hint" }, ...notes)),
  );
}
