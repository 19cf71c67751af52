import { plural } from "./texts.js";

/** @type {typeof import("../trash_texts.js").TRASH_TEXTS} */
export const TRASH_TEXTS = {
  open: (count) => `Papierkorb (${count})`,
  body: (count) =>
    `Die Aufnahme kommt in den Papierkorb und lässt sich ${plural(count, "Tag", "Tage")} lang wiederherstellen. Ihre Kosten bleiben in der Summe der Kampagne.`,
  moved: (number) => `Video ${number} ist im Papierkorb.`,
  movedAll: (count) => `${plural(count, "frühere Aufnahme", "frühere Aufnahmen")} in den Papierkorb verschoben.`,
  moveAll: (count) => `${plural(count, "frühere Aufnahme", "frühere Aufnahmen")} in den Papierkorb verschieben`,
  undo: "Rückgängig",
  undone: (number) => `Video ${number} ist wieder da.`,
  show: "Papierkorb zeigen",
  title: "Papierkorb",
  lead: (count) =>
    `Gelöschtes bleibt ${plural(count, "Tag", "Tage")} lang hier. Eine wiederhergestellte Aufnahme ist live, wenn ihr Video keine andere hat, sonst steht sie bei den früheren.`,
  deletedFrom: (number) => `Video ${number}`,
  goes: (date) => `Wird endgültig gelöscht am ${date}`,
  restore: "Wiederherstellen",
  purge: "Endgültig löschen",
  purgeTitle: "Diese Aufnahme endgültig löschen?",
  purgeBody: "Sie lässt sich nicht wiederherstellen. Ihre Kosten bleiben in der Summe der Kampagne.",
  purged: (number) => `Die Aufnahme von Video ${number} ist endgültig gelöscht.`,
  emptyAll: "Papierkorb leeren",
  emptyTitle: (count) => `${plural(count, "Aufnahme", "Aufnahmen")} endgültig löschen?`,
  emptyBody:
    "Alles, was im Papierkorb dieser Kampagne ist, verschwindet und lässt sich nicht wiederherstellen. Die Kosten bleiben in der Summe der Kampagne.",
  emptied: "Der Papierkorb wurde geleert.",
  isBeingEmptied: "Der Papierkorb wird geleert. Der Rest verschwindet in wenigen Minuten.",
  empty: "Der Papierkorb ist leer.",
  unreadable: (count) =>
    `${plural(count, "weitere Aufnahme ist", "weitere Aufnahmen sind")} nicht lesbar.`,
};
