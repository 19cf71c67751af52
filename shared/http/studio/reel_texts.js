/** The texts of the reel. */
export const REEL_TEXTS = {
  title: (campaign) => `Reel of ${campaign}`,
  place: (number, count) => `${number} of ${count}`,
  progress: "Progress of the reel",
  before: "Previous",
  play: "Play",
  pause: "Pause",
  again: "Play again",
  next: "Next",
  sound: "Sound",
  close: "Close the reel",
  broken: (number) => `Video ${number} cannot be played.`,
};
