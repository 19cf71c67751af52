/** @type {typeof import("../review_link_texts.js").REVIEW_LINK_TEXTS} */
export const REVIEW_LINK_TEXTS = {
  ask: "Um Durchsicht bitten",
  title: "Durchsichten",
  lead: "Wer den Link einer Durchsicht hat, sieht die aktuellen Videos ohne Schlüssel, kommentiert Stellen darin und gibt jedes frei oder bittet um Änderungen.",
  name: "Was über den Videos steht",
  nameHint: "Leer steht dort der Titel der Kampagne.",
  days: "Der Link funktioniert",
  daysCount: (days) => `${days} Tage`,
  earlier: "Auch frühere Fassungen zeigen",
  create: "Link erstellen",
  link: "Link",
  linkHint: "Kopieren Sie ihn jetzt: Er wird nicht noch einmal gezeigt.",
  copyLink: "Link kopieren",
  copied: "Kopiert.",
  copyByHand:
    "Der Browser erlaubt es nicht. Der Link ist ausgewählt: Kopieren Sie ihn mit der Tastatur.",
  done: "Fertig",
  listTitle: "Durchsichten dieser Kampagne",
  none: "Es gibt noch keine.",
  until: (date) => `Offen bis ${date}`,
  statuses: { closed: "Geschlossen", expired: "Abgelaufen" },
  created: (date) => `Erstellt ${date}`,
  said: (comments, decisions) =>
    [
      comments === 1 ? "1 Kommentar" : `${comments} Kommentare`,
      decisions === 1 ? "1 Entscheidung" : `${decisions} Entscheidungen`,
    ].join(", "),
  close: "Schließen",
  remove: "Löschen",
  removeTitle: "Diese Durchsicht löschen?",
  removeBody:
    "Ihr Link zeigt nichts mehr, und ihre Kommentare und Entscheidungen werden gelöscht. Um sie zu behalten, schließen Sie sie stattdessen.",
};
