import { grouped } from "../locale.js";

const LONGEST_NAME = 90;

/** @type {typeof import("../campaign_texts.js").CAMPAIGN_TEXTS} */
export const CAMPAIGN_TEXTS = {
  title: (name) => `„${name}“ ändern`,
  idStays: (id) => `In der Adresse bleibt ${id}.`,
  duplicate: "Duplizieren",
  copyOf: (name) => `Kopie von ${[...name].slice(0, LONGEST_NAME).join("")}`,
  duplicated: (name) =>
    `„${name}“ wurde dupliziert: dieselben Worte, keine Videos. Nichts wurde berechnet.`,
  archive: "Archivieren",
  archived: (name) =>
    `„${name}“ ist archiviert. Sie steht bei den archivierten und funktioniert wie zuvor.`,
  restore: "Aus dem Archiv holen",
  restored: (name) => `„${name}“ steht wieder bei den anderen.`,
  remove: "Löschen",
  removeTitle: (name) => `„${name}“ löschen?`,
  removeBody: ({ current, historical, trashed }, spent) =>
    `Gelöscht werden ${grouped(current)} ${current === 1 ? "Video" : "Videos"}, ` +
    `${grouped(historical)} ${historical === 1 ? "frühere Aufnahme" : "frühere Aufnahmen"}, ` +
    `${trashed ? `${trashed} im Papierkorb, ` : ""}alle Bilder und die Prompts, endgültig. Dafür wurden ${spent} ausgegeben. Archivieren bewahrt sie auf.`,
  removed: (name) => `„${name}“ ist gelöscht.`,
};
