/** @type {typeof import("../reel_texts.js").REEL_TEXTS} */
export const REEL_TEXTS = {
  title: (campaign) => `Reel von ${campaign}`,
  place: (number, count) => `${number} von ${count}`,
  progress: "Fortschritt des Reels",
  before: "Zurück",
  play: "Abspielen",
  pause: "Anhalten",
  again: "Noch einmal",
  next: "Weiter",
  sound: "Ton",
  close: "Reel schließen",
  broken: (number) => `Video ${number} kann nicht abgespielt werden.`,
};
