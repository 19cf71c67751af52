/** @type {typeof import("../share_texts.js").SHARE_TEXTS} */
export const SHARE_TEXTS = {
  title: (number) => `Video ${number} teilen`,
  link: "Link zum Clip",
  linkHint: "Wer ihn hat, kann den Clip 12 Stunden lang ansehen.",
  player: "Code zum Einbetten",
  playerHint:
    "Für jede Seite. Er zeigt die Live-Aufnahme, auch nach einem Wechsel, und zählt die Aufrufe.",
  video: "Code eines <video>-Elements",
  videoHint: "Für Seiten, deren Besucher diesen Dienst ohne Schlüssel erreichen.",
  copy: (what) => `Kopieren: ${what}`,
  copyLink: "Link kopieren",
  copied: "Kopiert.",
  copyByHand:
    "Der Browser erlaubt es nicht. Der Text ist ausgewählt: Kopieren Sie ihn mit der Tastatur.",
};
