import { send } from "./api.js";
import { openDialog } from "./dialogs.js";
import { button, element, written } from "./dom.js";
import { Choice } from "./fields.js";
import { money } from "./format.js";
import { priceOf } from "./spending.js";
import { TEXTS } from "./texts.js";

const NEW = "new";

/**
 * Ask whether a take is made as `order` says, or as the video was.
 *
 * Resolves with the order, null for a take as before, or undefined for none.
 */
export async function askWhichPrompt(video, order) {
  const { body: estimate } = await send("/v1/videos/estimate", order.estimated);
  const price = estimate.cost.estimated;
  const choice = new Choice({ label: TEXTS.changedPromptChoice });
  choice.offer(
    [
      [NEW, TEXTS.withNewPrompt(money(price))],
      ["before", TEXTS.asBefore(money(priceOf([video])))],
    ],
    NEW,
  );
  return openDialog({
    title: TEXTS.changedPromptTitle(video.index + 1),
    content: [
      element("p", {}, TEXTS.changedPromptBody),
      written("blockquote", order.prompt, { class: "prompt clamped" }),
      choice.root,
    ],
    go: button(TEXTS.makeTake, { kind: "primary" }),
    answer: () => (choice.value === NEW ? { ...order.body, max_cost_usd: price } : null),
  });
}
