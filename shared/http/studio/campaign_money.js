import { element, showIn } from "./dom.js";
import { money } from "./format.js";
import { TEXTS } from "./texts.js";

/** A campaign's spent, reserved and saved money. */
export class CampaignMoney {
  #changeBudget;

  /** `changeBudget` returns a button that changes the given budget. */
  constructor({ changeBudget }) {
    this.#changeBudget = changeBudget;
    this.root = element("dl", { class: "facts", hidden: true });
  }

  /** Show only the budget of a campaign that does not exist yet, so that it can be set first. */
  update(campaign) {
    this.root.hidden = false;
    if (campaign) this.#show(campaign);
    else showIn(this.root, null, () => this.#unsetFigure());
  }

  #show({ money: amounts, budget, counts }) {
    showIn(this.root, [amounts, budget, counts.cache_hits], () => [
      figure(TEXTS.spent, money(amounts.spent), simulatedNote(amounts)),
      figure(TEXTS.reserved, money(amounts.reserved), TEXTS.reservedHint),
      amounts.possibly_spent > 0 &&
        figure(TEXTS.possiblySpent, money(amounts.possibly_spent), TEXTS.possiblySpentHint),
      amounts.saved > 0 && figure(TEXTS.saved, money(amounts.saved), TEXTS.savedHint(counts.cache_hits)),
      this.#budgetFigure(budget),
    ]);
  }

  #unsetFigure() {
    return figure(TEXTS.budget, TEXTS.unsetBudget, this.#changeBudget(null));
  }

  #budgetFigure(budget) {
    const { limit_usd: limit, available_usd: available } = budget;
    const change = this.#changeBudget(budget);
    if (limit === null) return figure(TEXTS.budget, TEXTS.noBudget, change);
    return figure(TEXTS.budget, money(available), [TEXTS.budgetHint(money(limit)), change]);
  }
}

function simulatedNote({ spent, simulated }) {
  if (!simulated) return "";
  return simulated === spent ? TEXTS.spentSimulated : TEXTS.partlySimulated(money(simulated));
}

/** An entry of a list of facts; `note` is a text, an element, or several. */
export function figure(name, value, note) {
  const notes = [note].flat().filter(Boolean);
  return element(
    "div",
    {},
    element("dt", {}, name),
    element("dd", {}, element("strong", {}, value), element("span", { class: "hint" }, ...notes)),
  );
}
