/** The texts about links and code that show a video elsewhere. */
export const SHARE_TEXTS = {
  title: (number) => `Share video ${number}`,
  link: "Link to the clip",
  linkHint: "Anyone who has it can watch the clip for 12 hours.",
  player: "Embed code",
  playerHint: "For any page. It shows the live take, also after you change it, and counts its plays.",
  video: "Code of a <video> element",
  videoHint: "For pages whose visitors can reach this service without a key.",
  copy: (what) => `Copy: ${what}`,
  copyLink: "Copy the link",
  copied: "Copied.",
  copyByHand: "The browser does not allow it. The text is selected: copy it with the keyboard.",
};
