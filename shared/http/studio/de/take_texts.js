/** @type {typeof import("../take_texts.js").TAKE_TEXTS} */
export const TAKE_TEXTS = {
  remix: {
    button: "Abwandeln…",
    title: (number) => `Video ${number} abwandeln`,
    about:
      "Eine neue Aufnahme mit anderen Worten oder Bildern. Länge, Format und Briefing bleiben.",
    prompt: "Prompt",
    placeholder: "",
    confirm: (price) => `Abwandeln · ${price}`,
    madeFrom: "Abgewandelt aus:",
  },
  extend: {
    button: "Verlängern…",
    title: (number) => `Video ${number} verlängern`,
    about: "Eine neue Aufnahme, die mit diesem Clip beginnt und ihn fortsetzt.",
    prompt: "Was als Nächstes geschieht",
    placeholder: "Der Dampf verzieht sich, und eine Hand hebt die Tasse.",
    confirm: (price) => `Verlängern · ${price}`,
    madeFrom: "Verlängert aus:",
  },
  edit: {
    button: "Bearbeiten…",
    title: (number) => `Video ${number} bearbeiten`,
    about: "Eine neue Aufnahme: dieser Clip, mit einer Änderung.",
    prompt: "Was sich ändern soll",
    placeholder: "Es ist Nacht, und vor dem Fenster liegt Schnee.",
    confirm: (price) => `Bearbeiten · ${price}`,
    madeFrom: "Bearbeitet aus:",
  },
  model: "Modell",
  seconds: "Länger um",
  promptMissing: "Schreiben Sie, was die neue Aufnahme zeigt.",
  stays: "Die Live-Aufnahme bleibt, bis die neue fertig ist.",
  existing: "Diese Aufnahme gibt es schon. Nichts wurde berechnet.",
  sent: (number) => `Eine neue Aufnahme von Video ${number} ist in Arbeit.`,
  source: (made) => `Aufnahme vom ${made}`,
  sourceGone: "eine Aufnahme, die nicht mehr hier ist",
};
