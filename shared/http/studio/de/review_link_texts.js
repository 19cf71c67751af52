/** @type {typeof import("../review_link_texts.js").REVIEW_LINK_TEXTS} */
export const REVIEW_LINK_TEXTS = {
  ask: "Freigabe anfordern",
  title: "Durchsichten",
  lead: "Wer den Link hat, kann ansehen, kommentieren und freigeben. Ohne Anmeldung.",
  name: "Was über den Videos steht",
  nameHint: "Leer steht dort der Titel der Kampagne.",
  days: "Der Link funktioniert",
  daysCount: (days) => `${days} Tage`,
  earlier: "Auch frühere Fassungen zeigen",
  create: "Link erstellen",
  createAnother: "Weiteren Link erstellen",
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
  statuses: { closed: "Widerrufen", expired: "Abgelaufen" },
  created: (date) => `Erstellt ${date}`,
  said: (comments, decisions) =>
    [
      comments === 1 ? "1 Kommentar" : `${comments} Kommentare`,
      decisions === 1 ? "1 Entscheidung" : `${decisions} Entscheidungen`,
    ].join(", "),
  revoke: "Link widerrufen",
  revokeTitle: "Diesen Link widerrufen?",
  revokeBody: "Niemand kann ihn mehr öffnen, auch später nicht. Was gesagt wurde, bleibt.",
  remove: "Löschen",
  removeTitle: "Diese Durchsicht löschen?",
  removeBody:
    "Ihr Link zeigt nichts mehr, und ihre Kommentare und Entscheidungen werden gelöscht. Um sie zu behalten, widerrufen Sie stattdessen den Link.",
};
