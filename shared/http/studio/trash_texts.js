import { plural } from "./texts.js";

/** The texts about the trash, and about undoing a delete. */
export const TRASH_TEXTS = {
  open: (count) => `Trash (${count})`,
  body: (days) =>
    `It moves to the trash and can be restored for ${plural(days, "day")}. Its cost stays in the campaign's total.`,
  moved: (number) => `Video ${number} is in the trash.`,
  movedAll: (count) => `${plural(count, "earlier take")} moved to the trash.`,
  moveAll: (count) => `Move ${plural(count, "earlier take")} to the trash`,
  undo: "Undo",
  undone: (number) => `Video ${number} is back.`,
  show: "Show the trash",
  title: "Trash",
  lead: (days) =>
    `What you delete stays here for ${plural(days, "day")}. A restored take is live if its video has no live one, and otherwise among the earlier takes.`,
  deletedFrom: (number) => `Video ${number}`,
  goes: (date) => `Deleted for good on ${date}`,
  restore: "Restore",
  purge: "Delete for good",
  purgeTitle: "Delete this take for good?",
  purgeBody: "It cannot be restored. Its cost stays in the campaign's total.",
  purged: (number) => `The take of video ${number} is deleted for good.`,
  emptyAll: "Empty the trash",
  emptyTitle: (count) => `Delete ${plural(count, "take")} for good?`,
  emptyBody:
    "Everything that is in the trash of this campaign goes, and cannot be restored. Its cost stays in the campaign's total.",
  emptied: "The trash was emptied.",
  isBeingEmptied: "The trash is being emptied. The rest goes within minutes.",
  empty: "The trash is empty.",
  unreadable: (count) => `${plural(count, "more take")} cannot be read.`,
};
