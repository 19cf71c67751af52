import { patch, remove, send } from "./api.js";
import { CAMPAIGN_TEXTS } from "./campaign_texts.js";
import { confirmed, openDialog } from "./dialogs.js";
import { button, element } from "./dom.js";
import { money } from "./format.js";
import { titleField } from "./home.js";
import { say } from "./notices.js";
import { TEXTS } from "./texts.js";

/**
 * Let the user rename, duplicate, archive or delete a campaign.
 *
 * Resolves, when it is done, with the id of the duplicate, or null.
 */
export async function changeCampaign(campaign) {
  const path = `/v1/campaigns/${campaign.id}`;
  const name = campaign.title ?? campaign.id;
  const field = titleField(campaign.title ?? "");
  field.control.placeholder = campaign.id;
  field.hint.textContent = CAMPAIGN_TEXTS.idStays(campaign.id);
  const act = await choice(CAMPAIGN_TEXTS.title(name), field, path, [
    [CAMPAIGN_TEXTS.duplicate, () => duplicate(path, name)],
    campaign.archived
      ? [CAMPAIGN_TEXTS.restore, () => archive(path, false, CAMPAIGN_TEXTS.restored(name))]
      : [CAMPAIGN_TEXTS.archive, () => archive(path, true, CAMPAIGN_TEXTS.archived(name))],
    [CAMPAIGN_TEXTS.remove, () => deleteForGood(campaign, path, name)],
  ]);
  return (await act?.()) ?? null;
}

/** Resolve with what was chosen; null if it was renamed, or the dialog was closed. */
function choice(title, field, path, acts) {
  return new Promise((resolve) => {
    const buttons = acts.map(([label, act]) =>
      button(label, {
        onclick: (event) => {
          resolve(act);
          event.target.closest("dialog").close();
        },
      }),
    );
    openDialog({
      title,
      content: [field.root, element("div", { class: "acts" }, ...buttons)],
      go: button(TEXTS.save, { kind: "primary" }),
      isFit: () => isRenamed(field, path),
      answer: () => null,
      otherwise: null,
    }).then(resolve);
  });
}

async function isRenamed(field, path) {
  try {
    await patch(path, { title: field.value });
  } catch (error) {
    field.showError(error.message);
    return false;
  }
  return true;
}

async function duplicate(path, name) {
  const { body } = await send(`${path}/duplicate`, { title: CAMPAIGN_TEXTS.copyOf(name) });
  say(CAMPAIGN_TEXTS.duplicated(name));
  return body.id;
}

async function archive(path, archived, sentence) {
  await patch(path, { archived });
  say(sentence);
}

async function deleteForGood({ counts, money: { spent } }, path, name) {
  const isSure = await confirmed({
    title: CAMPAIGN_TEXTS.removeTitle(name),
    body: CAMPAIGN_TEXTS.removeBody(counts, money(spent)),
    confirm: CAMPAIGN_TEXTS.remove,
  });
  if (!isSure) return;
  await remove(path);
  say(CAMPAIGN_TEXTS.removed(name));
}
