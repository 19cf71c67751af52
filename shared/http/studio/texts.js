import { LANGUAGE, grouped, listed, shortened } from "./locale.js";

const rank = new Intl.PluralRules(LANGUAGE, { type: "ordinal" });
const RANKS = { one: "st", two: "nd", few: "rd", other: "th" };

/** "1 video", "2,000 videos". */
export function plural(count, one) {
  return `${grouped(count)} ${count === 1 ? one : `${one}s`}`;
}

function ordinal(count) {
  return grouped(count) + RANKS[rank.select(count)];
}

function videos(numbers) {
  return `${numbers.length === 1 ? "Video" : "Videos"} ${listed(numbers)}`;
}

/** All texts of the studio. */
export const TEXTS = {
  product: "Showreel",
  titlePending: (count) => `(${count} in progress)`,
  titleNews: "✓ News",
  notifyMe: "Notify me",
  practice: "Practice mode: nothing is billed",
  allCampaigns: "Campaigns",
  tagline: "Prompts in, playable videos out. You never pay twice.",
  batches: "Batches",
  webhooks: "Webhooks",
  description: "API",
  skip: "Skip to the content",
  language: "Language",

  // Campaigns
  startTitle: "Start a campaign",
  startHint: "Letters, digits, - and _. Spaces become dashes.",
  campaignName: "Campaign name",
  start: "Start",
  badCampaignName: "Use 1 to 64 letters, digits, - or _. Start with a letter or a digit.",
  campaignsTitle: "Campaigns",
  noCampaignsTitle: "No campaigns yet",
  noCampaigns:
    "Name a campaign, write a brief and a few prompts, and watch them become videos.",
  showMore: "Show more",
  loading: "Loading…",
  counts: ({ current, pending, historical }) =>
    [
      `${plural(current, "video")}`,
      pending && `${pending} in progress`,
      historical && `${historical} in history`,
    ]
      .filter(Boolean)
      .join(" · "),
  updated: (ago) => `Updated ${ago}`,
  justNow: "just now",
  newCampaign: "No videos yet",
  spent: "Spent",
  spentSimulated: "all of it simulated",
  partlySimulated: (amount) => `${amount} of it simulated`,
  reserved: "Reserved",
  reservedHint: "for videos in progress",
  possiblySpent: "Possibly spent",
  possiblySpentHint: "not confirmed by Google",
  saved: "Saved",
  savedHint: (hits) =>
    hits ? `${hits} cached ${hits === 1 ? "request" : "requests"}` : "by cached requests",
  budget: "Budget left",
  budgetHint: (limit) => `of ${limit}`,
  noBudget: "No limit",
  changeBudget: "Change the budget",
  unsetBudget: "Default",
  budgetChoice: "Budget",
  ownBudget: "A limit",
  defaultBudget: (amount) => `Default: ${amount}`,
  budgetLabel: "Limit in US dollars",
  budgetNote: "New videos that would exceed the limit are refused.",
  badBudget: "Enter an amount in dollars and cents, such as 12.50.",
  budgetIs: (amount) => `Budget is ${amount}.`,
  budgetIsDefault: (amount) => `Budget is the default, ${amount}.`,
  budgetIsNone: "Budget has no limit.",
  save: "Save",
  shortcutsTitle: "Keyboard shortcuts",
  shortcutsSwitch: "Use single keys",
  shortcuts: [
    ["n", "Write a prompt, or name a campaign"],
    ["c", "All campaigns"],
    ["b", "Batches"],
    ["Ctrl Enter", "Make the videos of the form"],
    ["Space", "Play or pause the video in focus"],
    ["?", "This list"],
  ],

  // The form
  formTitle: "Brief and prompts",
  brief: "Brief",
  briefHint: "Context for every video of this campaign.",
  context: {
    brand: ["Brand", "Ember & Oak"],
    product: ["Product", "Small-batch coffee"],
    audience: ["Audience", "People who brew by hand"],
    tone: ["Tone", "Warm, unhurried"],
    style: ["Style", "Window light, 35 mm grain"],
    call_to_action: ["Call to action", "Order the winter roast"],
  },
  prompts: "Prompts",
  prompt: (number) => `Prompt ${number}`,
  promptPlaceholder: "Describe one shot: subject, camera, light, sound.",
  addPrompt: "Add a prompt",
  removePrompt: (number) => `Remove prompt ${number}`,
  example: "Use an example",
  draftRestored: "These are your changes that were not sent yet. ",
  discardDraft: "Discard them",
  tickPrompt: (number) => `Make prompt ${number}`,
  keepAsOne: "Keep the pasted lines as one prompt",
  ideas: "Ideas for prompts",
  starters: "Start with",
  cheaper: (name, price) => `${name} would be ${price}`,
  replaces: (price) => `New take · ${price}`,
  readByModel: "What the model reads",
  promptTooLong: (excess) => `${excess} characters too many: the maximum is 5,000.`,
  settings: "Settings",
  model: "Model",
  retiredModel: (name, successor) => `${name} (retired: use ${successor})`,
  modelPrice: (name, price) => `${name} · ${price}/s`,
  preview: "Preview model: Google may change or withdraw it.",
  guaranteed: (date) => `Available at least until ${date}.`,
  guaranteeOver: (date, successor) =>
    `Google guaranteed it until ${date}. When it stops working, use ${successor}.`,
  seconds: "Length",
  secondsOption: (count) => `${count} s`,
  aspectRatio: "Format",
  aspectRatios: { "16:9": "16:9 wide", "9:16": "9:16 tall" },
  resolution: "Resolution",
  longestOnly: (seconds) => `In this resolution, clips are ${seconds} s long.`,
  audio: "Sound",
  moreSettings: "More settings",
  negativePrompt: "Negative prompt",
  seed: "Seed",
  seedHint: "A whole number. Leave it empty for a random seed.",
  badSeed: "Enter a whole number, 0 or more.",

  // Estimate and sending
  make: (count, price) => `Make ${plural(count, "video")} · ${price}`,
  makeNothing: "Nothing to generate",
  makeBefore: "Make videos",
  estimateUnfit: "Correct the marked fields to see the price.",
  estimating: "Estimating…",
  estimateLater: "The price appears when the server responds again.",
  estimateNothing: "Write a prompt to see the price.",
  estimateSummary: ({ created, cached, attached }) =>
    [
      created && `${created} new`,
      cached && `${cached} cached`,
      attached && `${attached} in progress`,
    ]
      .filter(Boolean)
      .join(" · "),
  regenerateInstead: "Every prompt has a video. To get another take, regenerate it.",
  outcome: {
    created: (price) => `New · ${price}`,
    cache_hit: "Cached · free",
    attached: "In progress · free",
    kept: "Stays as it is",
    unticked: "Not sent",
  },
  cachedElsewhere: (number) => `Cached in video ${number} · free`,
  sent: (count) => `${plural(count, "video")} in progress.`,
  sentNothing: "All videos exist already. Nothing was charged.",

  // Cards
  videosTitle: "Videos",
  emptyTitle: "Your videos appear here",
  empty: "Each prompt gets a card with its player, cost and history.",
  video: (number) => `Video ${number}`,
  mediaLabel: (number, prompt) => `Video ${number}: ${shortened(prompt)}`,
  currentFile: "Current MP4",
  otherFile: "MP4",
  showPrompt: "Show all",
  hidePrompt: "Show less",
  withAudio: "sound",
  silent: "silent",
  simulated: (amount) => `${amount} simulated`,
  openFile: "Open file",
  regenerate: "Regenerate",
  regenerateAll: "Regenerate all",
  ofVideo: (number) => ` video ${number}`,
  history: (count) => `History (${count})`,
  remove: "Delete",
  removeTitle: (number) => `Delete video ${number}?`,
  removeVersionTitle: "Delete this version?",
  changedPromptTitle: (number) => `Which prompt for video ${number}?`,
  changedPromptBody: "The form has another prompt than this video.",
  changedPromptChoice: "Make a new take",
  withNewPrompt: (price) => `With the prompt of the form · ${price}`,
  asBefore: (price) => `As before · ${price}`,
  makeTake: "Make the take",
  removeBody: "This permanently deletes the file and its record. Its cost stays in the campaign's total.",
  removed: (number) => `Video ${number} deleted.`,
  keep: "Keep",
  keepHint: "Exempt from every clean-up",
  historyLimit: (count) => `Room for ${plural(count, "earlier take")}, beside those you keep.`,
  goesNext: "Removed next",
  removesTake: (date) => `The next take removes the one made ${date}. Keep it to prevent that.`,
  cancel: "Cancel",
  cancelPaid: "Don't use it",
  cancelPaidTitle: (number) => `Don't use the new take of video ${number}?`,
  cancelPaidBody: (price) =>
    `It is already paid for (${price}). Its clip goes to the end of the history, from which it is removed first.`,
  stop: "Stop",
  stopTitle: (number) => `Stop the new take of video ${number}?`,
  stopBody: (price) =>
    `Google is asked to stop it, and may still bill ${price}. If its clip is made before that, it goes to the end of the history.`,
  cancelledPending: "Cancelled. It is already paid for, so its clip goes to the end of the history.",
  noCurrent: "No current version",
  noCurrentHint: "Restore one from the history, or write a prompt for it.",
  phases: {
    reserved: "Queued",
    submitting: "Submitting",
    generating: "Generating",
    storing: "Checking and storing",
    outcome_unknown: "Looking for the clip",
  },
  making: (number) => `Progress of video ${number}`,
  waits: "Waiting:",
  placeInLine: (position, isBulk) =>
    `${position === 1 ? "next" : ordinal(position)} in line${isBulk ? " (bulk)" : ""}`,
  startsAbout: (time) => `starts about ${time}`,
  startsSoon: "starts within a minute",
  failsInQueue: (time) => `If it has not started by ${time}, it fails, and you are not charged.`,
  waiting: (count) => `${plural(count, "video")} ${count === 1 ? "waits" : "wait"} in line.`,
  allDoneAbout: (time) => `All videos done about ${time}.`,
  elapsed: (elapsed) => `${elapsed} elapsed`,
  elapsedOfUsual: (elapsed, usual) => `${elapsed} of about ${usual}`,
  takesLonger: (elapsed, usual) => `${elapsed}, longer than the usual ${usual}`,
  playsOn: "The current video stays until the new one is ready.",
  news: {
    ready: (numbers) => `${videos(numbers)} ${numbers.length === 1 ? "is" : "are"} ready.`,
    newVersion: (numbers) => `${videos(numbers)}: compare the new version with the old one.`,
    keptAside: (numbers) =>
      `${videos(numbers)}: the new clip differs from the request. It is in the history, and the current one stays.`,
    failed: (numbers) => `${videos(numbers)} failed. See the card for the reason.`,
  },

  // Comparing
  comparing: (number) => `Compare the versions of video ${number}`,
  oldVersion: "Old",
  newVersion: "New",
  playBoth: "Play both",
  pauseBoth: "Pause both",
  keepOld: "Keep the old",
  keepNew: "Keep the new",
  compare: "Compare",
  bringBack: "Restore",
  broughtBack: (number) => `The old version of video ${number} is current again, at no cost.`,
  made: (date) => `Made ${date}`,

  // Clean-up
  cleanUp: "Clean up…",
  cleanUpTitle: "Clean up history",
  cleanUpBody: "Current videos are kept.",
  keepLast: "Old versions to keep per video",
  cleanUpNothing: "Nothing to remove.",
  cleanUpList: (count, bytes) =>
    `${plural(count, "file")}, ${bytes} in total:`,
  cleanUpConfirm: (count) => `Remove ${plural(count, "video")}`,
  cleanedUp: (count, bytes) =>
    `${plural(count, "video")} removed, ${bytes} freed.`,
  regenerateAllTitle: "Regenerate every video?",
  regenerateAllBody: (count, price) =>
    `${count} new ${count === 1 ? "version" : "versions"} for about ${price}. Current videos stay until the new ones are ready.`,
  close: "Close",
  goBack: "Back",

  // The API key
  apiKeyTitle: "This service needs an API key",
  apiKey: "API key",
  apiKeyHint: "The browser keeps a session until you close it. It does not store the key.",
  apiKeySend: "Open",
  keyNeeded: "This service needs an API key. Reload the page to enter one.",
  badApiKey: "Invalid API key.",

  // When things go wrong
  cannotPlay: "This video cannot be played",
  fileMissing:
    "The file is missing from storage. Regenerate the video, or restore an older one.",
  fileBroken: "The file is damaged, or this browser cannot read it.",
  fileUnread: "The file could not be read completely.",
  tryAgain: "Try again",
  dismiss: "Dismiss",
  editPrompt: "Edit the prompt",
  failed: {
    cancelled: "Cancelled while it was made",
    content_filtered: "Filtered by the model's safety rules",
    invalid_output: "The clip was not a playable video",
    outcome_unknown: "The model did not respond",
    provider_error: "The model failed",
    provider_timeout: "The model took too long",
    queue_timeout: "Not started: it waited too long in line",
    storage_error: "The clip could not be stored",
  },
  failedOtherwise: "This video failed",
  advice: {
    content_filtered:
      "Change the prompt: leave out real people, brands and violence, and describe the scene in other words.",
    invalid_output: "Try again. The prompt was not the cause.",
    provider_error: "Try again later.",
    provider_timeout: "Try again later.",
    queue_timeout:
      "More videos were waiting than the model takes in that time. Try again when fewer wait, or choose another model, which has its own line.",
    budget_exceeded: "Choose a cheaper model, fewer seconds or fewer prompts.",
    campaign_video_limit: "Remove a prompt, or delete a video to make room.",
    max_cost_exceeded:
      "The price has changed since the estimate. Check the new price and send again.",
    slot_busy: "One of these videos is in progress. Wait for it, or cancel it.",
  },
  notBilled: "You were not charged.",
  possiblyBilled: "You may have been charged.",
  offline: "The server does not respond. This page may be out of date; it retries automatically.",
  backOnline: "The server responds again.",
  unreachable: "The server did not respond. Nothing is lost. Try again.",
  unexpected: "Something went wrong. Try again.",
};

export const EXAMPLE = {
  business_context: {
    brand: "Ember & Oak",
    product: "Small-batch coffee, roasted over oak wood",
    audience: "People who brew by hand on slow weekend mornings",
    tone: "Warm, unhurried, quietly proud",
    style: "Window light, shallow depth of field, amber and walnut, 35 mm grain",
    call_to_action: "Order the winter roast",
  },
  prompts: [
    "Extreme close-up of oak embers glowing under a cast-iron roasting drum. Beans tumble past a small glass window. The camera creeps forward. Sound: crackling wood, the dry rattle of beans.",
    "Medium shot of a roaster tipping fresh beans into a wide cooling tray. Steam rolls over the rim. Handheld, slowly orbiting left. Cold dawn behind the windows, amber light inside.",
    "Macro shot of water from a gooseneck kettle spiralling onto ground coffee. The grounds bloom, bubbles catch the sun. Rack focus to the first dark drop. Sound: a thin pour, a soft drip.",
    "Wide shot of a kitchen on a snowy morning. A woman in a wool cardigan wraps both hands around a mug and looks out at falling snow. Slow push in over the table. One warm lamp.",
  ],
};
