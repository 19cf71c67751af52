import { LANGUAGE, grouped, listed } from "../locale.js";

const oneDigit = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });
const percents = new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumFractionDigits: 0 });

/** Eine Überschrift als Teil eines Satzes. */
const inside = (heading) => heading.charAt(0).toLocaleLowerCase(LANGUAGE) + heading.slice(1);

/** @type {typeof import("../watched_texts.js").WATCHED_TEXTS} */
export const WATCHED_TEXTS = {
  title: (campaign) => `Wiedergaben von ${campaign}`,
  lead: "Wiedergaben auf Seiten mit dem Player. Eine ersetzte Fassung behält ihre eigenen Zahlen.",
  back: "Zurück zur Kampagne",
  allViews: "Alle Wiedergaben der Kampagne",
  noneTitle: "Noch keine Wiedergaben",
  none: "Setzen Sie den Code unten auf Ihre Website. Ihre Wiedergaben erscheinen kurz darauf hier.",
  code: "Code für Ihre Website",
  copyCode: "Code kopieren",
  codeOfVideo: (name) =>
    `Er zeigt ${name}. Den Code jedes anderen Videos finden Sie unter „Teilen…“ auf der Seite der Kampagne.`,
  codeOfComparison: "Er zeigt jedem Besucher eines der verglichenen Videos.",
  codeAtEnd: (label) => `Er zeigt ${label} und kann so bleiben.`,
  versionNames: {
    current: (number) => `Video ${number}`,
    historical: (number) => `Video ${number}, ersetzte Fassung`,
    trashed: (number) => `Video ${number}, im Papierkorb`,
  },
  removedVersion: "Gelöschte Fassung",
  figures: ({ plays, average_watch_seconds: average }) =>
    `${plays === 1 ? "1 Wiedergabe" : `${grouped(plays)} Wiedergaben`} · im Mittel ${oneDigit.format(average)} s gesehen`,
  simulated: (simulated, plays) =>
    simulated === plays
      ? "Simuliert: Alle diese Wiedergaben hat ein Programm erzeugt."
      : `Nicht nur Menschen: ${grouped(simulated)} von ${grouped(plays)} Wiedergaben hat ein Programm erzeugt.`,
  realViewers: "Zählt echte Zuschauer.",
  retention: "Zu jedem Zeitpunkt noch dabei",
  curveTitle: "% der Wiedergaben, die noch laufen, je Sekunde",
  curveHint:
    "Zeigen Sie auf einen Zeitpunkt, um zu sehen, wie viele noch dabei waren. Ein Klick springt dorthin.",
  moment: (second, part) =>
    `Bei ${oneDigit.format(second)} s: ${percents.format(part)} der Wiedergaben`,
  asTable: "Als Tabelle",
  second: "Ab Sekunde",
  seconds: (second) => oneDigit.format(second),
  atSecond: (second) => `${oneDigit.format(second)} s`,
  stillWatching: "Haben diesen Zeitpunkt gesehen",
  version: "Fassung",
  completion: "Bis zum Ende gesehen",
  likely: (low, high) =>
    `wahrscheinlich ${percents.format(low)} bis ${percents.format(high)}`,
  fewPlays: "wenige Wiedergaben",
  plays: "Wiedergaben",
  nothingYet: "noch nichts",
  percent: percents,
  experiments: "Vergleiche",
  experimentsLead:
    "Zeigen Sie Besuchern zufällig eines von mehreren Videos, und sehen Sie, welches länger gesehen wird.",
  compare: "Vergleich starten",
  name: "Name",
  nameHint: "Nur für Sie, etwa: ruhig gegen lebhaft.",
  choose: "Videos, die verglichen werden",
  metric: "Was zählt",
  metrics: {
    completion: "Bis zum Ende gesehen",
    q50: "Bis zur Mitte gesehen",
    view: "2 Sekunden lang gesehen",
  },
  twoNeeded: "Wählen Sie mindestens zwei Videos.",
  created: "Der Vergleich hat begonnen. Setzen Sie seinen Code auf Ihre Website.",
  end: "Vergleich beenden…",
  endNow: "Vergleich beenden",
  showEveryone: (label) => `Allen ${label} zeigen…`,
  endTitle: "Diesen Vergleich beenden?",
  endDecided: "Das bessere Video ist ausgewählt. Die Zahlen bleiben erhalten.",
  endUndecided:
    "Noch ist kein Video klar besser: Sie haben die Wahl. Die Zahlen bleiben erhalten.",
  shownFromNow: "Von jetzt an sehen alle Besucher",
  chooseShown: "Wählen Sie ein Video.",
  ended: "Der Vergleich ist beendet.",
  promote: (label) => `${label} live schalten`,
  promoted: "Es ist jetzt die Live-Aufnahme.",
  goal: (metric) => `Was zählt: ${metric}`,
  verdicts: {
    collecting: "Es ist noch zu früh, um zu sagen, welches Video besser wirkt.",
    no_difference_yet: "Bisher kein klarer Unterschied: Was Sie sehen, kann Zufall sein.",
    leading: (best) =>
      `${best} liegt vorn, aber das kann noch Zufall sein. Warten Sie, bevor Sie entscheiden.`,
    decided: (best) => `${best} wirkt besser. Das ist kaum Zufall. Sie können jetzt entscheiden.`,
    invalid_srm:
      "Verwenden Sie diese Zahlen nicht: Die Videos wurden nicht so oft gezeigt wie geplant.",
  },
  verdictsAtEnd: {
    collecting: "Der Vergleich wurde beendet, bevor sich sagen ließ, welches Video besser wirkt.",
    no_difference_yet:
      "Der Vergleich wurde ohne klaren Unterschied beendet: Was Sie sehen, kann Zufall sein.",
    leading: (best) => `${best} lag am Ende vorn, aber das kann Zufall sein.`,
    decided: (best) => `${best} wirkt besser. Das ist kaum Zufall.`,
  },
  fewestPlays: (metric) =>
    `Jedes Video braucht mindestens 100 Wiedergaben, davon mindestens 10 ${inside(metric)}.`,
  comparedRates: (metric, [best, part], [other, otherPart]) =>
    `${best} wurde bei ${percents.format(part)} der Wiedergaben ${inside(metric)}, ${other} bei ${percents.format(otherPart)}.`,
  nextStep: (best) =>
    `Als Nächstes: Zeigen Sie allen ${best}. Das beendet den Vergleich, und der Code auf Ihrer Website kann bleiben.`,
  wrongShares: (shown) =>
    `Bisher gezeigt: ${listed(shown.map(([label, times]) => `${label} ${grouped(times)}-mal`))}. ` +
    "Etwas auf Ihren Seiten verliert Besucher eines Videos. Prüfen Sie, ob jede Seite den Code unverändert enthält, und starten Sie dann einen neuen Vergleich.",
  isStopped: (date, label) => `Beendet am ${date}. Besucher sehen jetzt ${label}.`,
  armMissing: (date, label) =>
    `Beendet am ${date}, weil eines der Videos gelöscht wurde. Besucher sehen jetzt ${label}.`,
  missing: (plays) =>
    `Das Video mit den wenigsten Wiedergaben braucht noch etwa ${grouped(plays)}.`,
  days: (days) => `So schnell wie bisher dauert das ${days === 1 ? "einen Tag" : `${days} Tage`}.`,
  arm: (position) => `Video ${String.fromCharCode(65 + position)}`,
  gone: "Dieses Video wurde gelöscht.",
};
