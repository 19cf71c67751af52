import { LANGUAGE, grouped, listed } from "./locale.js";

const oneDigit = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });
const percents = new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumFractionDigits: 0 });

/** A heading as a part of a sentence. */
const inside = (heading) => heading.charAt(0).toLocaleLowerCase(LANGUAGE) + heading.slice(1);

/** The texts of who watched what. */
export const WATCHED_TEXTS = {
  title: (campaign) => `Views of ${campaign}`,
  lead: "Plays on pages with the player. A replaced take keeps its own numbers.",
  back: "Back to the campaign",
  allViews: "All views of the campaign",
  noneTitle: "No plays yet",
  none: "Put the code below on your website. Its plays are shown here a moment later.",
  code: "Code for your website",
  copyCode: "Copy the code",
  codeOfVideo: (name) =>
    `It shows ${name}. The code of each other video is behind Share… on the campaign's page.`,
  codeOfComparison: "It shows each visitor one of the compared videos.",
  codeAtEnd: (label) => `It shows ${label}, and needs no change.`,
  versionNames: {
    current: (number) => `Video ${number}`,
    historical: (number) => `Video ${number}, earlier take`,
    trashed: (number) => `Video ${number}, in the trash`,
  },
  removedVersion: "Deleted take",
  figures: ({ plays, average_watch_seconds: average }) =>
    `${plays === 1 ? "1 play" : `${grouped(plays)} plays`} · ${oneDigit.format(average)} s watched on average`,
  simulated: (simulated, plays) =>
    simulated === plays
      ? "Simulated: all of these plays were made by a program."
      : `Not only people: ${grouped(simulated)} of ${grouped(plays)} plays were made by a program.`,
  realViewers: "Counts real viewers.",
  retention: "Still watching at each moment",
  curveTitle: "% of the plays still watching, by second",
  curveHint: "Point at a moment to see how many were still watching. A click plays from there.",
  moment: (second, part) =>
    `At ${oneDigit.format(second)} s: ${percents.format(part)} of the plays`,
  asTable: "As a table",
  second: "From second",
  seconds: (second) => oneDigit.format(second),
  atSecond: (second) => `${oneDigit.format(second)} s`,
  stillWatching: "Watched this moment",
  version: "Version",
  completion: "Watched to the end",
  likely: (low, high) => `likely ${percents.format(low)} to ${percents.format(high)}`,
  fewPlays: "few plays",
  plays: "Plays",
  nothingYet: "nothing yet",
  percent: percents,
  experiments: "Comparisons",
  experimentsLead: "Show visitors one of several videos at random, and see which one is watched longer.",
  compare: "Start comparison",
  name: "Name",
  nameHint: "For you only, such as: calm against lively.",
  choose: "Videos to compare",
  metric: "What counts",
  metrics: { completion: "Watched to the end", q50: "Watched to the middle", view: "Seen for 2 seconds" },
  twoNeeded: "Choose at least two videos.",
  created: "The comparison has begun. Put its code on your website.",
  end: "End comparison…",
  endNow: "End comparison",
  showEveryone: (label) => `Show everyone ${label}…`,
  endTitle: "End this comparison?",
  endDecided: "The better video is selected. The numbers stay.",
  endUndecided: "No video is clearly better yet, so the choice is yours. The numbers stay.",
  shownFromNow: "From now on, all visitors see",
  chooseShown: "Choose a video.",
  ended: "The comparison has ended.",
  promote: (label) => `Make ${label} live`,
  promoted: "It is the live take now.",
  goal: (metric) => `What counts: ${metric}`,
  verdicts: {
    collecting: "Too early to say which video works better.",
    no_difference_yet: "No clear difference so far: what you see may be chance.",
    leading: (best) => `${best} is ahead, but this may still be chance. Wait before you decide.`,
    decided: (best) => `${best} works better. This is very unlikely to be chance. You can decide now.`,
    invalid_srm: "Do not use these numbers: the videos were not shown as often as planned.",
  },
  verdictsAtEnd: {
    collecting: "It ended too early to say which video works better.",
    no_difference_yet: "It ended without a clear difference: what you see may be chance.",
    leading: (best) => `${best} was ahead when it ended, but this may be chance.`,
    decided: (best) => `${best} works better. This is very unlikely to be chance.`,
  },
  fewestPlays: (metric) =>
    `Each video needs at least 100 plays, of which at least 10 are ${inside(metric)}.`,
  comparedRates: (metric, [best, part], [other, otherPart]) =>
    `${best} was ${inside(metric)} in ${percents.format(part)} of its plays, ${other} in ${percents.format(otherPart)}.`,
  nextStep: (best) =>
    `Next: show everyone ${best}. That ends the comparison, and the code on your website can stay.`,
  wrongShares: (shown) =>
    `Shown so far: ${listed(shown.map(([label, times]) => `${label} ${grouped(times)} times`))}. ` +
    "Something on your pages loses visitors of one video. Check that each page has the code unchanged, then start a new comparison.",
  isStopped: (date, label) => `Ended on ${date}. Visitors now see ${label}.`,
  armMissing: (date, label) =>
    `Ended on ${date}, because one of its videos was deleted. Visitors now see ${label}.`,
  missing: (plays) => `The video with the fewest plays needs about ${grouped(plays)} more.`,
  days: (days) => `At the pace so far, that takes ${days === 1 ? "a day" : `${days} days`}.`,
  arm: (position) => `Video ${String.fromCharCode(65 + position)}`,
  gone: "This video was deleted.",
};
