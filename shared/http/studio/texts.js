const LONGEST_LABEL_WORDS = 12;

const list = new Intl.ListFormat("en");

function videos(numbers) {
  const names = list.format(numbers.map(String));
  return `${numbers.length === 1 ? "Video" : "Videos"} ${names}`;
}

function shortened(prompt) {
  const words = prompt.split(/\s+/, LONGEST_LABEL_WORDS + 1);
  const isLong = words.length > LONGEST_LABEL_WORDS;
  return isLong ? `${words.slice(0, -1).join(" ")}…` : prompt;
}

/** Every word that the studio says by itself. */
export const TEXTS = {
  product: "Showreel",
  allCampaigns: "All campaigns",
  tagline: "Prompts in, playable videos out. Nothing is ever paid twice.",
  description: "API",
  skip: "Skip to the content",

  // Campaigns
  startTitle: "Start a campaign",
  startHint: "Letters, digits, - and _. Spaces become dashes.",
  campaignName: "Campaign name",
  start: "Start",
  badCampaignName: "Use 1 to 64 letters, digits, - or _, and begin with a letter or a digit.",
  campaignsTitle: "Campaigns",
  noCampaignsTitle: "No campaigns yet",
  noCampaigns:
    "Name one, write its brief and up to a handful of prompts, and watch them become videos.",
  moreCampaigns: "Show more",
  loading: "Loading…",
  counts: ({ current, pending, historical }) =>
    [
      `${current} ${current === 1 ? "video" : "videos"}`,
      pending && `${pending} being made`,
      historical && `${historical} in history`,
    ]
      .filter(Boolean)
      .join(" · "),
  updated: (ago) => `Updated ${ago}`,
  justNow: "just now",
  newCampaign: "Nothing is made yet",
  spent: "Spent",
  spentSimulated: "all of it simulated",
  partlySimulated: (amount) => `${amount} of it simulated`,
  reserved: "Reserved",
  reservedHint: "for videos being made",
  possiblySpent: "Possibly spent",
  possiblySpentHint: "Google has not said",
  saved: "Saved",
  savedHint: (hits) =>
    hits ? `${hits} ${hits === 1 ? "request" : "requests"} cost nothing` : "by asking again",
  budget: "Budget left",
  budgetHint: (limit) => `of ${limit}`,
  noBudget: "No limit",
  changeBudget: "Change the budget",
  unsetBudget: "Default",
  ownBudget: "A limit",
  defaultBudget: (amount) => `Default: ${amount}`,
  budgetLabel: "Limit in US dollars",
  budgetNote: "No new video is begun that could go beyond it.",
  badBudget: "Write an amount in dollars and cents, such as 12.50.",
  budgetIs: (amount) => `Budget is ${amount}.`,
  budgetIsDefault: (amount) => `Budget is the default, ${amount}.`,
  budgetIsNone: "Budget has no limit.",
  save: "Save",

  // The form
  formTitle: "Brief and prompts",
  brief: "Brief",
  briefHint: "What every video of this campaign should know.",
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
  promptPlaceholder: "Describe one shot: who or what, the camera, the light, the sound.",
  addPrompt: "Add a prompt",
  removePrompt: (number) => `Remove prompt ${number}`,
  example: "Fill in an example",
  promptEmpty: (number) => `Write prompt ${number}, or remove it.`,
  promptTooLong: (excess) => `${excess} characters too many: a prompt has at most 5,000.`,
  settings: "Settings",
  model: "Model",
  retiredModel: (name, successor) => `${name} (retired: use ${successor})`,
  modelPrice: (name, price) => `${name} · ${price}/s`,
  preview: "Preview: it may change.",
  guaranteed: (date) => `Google keeps it at least until ${date}.`,
  guaranteeOver: (date) => `Google promised it until ${date}; it may stop answering.`,
  seconds: "Length",
  secondsOption: (count) => `${count} s`,
  aspectRatio: "Format",
  aspectRatios: { "16:9": "16:9 wide", "9:16": "9:16 tall" },
  resolution: "Resolution",
  longestOnly: (seconds) => `Above 720p this model makes ${seconds} s only.`,
  audio: "Sound",
  moreSettings: "More settings",
  negativePrompt: "What must not be seen",
  seed: "Seed",
  seedHint: "A whole number; leave it empty for a new one each time.",
  badSeed: "A seed is a whole number of 0 or more.",

  // Estimate and sending
  make: (count, price) => `Make ${count} ${count === 1 ? "video" : "videos"} · ${price}`,
  makeNothing: "Nothing new to make",
  makeBefore: "Make videos",
  estimateUnfit: "Correct what is marked to see what it costs.",
  estimating: "Estimating…",
  estimateLater: "The price comes when the server answers again.",
  estimateNothing: "Write a prompt to see what it costs.",
  estimateSummary: ({ created, cached, attached }) =>
    [
      created && `${created} new`,
      cached && `${cached} cached`,
      attached && `${attached} being made`,
    ]
      .filter(Boolean)
      .join(" · "),
  regenerateInstead: "Every prompt has its video. For another take, regenerate its card.",
  outcome: {
    created: (price) => `New · ${price}`,
    cache_hit: "Cached · free",
    attached: "Being made · free",
  },
  cachedElsewhere: (number) => `Cached in video ${number} · free`,
  sent: (count) => `${count} ${count === 1 ? "video is" : "videos are"} being made.`,
  sentNothing: "Everything was there already; nothing is paid.",

  // Cards
  videosTitle: "Videos",
  emptyTitle: "Your videos appear here",
  empty: "Each prompt becomes one card with its player, its cost and its history.",
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
  removeBody: "Its file and its record go for good. What it cost stays counted.",
  removed: (number) => `Video ${number} is deleted.`,
  cancel: "Cancel",
  cancelledPending: "Cancelled: it is paid for already, and will go to the history.",
  noCurrent: "No current version",
  noCurrentHint: "Bring one back from the history, or make it again.",
  phases: {
    reserved: "In the queue",
    submitting: "Handing it to the model",
    generating: "Generating",
    storing: "Checking and storing",
    outcome_unknown: "Looking for the clip",
  },
  making: (number) => `Progress of video ${number}`,
  elapsed: (elapsed) => `${elapsed} so far`,
  elapsedOfUsual: (elapsed, usual) => `${elapsed} of usually ${usual}`,
  takesLonger: (elapsed, usual) => `${elapsed}, longer than the usual ${usual}`,
  playsOn: "The current video stays until the new one is ready.",
  news: {
    ready: (numbers) => `${videos(numbers)} ${numbers.length === 1 ? "is" : "are"} ready.`,
    newVersion: (numbers) => `${videos(numbers)}: compare the new version with the old one.`,
    keptAside: (numbers) =>
      `${videos(numbers)}: the new clip differs from what was ordered. It is in the history; the current one stays.`,
    failed: (numbers) => `${videos(numbers)} could not be made. The card says why.`,
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
  bringBack: "Bring back",
  broughtBack: (number) => `The old version of video ${number} is current again. Nothing was paid.`,
  made: (date) => `Made ${date}`,

  // Clean-up
  cleanUp: "Clean up…",
  cleanUpTitle: "Clean up history",
  cleanUpBody: "Current videos are never touched.",
  keepLast: "Replaced versions to keep for each video",
  cleanUpNothing: "There is nothing to remove.",
  cleanUpList: (count, bytes) =>
    `${count} ${count === 1 ? "file goes" : "files go"}, ${bytes} in all:`,
  cleanUpConfirm: (count) => `Remove ${count} ${count === 1 ? "video" : "videos"}`,
  cleanedUp: (count, bytes) =>
    `${count} ${count === 1 ? "video" : "videos"} removed, ${bytes} are free.`,
  regenerateAllTitle: "Regenerate every video?",
  regenerateAllBody: (count, price) =>
    `${count} new ${count === 1 ? "version" : "versions"} for about ${price}. The current ones play on until the new ones are ready.`,
  close: "Close",
  goBack: "Back",

  // The API key
  apiKeyTitle: "This Showreel needs an API key",
  apiKey: "API key",
  apiKeyHint: "This browser keeps a session for it until it is closed, and not the key.",
  apiKeySend: "Open",
  keyNeeded: "This Showreel needs an API key. Reload the page to enter one.",
  badApiKey: "This is not one of its keys.",

  // When things go wrong
  cannotPlay: "This video cannot be played",
  fileMissing:
    "Its file is not in the store any more. Regenerate the video, or bring back an older one.",
  fileBroken: "The file is damaged, or this browser cannot read it.",
  fileUnread: "The file could not be read to its end.",
  tryAgain: "Try again",
  dismiss: "Dismiss",
  failed: {
    content_filtered: "Filtered by the model's safety rules",
    invalid_output: "The clip was not a playable video",
    outcome_unknown: "The model never answered",
    provider_error: "The model failed",
    provider_timeout: "The model took too long",
    storage_error: "The clip could not be stored",
  },
  failedOtherwise: "This video could not be made",
  advice: {
    content_filtered:
      "Change the prompt: leave out real people, brands and violence, and describe the scene in other words.",
    invalid_output: "Try again; the prompt is fine.",
    provider_error: "Try again in a while.",
    provider_timeout: "Try again in a while.",
    budget_exceeded: "A cheaper model, fewer seconds or fewer prompts cost less.",
    campaign_video_limit: "Remove a prompt, or delete a video to make room.",
    max_cost_exceeded:
      "The price has changed since the estimate. Look at the new one and send again.",
    slot_busy: "One of these videos is being made. Wait for it, or cancel it.",
  },
  notBilled: "Nothing was paid.",
  possiblyBilled: "It may have been paid for.",
  offline: "The server does not answer. What you see may be old; this page tries again by itself.",
  backOnline: "The server answers again.",
  unreachable: "The server did not answer. Nothing is lost: try again.",
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
