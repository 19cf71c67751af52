import { openDialog } from "./dialogs.js";
import { button, element, uniqueId } from "./dom.js";
import { TEXTS } from "./texts.js";

const OFF = "shortcuts are off";

/** Let single keys act while no text is entered and no dialog is open. `acts` has one by key. */
export function listenForShortcuts(acts) {
  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey } = event;
    const act = key === "?" ? showShortcuts : acts[key];
    if (!act || ctrlKey || metaKey || altKey || isTaken(event.target)) return;
    if (key !== "?" && isOff()) return;
    event.preventDefault();
    act();
  });
}

function isTaken(target) {
  const isEntering = target.closest("input, textarea, select, video, [contenteditable]");
  return isEntering || document.querySelector("dialog[open]");
}

/** Speech input may hit single keys: they can be turned off. */
function showShortcuts() {
  const isOn = element("input", {
    type: "checkbox",
    role: "switch",
    id: uniqueId("shortcuts"),
    checked: !isOff(),
  });
  const rows = TEXTS.shortcuts.flatMap(([key, meaning]) => [
    element("dt", {}, element("kbd", {}, key)),
    element("dd", {}, meaning),
  ]);
  openDialog({
    title: TEXTS.shortcutsTitle,
    content: [
      element("dl", { class: "shortcuts" }, ...rows),
      element(
        "div",
        { class: "field switch" },
        element("label", { for: isOn.id }, TEXTS.shortcutsSwitch),
        isOn,
      ),
    ],
    go: button(TEXTS.save, { kind: "primary" }),
    answer: () => turn(isOn.checked),
  });
}

function isOff() {
  try {
    return localStorage.getItem(OFF) !== null;
  } catch {
    return false;
  }
}

function turn(isOn) {
  try {
    if (isOn) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  } catch {
    // Without storage they are on again after a reload.
  }
}
