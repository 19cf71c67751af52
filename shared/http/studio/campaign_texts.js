import { plural } from "./texts.js";

const LONGEST_NAME = 90;

/** The texts of the dialog that changes a campaign. */
export const CAMPAIGN_TEXTS = {
  title: (name) => `Change “${name}”`,
  idStays: (id) => `Its address does not change: ${id}.`,
  duplicate: "Duplicate",
  copyOf: (name) => `Copy of ${[...name].slice(0, LONGEST_NAME).join("")}`,
  duplicated: (name) => `“${name}” was duplicated: the same words, no videos. Nothing was billed.`,
  archive: "Archive",
  archived: (name) => `“${name}” is archived. You find it under Archived, and it works as before.`,
  restore: "Take out of the archive",
  restored: (name) => `“${name}” is no longer archived.`,
  remove: "Delete",
  removeTitle: (name) => `Delete “${name}”?`,
  removeBody: ({ current, historical, trashed }, spent) =>
    `It deletes ${plural(current, "video")}, ${plural(historical, "earlier take")}, ` +
    `${trashed ? `${trashed} in the trash, ` : ""}all pictures and the prompts, for good. ` +
    `${spent} was spent on them. Archive it to keep them.`,
  removed: (name) => `“${name}” is deleted.`,
};
