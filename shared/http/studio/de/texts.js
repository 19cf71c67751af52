import { grouped, listed, shortened } from "../locale.js";

/** "1 Video", "2.000 Videos". */
export function plural(count, one, many) {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

function countOfVideos(count) {
  return plural(count, "Video", "Videos");
}

function videos(numbers) {
  return `${numbers.length === 1 ? "Video" : "Videos"} ${listed(numbers)}`;
}

/** @type {typeof import("../texts.js").TEXTS} */
export const TEXTS = {
  product: "Showreel",
  titlePending: (done, all, percent) => `(${done}/${all}) ${percent}`,
  titleNews: "✓ Neues",
  notifyMe: "Mich benachrichtigen",
  practice: "Übungsmodus: nichts wird berechnet",
  allCampaigns: "Kampagnen",
  tagline: "Aus Prompts werden Videos. Sie zahlen nie doppelt.",
  batches: "Stapel",
  webhooks: "Webhooks",
  watched: "Wiedergaben",
  description: "API",
  skip: "Zum Inhalt springen",
  language: "Sprache",

  // Campaigns
  startTitle: "Kampagne beginnen",
  startHint: "Ein beliebiger Name. Der Link entsteht daraus.",
  titlePlaceholder: "Winterröstung 2026",
  campaignName: "Name der Kampagne",
  start: "Beginnen",
  nameIt: "Geben Sie der Kampagne einen Namen.",
  search: "Kampagne suchen",
  showOnly: "Anzeigen",
  shown: { open: "Alle", pending: "In Arbeit", failed: "Fehlgeschlagen", archived: "Archiviert" },
  found: (count, hasMore) =>
    `${hasMore ? "Mehr als " : ""}${grouped(count)} ${count === 1 ? "Kampagne" : "Kampagnen"} gefunden`,
  nothingFoundTitle: "Keine Kampagne gefunden",
  nothingFound: "Jedes Wort muss ein Wort des Namens oder der Adresse beginnen.",
  changeCampaign: (name) => `${name} ändern`,
  budgetUsedUp: "Budget aufgebraucht",
  missingTitle: (id) => `Es gibt keine Kampagne „${id}“`,
  missing: "Die Adresse ist vielleicht falsch, oder die Kampagne wurde gelöscht.",
  createMissing: (id) => `„${id}“ anlegen`,
  campaignsTitle: "Kampagnen",
  noCampaignsTitle: "Noch keine Kampagnen",
  noCampaigns:
    "Benennen Sie eine Kampagne, schreiben Sie ein Briefing und einige Prompts, und sehen Sie zu, wie Videos daraus werden.",
  showMore: "Mehr anzeigen",
  loading: "Wird geladen …",
  counts: ({ current, pending, historical, failed }) =>
    [
      countOfVideos(current),
      pending && `${pending} in Arbeit`,
      failed && `${failed} fehlgeschlagen`,
      historical && plural(historical, "frühere Aufnahme", "frühere Aufnahmen"),
    ]
      .filter(Boolean)
      .join(" · "),
  updated: (ago) => `Geändert ${ago}`,
  justNow: "gerade eben",
  newCampaign: "Noch keine Videos",
  spent: "Ausgegeben",
  spentSimulated: "alles simuliert",
  partlySimulated: (amount) => `davon ${amount} simuliert`,
  reserved: "Reserviert",
  reservedHint: "für Videos in Arbeit",
  possiblySpent: "Möglicherweise ausgegeben",
  possiblySpentHint: "von Google nicht bestätigt",
  saved: "Gespart",
  savedHint: (hits) => `${countOfVideos(hits)} gab es schon`,
  budget: "Budget übrig",
  budgetHint: (limit) => `von ${limit}`,
  noBudget: "Keine Grenze",
  changeBudget: "Budget ändern",
  unsetBudget: "Standard",
  budgetChoice: "Budget",
  ownBudget: "Eine Grenze",
  defaultBudget: (amount) => `Standard: ${amount}`,
  budgetLabel: "Grenze in US-Dollar",
  budgetNote: "Neue Videos, die die Grenze überschreiten würden, werden abgelehnt.",
  badBudget: "Geben Sie einen Betrag in Dollar und Cent ein, etwa 12,50.",
  budgetIs: (amount) => `Das Budget ist ${amount}.`,
  budgetIsDefault: (amount) => `Das Budget ist der Standard, ${amount}.`,
  budgetIsNone: "Das Budget hat keine Grenze.",
  save: "Speichern",
  shortcutsTitle: "Tastenkürzel",
  shortcutsSwitch: "Einzelne Tasten verwenden",
  shortcuts: [
    ["n", "Prompt schreiben oder Kampagne benennen"],
    ["c", "Alle Kampagnen"],
    ["/", "Kampagne suchen"],
    ["b", "Stapel"],
    ["Strg Enter", "Die Videos des Formulars erzeugen"],
    ["Leertaste", "Das Video im Fokus abspielen oder anhalten"],
    ["?", "Diese Liste"],
  ],

  // The form
  formTitle: "Briefing und Prompts",
  brief: "Briefing",
  briefHint: "Zusammenhang für jedes Video dieser Kampagne.",
  context: {
    brand: ["Marke", "Ember & Oak"],
    product: ["Produkt", "Kaffee in kleinen Chargen"],
    audience: ["Zielgruppe", "Menschen, die von Hand aufbrühen"],
    tone: ["Ton", "Warm, in Ruhe"],
    style: ["Stil", "Fensterlicht, Korn von 35-mm-Film"],
    call_to_action: ["Aufruf", "Bestellen Sie die Winterröstung"],
  },
  prompts: "Prompts",
  prompt: (number) => `Prompt ${number}`,
  promptPlaceholder: "Beschreiben Sie eine Einstellung: Motiv, Kamera, Licht, Ton.",
  addPrompt: "Prompt hinzufügen",
  promptCount: (count, limit) =>
    count < limit ? `${count} von ${limit}` : `${count} von ${limit}: Mehr passen nicht in diese Kampagne`,
  removePrompt: (number) => `Prompt ${number} entfernen`,
  example: "Beispiel verwenden",
  draftRestored: "Das sind Ihre Änderungen, die noch nicht gesendet wurden. ",
  discardDraft: "Verwerfen",
  tickPrompt: (number) => `Prompt ${number} erzeugen`,
  ownSettings: (number) => `Modell und Format von Prompt ${number}`,
  asInForm: "Wie unten",
  keepAsOne: "Die eingefügten Zeilen als einen Prompt behalten",
  ideas: "Ideen für Prompts",
  starters: "Beginnen mit",
  cheaper: (name, amount, count) => `${name} würde für ${countOfVideos(count)} ${amount} kosten`,
  takesOfPrompt: "Aufnahmen dieses Prompts",
  replaces: (amount) => `Neue Aufnahme · ${amount}`,
  readByModel: "Was das Modell liest",
  promptTooLong: (excess) => `${excess} Zeichen zu viel: Das Maximum ist 5.000.`,
  settings: "Einstellungen",
  model: "Modell",
  retiredModel: (name, successor) => `${name} (eingestellt: verwenden Sie ${successor})`,
  modelPrice: (name, amount) => `${name} · ${amount}/s`,
  preview: "Vorschaumodell: Google kann es ändern oder zurückziehen.",
  guaranteed: (date) => `Verfügbar mindestens bis ${date}.`,
  guaranteeOver: (successor) =>
    `Nicht mehr zugesagt: Es arbeitet, solange Google es anbietet. Danach verwenden Sie ${successor}.`,
  seconds: "Länge",
  secondsOption: (count) => `${count} s`,
  aspectRatio: "Format",
  aspectRatios: { "16:9": "16:9 quer", "9:16": "9:16 hoch" },
  resolution: "Auflösung",
  longestOnly: (seconds) => `In dieser Auflösung sind Clips ${seconds} s lang.`,
  audio: "Ton",
  moreSettings: "Weitere Einstellungen",
  negativePrompt: "Was nicht vorkommen soll",
  seed: "Startwert",
  seedHint: "Eine ganze Zahl. Leer bedeutet: zufällig.",
  badSeed: "Geben Sie eine ganze Zahl ein, 0 oder größer.",

  // Estimate and sending
  make: (count, amount) => `${countOfVideos(count)} erzeugen · ${amount}`,
  replace: (count, amount) => `${countOfVideos(count)} ersetzen · ${amount}`,
  makeAndReplace: (count, replaced, amount) =>
    `${countOfVideos(count)} erzeugen, ${replaced} ersetzen · ${amount}`,
  makeNothing: "Nichts zu erzeugen",
  makeBefore: "Videos erzeugen",
  estimateUnfit: "Berichtigen Sie die markierten Felder, um den Preis zu sehen.",
  estimating: "Preis wird ermittelt …",
  estimateLater: "Der Preis erscheint, sobald der Server wieder antwortet.",
  estimateNothing: "Schreiben Sie einen Prompt, um den Preis zu sehen.",
  estimateSummary: ({ created, replaced, cached, attached }) =>
    [
      created > replaced && `${created - replaced} neu`,
      replaced && plural(replaced, "neue Aufnahme", "neue Aufnahmen"),
      cached && `${cached} vorhanden`,
      attached && `${attached} in Arbeit`,
    ]
      .filter(Boolean)
      .join(" · "),
  regenerateInstead:
    "Jeder Prompt hat ein Video. Für eine weitere Aufnahme erzeugen Sie es neu.",
  outcome: {
    created: (amount) => `Neu · ${amount}`,
    cache_hit: "Vorhanden · kostenlos",
    attached: "In Arbeit · kostenlos",
    kept: "Keine Änderung",
    unticked: "Wird nicht gesendet",
  },
  cachedElsewhere: (number) => `Vorhanden als Video ${number} · kostenlos`,
  sent: (count) => `${countOfVideos(count)} in Arbeit.`,
  sentSome: (numbers) =>
    `Angenommen: Prompt ${listed(numbers.map(String))}. Im Formular steht, was die übrigen verhindert hat.`,
  sentNothing: "Alle Videos gibt es schon. Nichts wurde berechnet.",

  // Cards
  videosTitle: "Videos",
  emptyTitle: "Hier erscheinen Ihre Videos",
  empty: "Jeder Prompt bekommt eine Karte mit Player, Kosten und Aufnahmen.",
  video: (number) => `Video ${number}`,
  mediaLabel: (number, prompt) => `Video ${number}: ${shortened(prompt)}`,
  currentFile: "Current MP4",
  otherFile: "MP4",
  showPrompt: "Alles anzeigen",
  hidePrompt: "Weniger anzeigen",
  withAudio: "mit Ton",
  silent: "stumm",
  simulated: (amount) => `${amount} simuliert`,
  openFile: "Datei öffnen",
  download: "Herunterladen",
  downloadAll: "Alle herunterladen",
  playReel: "Reel abspielen",
  share: "Teilen…",
  regenerate: "Neu erzeugen",
  regenerateAll: "Alle neu erzeugen",
  ofVideo: (number) => ` – Video ${number}`,
  history: (count) => `Weitere Aufnahmen (${count})`,
  remove: "Löschen",
  removeTitle: (number) => `Video ${number} löschen?`,
  removeVersionTitle: "Diese Aufnahme löschen?",
  changedPromptTitle: (number) => `Welcher Prompt für Video ${number}?`,
  changedPromptBody: "Im Formular steht ein anderer Prompt als der dieses Videos.",
  changedPromptChoice: "Neue Aufnahme erzeugen",
  withNewPrompt: (amount) => `Mit dem Prompt des Formulars · ${amount}`,
  asBefore: (amount) => `Wie zuvor · ${amount}`,
  makeTake: "Aufnahme erzeugen",
  removeBody:
    "Die Datei und ihr Eintrag werden endgültig gelöscht. Ihre Kosten bleiben in der Summe der Kampagne.",
  removed: (number) => `Video ${number} gelöscht.`,
  keep: "Behalten",
  keepHint: "Behalten: wird nie aufgeräumt",
  historyLimit: (count) =>
    `Platz für ${plural(count, "frühere Aufnahme", "frühere Aufnahmen")} neben denen, die Sie behalten.`,
  goesNext: "Weicht als Nächste",
  removesTake: (date) =>
    `Die nächste Aufnahme verdrängt die vom ${date}. Behalten Sie sie, um das zu verhindern.`,
  cancel: "Abbrechen",
  cancelled: "Abgebrochen. Es wurde nichts berechnet.",
  cancelPaid: "Nachher verwerfen",
  cancelPaidTitle: (number) => `Die neue Aufnahme von Video ${number} verwerfen, wenn sie fertig ist?`,
  cancelPaidBody: (amount) =>
    `Sie ist schon bezahlt (${amount}). Ihr Clip wird die frühere Aufnahme, die zuerst weicht.`,
  stop: "Anhalten",
  stopTitle: (number) => `Die neue Aufnahme von Video ${number} anhalten?`,
  stopBody: (amount) =>
    `Google wird gebeten, sie anzuhalten, und kann trotzdem ${amount} berechnen. Entsteht der Clip vorher, wird er die frühere Aufnahme, die zuerst weicht.`,
  cancelledPending:
    "Abgebrochen. Sie ist schon bezahlt, darum wird ihr Clip eine frühere Aufnahme.",
  noCurrent: "Keine Live-Aufnahme",
  noCurrentHint: "Schalten Sie eine frühere live, oder schreiben Sie einen Prompt.",
  phases: {
    reserved: "Wartet",
    submitting: "Wird gesendet",
    generating: "Wird erzeugt",
    storing: "Wird geprüft und gespeichert",
    outcome_unknown: "Der Clip wird gesucht",
  },
  making: (number) => `Fortschritt von Video ${number}`,
  waits: "Wartet:",
  placeInLine: (position, isBulk) =>
    `${position === 1 ? "als Nächstes" : `Platz ${grouped(position)}`} in der Reihe${isBulk ? " (nachrangig)" : ""}`,
  startsAbout: (time) => `beginnt etwa ${time}`,
  startsSoon: "beginnt in weniger als einer Minute",
  failsInQueue: (time) =>
    `Wenn es bis ${time} nicht begonnen hat, schlägt es fehl und kostet nichts.`,
  modelIsBusy: "Das Modell ist ausgelastet oder antwortet nicht. Es geht bald weiter.",
  modelRests: "An dieses Modell wird zurzeit nichts gesendet.",
  waiting: (count) => `${countOfVideos(count)} ${count === 1 ? "wartet" : "warten"}.`,
  allDoneAbout: (time) => `Alle Videos fertig etwa ${time}.`,
  elapsed: (elapsed) => `${elapsed} vergangen`,
  elapsedOfUsual: (elapsed, usual) => `${elapsed} von etwa ${usual}`,
  takesLonger: (elapsed) => `${elapsed}, länger als erwartet`,
  playsOn: "Die Live-Aufnahme bleibt, bis die neue fertig ist.",
  news: {
    ready: (numbers) => `${videos(numbers)}: fertig.`,
    newVersion: (numbers) =>
      `${videos(numbers)}: Vergleichen Sie die neue Aufnahme mit der alten.`,
    keptAside: (numbers) =>
      `${videos(numbers)}: Der neue Clip weicht von der Anforderung ab. Er ist eine frühere Aufnahme, und die Live-Aufnahme bleibt.`,
    failed: (numbers) => `${videos(numbers)}: fehlgeschlagen. Den Grund nennt die Karte.`,
  },

  // Comparing
  comparing: (number) => `Die Aufnahmen von Video ${number} vergleichen`,
  live: "Live",
  oldVersion: "Alt",
  newVersion: "Neu",
  playBoth: "Beide abspielen",
  pauseBoth: "Beide anhalten",
  playAll: "Alle abspielen",
  pauseAll: "Alle anhalten",
  take: (number) => `Aufnahme ${number}`,
  makeTakeLive: (take) => `${take} live schalten`,
  leaveTakeLive: (take) => `${take} live lassen`,
  theOld: "Die alte",
  theNew: "Die neue",
  theTake: (number) => `Aufnahme ${number}`,
  compare: "Vergleichen",
  makeLive: "Live schalten",
  madeLive: (number) =>
    `Die gewählte Aufnahme von Video ${number} ist jetzt live. Das kostet nichts.`,
  made: (date) => `Vom ${date}`,

  // Clean-up
  cleanUp: "Aufräumen…",
  cleanUpTitle: "Frühere Aufnahmen aufräumen",
  cleanUpBody: "Live-Aufnahmen bleiben.",
  keepLast: "Zu behaltende frühere Aufnahmen je Video",
  cleanUpNothing: "Nichts zu entfernen.",
  cleanUpList: (count, bytes) => `${plural(count, "Datei", "Dateien")}, zusammen ${bytes}:`,
  cleanUpConfirm: (count) => `${countOfVideos(count)} entfernen`,
  cleanedUp: (count, bytes) => `${countOfVideos(count)} entfernt, ${bytes} frei.`,
  regenerateAllTitle: "Alle Videos neu erzeugen?",
  regenerateAllBody: (count, amount) =>
    `${plural(count, "neue Aufnahme", "neue Aufnahmen")} für etwa ${amount}. Live-Aufnahmen bleiben, bis die neuen fertig sind.`,
  close: "Schließen",
  goBack: "Zurück",

  // The API key
  apiKeyTitle: "Dieser Dienst verlangt einen API-Schlüssel",
  apiKey: "API-Schlüssel",
  apiKeyHint:
    "Der Browser behält eine Sitzung, bis Sie ihn schließen. Den Schlüssel speichert er nicht.",
  apiKeySend: "Öffnen",
  badApiKey: "Ungültiger API-Schlüssel.",

  // When things go wrong
  cannotPlay: "Dieses Video kann nicht abgespielt werden",
  fileMissing:
    "Die Datei fehlt im Speicher. Erzeugen Sie das Video neu, oder schalten Sie eine ältere Aufnahme live.",
  fileBroken: "Die Datei ist beschädigt, oder dieser Browser kann sie nicht lesen.",
  fileUnread: "Die Datei konnte nicht vollständig gelesen werden.",
  tryAgain: "Erneut versuchen",
  dismiss: "Ausblenden",
  editPrompt: "Prompt ändern",
  problems: {
    invalid_request: (detail) => `Der Server nimmt das nicht an: ${detail}`,
    unsupported_parameter: (detail) => `Das Modell unterstützt das nicht: ${detail}`,
    unsupported_size: (detail) => `Das Modell unterstützt das nicht: ${detail}`,
    model_not_found: "Dieses Modell gibt es hier nicht. Wählen Sie ein anderes.",
    model_retired: "Google hat dieses Modell eingestellt. Wählen Sie ein anderes.",
    idempotency_key_reused: "Das wurde schon in anderer Form gesendet. Laden Sie die Seite neu.",
    invalid_input: (detail) => `Dieses Bild oder dieser Clip ist nicht verwendbar: ${detail}`,
    invalid_url: (detail) => `Diese Adresse ist nicht verwendbar: ${detail}`,
    invalid_batch: "Nichts wurde gesendet. Berichtigen Sie die Datei.",
    not_found: "Das gibt es nicht, oder es wurde gelöscht.",
    method_not_allowed: "Der Server kennt diese Anfrage nicht. Laden Sie die Seite neu.",
    campaign_video_limit:
      "Die Kampagne hat keinen Platz für so viele Videos. Entfernen Sie einen Prompt, oder löschen Sie ein Video.",
    budget_exceeded:
      "Das würde das Budget überschreiten. Wählen Sie ein günstigeres Modell, weniger Sekunden oder weniger Prompts.",
    max_cost_exceeded:
      "Der Preis hat sich seit der Schätzung geändert. Prüfen Sie den neuen Preis, und senden Sie erneut.",
    campaign_deleted: "Diese Kampagne wurde gelöscht.",
    campaign_name_taken:
      "Eine andere Kampagne hat diesen Namen in anderer Großschreibung. Wählen Sie einen anderen.",
    slot_busy: "Eines dieser Videos ist in Arbeit. Warten Sie darauf, oder brechen Sie es ab.",
    not_ready: "Diese Aufnahme hat noch keinen Clip.",
    wrong_state: (detail) => `Das ist jetzt nicht möglich: ${detail}`,
    cross_site_request: "Die Anfrage kam von der Seite einer anderen Website und wurde abgelehnt.",
    host_not_allowed: "Der Server bedient diese Adresse nicht.",
    invalid_api_key:
      "Dieser Dienst verlangt einen API-Schlüssel. Laden Sie die Seite neu, um einen einzugeben.",
    rejected: (detail) => `Das ist nicht möglich: ${detail}`,
    invalid_signature: "Dieser Link ist nicht gültig.",
    signature_expired: "Dieser Link ist abgelaufen.",
    range_not_satisfiable: "Diesen Teil der Datei gibt es nicht.",
    conflict: "Die Kampagne wurde gleichzeitig geändert. Versuchen Sie es erneut.",
    unavailable:
      "Der Server kann das im Moment nicht. Nichts ist verloren. Versuchen Sie es erneut.",
    storage_full: "Der Server hat keinen Platz mehr. Nichts wurde berechnet.",
    storage_error:
      "Der Server kann seine Dateien nicht speichern oder lesen. Sein Betreiber muss das beheben.",
    record_unreadable:
      "Der Eintrag ist beschädigt oder stammt von einer neueren Version. Nichts wurde geändert oder berechnet.",
    internal: "Etwas ist schiefgegangen. Versuchen Sie es erneut.",
  },
  details: "Einzelheiten",
  clipWarnings: {
    shape_mismatch: (made, { aspect_ratio: wanted }) =>
      `Der Clip hat ${made}, bestellt war ${wanted}. Von selbst geht er nicht live.`,
    resolution_lower: (made, { resolution: wanted }) =>
      `Der Clip hat ${made}, bestellt und bezahlt war ${wanted}.`,
    codec_not_played: () => "Browser spielen diesen Clip nicht ab. Von selbst geht er nicht live.",
    codec_not_played_everywhere: () => "Manche Browser spielen diesen Clip nicht ab.",
    audio_longer: () => "Der Ton dauert länger als das Bild.",
  },
  failed: {
    cancelled: "Während der Erzeugung abgebrochen",
    content_filtered: "Von den Sicherheitsregeln des Modells gefiltert",
    input_missing: "Ein Bild oder Clip fehlte",
    invalid_request: "Das Modell hat die Anforderung nicht angenommen",
    model_not_found: "Das Modell gibt es nicht",
    model_retired: "Das Modell ist eingestellt",
    permission_denied: "Das Modell darf nicht verwendet werden",
    provider_quota: "Das Modell war überlastet",
    invalid_output: "Der Clip war kein abspielbares Video",
    outcome_unknown: "Das Modell hat nicht geantwortet",
    provider_error: "Das Modell ist gescheitert",
    provider_timeout: "Das Modell hat zu lange gebraucht",
    queue_timeout: "Nicht begonnen: Es hat zu lange gewartet",
    storage_error: "Der Clip konnte nicht gespeichert werden",
  },
  failedOtherwise: "Dieses Video ist fehlgeschlagen",
  advice: {
    content_filtered:
      "Ändern Sie den Prompt: Lassen Sie echte Personen, Marken und Gewalt weg, und beschreiben Sie die Szene mit anderen Worten.",
    invalid_output: "Versuchen Sie es erneut. Am Prompt lag es nicht.",
    provider_error: "Versuchen Sie es später erneut.",
    provider_timeout: "Versuchen Sie es später erneut.",
    queue_timeout:
      "Es warteten mehr Videos, als das Modell in dieser Zeit annimmt. Versuchen Sie es erneut, wenn weniger warten, oder wählen Sie ein anderes Modell, das eine eigene Reihe hat.",
    input_missing:
      "Ein Bild oder Clip, aus dem es entsteht, fehlt. Wählen Sie es erneut.",
    model_not_found: "Wählen Sie ein anderes Modell.",
    model_retired: "Wählen Sie ein anderes Modell.",
    permission_denied:
      "Diese Installation darf das Modell nicht verwenden. Ihr Betreiber muss das beheben.",
    provider_quota: "Versuchen Sie es später erneut.",
  },
  notBilled: "Es wurde Ihnen nichts berechnet.",
  possiblyBilled: "Es kann Ihnen berechnet worden sein.",
  offline:
    "Der Server antwortet nicht. Diese Seite kann veraltet sein; sie versucht es von selbst erneut.",
  backOnline: "Der Server antwortet wieder.",
  unreachable: "Der Server hat nicht geantwortet. Nichts ist verloren. Versuchen Sie es erneut.",
  unexpected: "Etwas ist schiefgegangen. Versuchen Sie es erneut.",
};

/** @type {typeof import("../texts.js").EXAMPLE} */
export const EXAMPLE = {
  business_context: {
    brand: "Ember & Oak",
    product: "Kaffee in kleinen Chargen, über Eichenholz geröstet",
    audience: "Menschen, die an ruhigen Wochenendmorgen von Hand aufbrühen",
    tone: "Warm, ohne Eile, mit stillem Stolz",
    style: "Fensterlicht, geringe Schärfentiefe, Bernstein und Nussbaum, Korn von 35-mm-Film",
    call_to_action: "Bestellen Sie die Winterröstung",
  },
  prompts: [
    "Extreme Nahaufnahme: Eichenglut leuchtet unter einer gusseisernen Rösttrommel. Bohnen purzeln an einem kleinen Glasfenster vorbei. Die Kamera kriecht vorwärts. Ton: knisterndes Holz, das trockene Rasseln der Bohnen.",
    "Halbnahe: Ein Röster kippt frische Bohnen in eine breite Kühlschale. Dampf rollt über den Rand. Handkamera, langsam nach links kreisend. Kalte Dämmerung hinter den Fenstern, Bernsteinlicht im Raum.",
    "Makroaufnahme: Wasser aus einem Schwanenhalskessel kreist auf gemahlenen Kaffee. Das Mehl geht auf, Blasen fangen die Sonne. Schärfe wandert zum ersten dunklen Tropfen. Ton: ein dünner Strahl, leises Tropfen.",
    "Totale: eine Küche an einem verschneiten Morgen. Eine Frau in einer Wollstrickjacke umfasst einen Becher mit beiden Händen und schaut in den fallenden Schnee. Langsame Fahrt über den Tisch. Eine warme Lampe.",
  ],
};
