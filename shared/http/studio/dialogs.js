import { patch, send } from "./api.js";
import { button, element, showIn, uniqueId } from "./dom.js";
import { size } from "./format.js";
import { sayFailure } from "./notices.js";
import { thumbnailPath } from "./player.js";
import { TEXTS } from "./texts.js";

/** Ask before something that cannot be taken back, or that costs much. */
export function confirmed({ title, body, confirm, kind = "danger" }) {
  return new Promise((resolve) => {
    const dialog = openDialog({
      title,
      content: [element("p", {}, body)],
      actions: (close) => [
        button(TEXTS.goBack, { onclick: close }),
        button(confirm, {
          kind,
          onclick: () => {
            resolve(true);
            close();
          },
        }),
      ],
    });
    dialog.addEventListener("close", () => resolve(false));
  });
}

/** Show what a clean-up would remove, and remove it if told to. Answer what was, or null. */
export function cleanUp(campaignId) {
  return new Promise((resolve) => {
    const path = `/v1/campaigns/${campaignId}/cleanup`;
    const found = element("div", { class: "found", "aria-live": "polite" });
    const keep = element("select", { id: uniqueId("keep") }, ...[0, 1, 2, 3].map(keepOption));
    const go = button(TEXTS.cleanUp, { kind: "danger", disabled: true });
    const label = element("label", { class: "inline", for: keep.id }, TEXTS.keepLast, keep);

    const ask = async (isDryRun) => {
      const body = { keep_last: Number(keep.value), dry_run: isDryRun };
      return (await send(path, body)).body;
    };
    const preview = async () => {
      go.disabled = true;
      try {
        const removal = await ask(true);
        showIn(found, removal, () => removalList(removal));
        go.lastChild.textContent = TEXTS.cleanUpConfirm(removal.deleted.length);
        go.disabled = removal.deleted.length === 0;
      } catch (error) {
        showIn(found, error.message, () => element("p", { class: "error" }, error.message));
      }
    };
    const dialog = openDialog({
      title: TEXTS.cleanUpTitle,
      content: [element("p", {}, TEXTS.cleanUpBody), label, found],
      actions: (close) => [button(TEXTS.goBack, { onclick: close }), go],
    });
    keep.addEventListener("change", preview);
    go.addEventListener("click", async () => {
      go.disabled = true;
      try {
        resolve(await ask(false));
      } catch (error) {
        sayFailure(error);
      }
      dialog.close();
    });
    dialog.addEventListener("close", () => resolve(null));
    preview();
  });
}

/** Let a person set or lift a campaign's budget. Answer whether it was changed. */
export function changeBudget(campaignId, limit) {
  return new Promise((resolve) => {
    const input = element("input", {
      id: uniqueId("budget"),
      type: "number",
      min: "0",
      step: "0.01",
      inputmode: "decimal",
      value: limit ?? "",
      "aria-describedby": "budget-note",
    });
    const save = async (close) => {
      try {
        const budget = input.value === "" ? null : input.valueAsNumber;
        await patch(`/v1/campaigns/${campaignId}`, { budget_usd: budget });
        resolve(true);
        close();
      } catch (error) {
        sayFailure(error);
      }
    };
    const dialog = openDialog({
      title: TEXTS.changeBudget,
      content: [
        element("label", { for: input.id }, TEXTS.budgetLabel),
        input,
        element("p", { id: "budget-note", class: "hint" }, TEXTS.budgetNote),
      ],
      actions: (close) => [
        button(TEXTS.goBack, { onclick: close }),
        button(TEXTS.save, { kind: "primary", onclick: () => save(close) }),
      ],
    });
    dialog.addEventListener("close", () => resolve(false));
  });
}

function openDialog({ title, content, actions }) {
  const id = uniqueId("dialog");
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": id });
  const close = () => dialog.close();
  dialog.append(
    element("h2", { id }, title),
    ...content,
    element("div", { class: "actions" }, ...actions(close)),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function removalList({ deleted, bytes }) {
  if (deleted.length === 0) return [element("p", { class: "hint" }, TEXTS.cleanUpNothing)];
  const items = deleted.map(({ id, index }) =>
    element(
      "li",
      {},
      element("img", { src: thumbnailPath(id), alt: "", loading: "lazy", width: 160, height: 90 }),
      TEXTS.video(index + 1),
    ),
  );
  return [
    element("p", {}, TEXTS.cleanUpList(deleted.length, size(bytes))),
    element("ul", { class: "posters" }, ...items),
  ];
}

function keepOption(count) {
  return element("option", { value: count }, String(count));
}
