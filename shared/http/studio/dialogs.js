import { button, element, uniqueId } from "./dom.js";
import { sayFailure } from "./notices.js";
import { TEXTS } from "./texts.js";

/** Ask for confirmation of an irreversible or expensive action. */
export function confirmed({ title, body, confirm, kind = "danger" }) {
  return openDialog({
    title,
    content: [element("p", {}, body)],
    go: button(confirm, { kind }),
    answer: () => true,
    otherwise: false,
  });
}

/**
 * Show a modal dialog. Resolves with `answer()` after `go` or Enter, with `otherwise` when closed.
 *
 * The dialog stays open while `isFit()` is false. Without `go`, it can only be closed.
 *
 * @param {{title: string, content: any[], go?: any, answer?: () => any, otherwise?: any,
 *   isFit?: () => boolean | Promise<boolean>}} options
 */
export function openDialog({ title, content, go, isFit = () => true, answer, otherwise }) {
  const id = uniqueId("dialog");
  const back = button(go ? TEXTS.goBack : TEXTS.close, { onclick: () => dialog.close() });
  if (go) go.type = "submit";
  const form = element(
    "form",
    { novalidate: true },
    element("h2", { id }, title),
    ...content,
    element("div", { class: "actions" }, back, go ?? null),
  );
  const dialog = element("dialog", { class: "dialog", "aria-labelledby": id }, form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!go || go.disabled) return;
      go.disabled = true;
      const isReady = await isFit();
      go.disabled = isReady;
      if (!isReady) return;
      try {
        resolve(await answer());
      } catch (error) {
        sayFailure(error);
      }
      dialog.close();
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(otherwise);
    });
  });
}
