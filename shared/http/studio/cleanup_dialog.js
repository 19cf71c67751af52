import { openDialog } from "./dialogs.js";
import { button, element, setText, showIn, uniqueId } from "./dom.js";
import { size } from "./format.js";
import { thumbnailPath } from "./player.js";
import { TEXTS } from "./texts.js";

const MOST_TO_KEEP = 3;

/**
 * Show which videos a clean-up would take away, and do that after confirmation.
 *
 * `send` takes the body of the clean-up request. `confirm` returns what the button says for a number
 * of videos. Resolves with the videos that are gone, or null.
 */
export function cleanUp(send, confirm) {
  const found = element("div", { class: "found", "aria-live": "polite" });
  const choices = Array.from({ length: MOST_TO_KEEP + 1 }, (_, count) =>
    element("option", { value: count }, String(count)),
  );
  const keep = element("select", { id: uniqueId("keep") }, ...choices);
  const go = button(confirm(0), { kind: "danger", disabled: true });
  const preview = async () => {
    go.disabled = true;
    try {
      const removal = await send({ keep_last: Number(keep.value), dry_run: true });
      showIn(found, removal, () => removalList(removal));
      setText(go.lastChild, confirm(removal.deleted.length));
      go.disabled = removal.deleted.length === 0;
    } catch (error) {
      showIn(found, error.message, () => [element("p", { class: "error" }, error.message)]);
    }
  };
  keep.addEventListener("change", preview);
  preview();
  return openDialog({
    title: TEXTS.cleanUpTitle,
    content: [
      element("p", {}, TEXTS.cleanUpBody),
      element("label", { class: "inline", for: keep.id }, TEXTS.keepLast, keep),
      found,
    ],
    go,
    answer: () => send({ keep_last: Number(keep.value), dry_run: false }),
    otherwise: null,
  });
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
