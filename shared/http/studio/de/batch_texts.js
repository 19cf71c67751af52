import { grouped } from "../locale.js";
import { plural } from "./texts.js";

/** @type {typeof import("../batch_texts.js").BATCH_TEXTS} */
export const BATCH_TEXTS = {
  batchesTitle: "Stapel",
  batchesLead:
    "Senden Sie eine Datei mit bis zu 10.000 Anforderungen. Ihre Videos entstehen im Hintergrund.",
  sendFile: "Datei senden",
  batchFile: "CSV oder JSON-Zeilen",
  batchFileHint:
    "Wählen Sie eine Datei, oder legen Sie sie hier ab. Sie sehen den Preis, bevor etwas erzeugt wird.",
  fileFormat: "Was die Datei enthält",
  fileFormatHint:
    "In einer CSV-Datei nennt die erste Zeile die Spalten, und jede weitere Zeile ist eine Anforderung. Nur campaign_id und prompt sind nötig. Die API-Seite nennt alle Spalten.",
  fileSample: `campaign_id,prompt,seconds,aspect_ratio,business_context[brand]
winter-roast,"Dampf steigt im Morgengrauen aus einer Tasse, langsame Fahrt",8,16:9,Ember & Oak
winter-roast,Eichenglut leuchtet unter einer Rösttrommel,8,16:9,Ember & Oak`,
  priority: "Vorrang",
  priorities: { bulk: "Nachrangig", interactive: "Sofort" },
  priorityHint:
    "Sofortige Videos beginnen vor nachrangigen, die mindestens ein Fünftel der Rate bekommen.",
  checkingFile: (name) => `${name} wird geprüft …`,
  fileTooLarge: (size, most) => `Die Datei hat ${size}. Ein Stapel hat höchstens ${most}.`,
  fileIsWorkbook:
    "Das ist eine Excel-Mappe oder ein Archiv. Speichern Sie sie als CSV (UTF-8), und wählen Sie diese Datei.",
  fileGone: "Der Browser kann diese Datei nicht lesen. Wählen Sie sie erneut.",
  fileChecked: ({ total, videos: { created, cached, attached } }) =>
    [
      plural(total, "Zeile", "Zeilen"),
      created && `${grouped(created)} neu`,
      cached && `${grouped(cached)} vorhanden`,
      attached && `${grouped(attached)} in Arbeit`,
    ]
      .filter(Boolean)
      .join(" · "),
  linesInvalid: (isPart) =>
    `Nichts wurde gesendet. Berichtigen Sie ${isPart ? "alle fehlerhaften Zeilen; das sind die ersten" : "diese Zeilen"}:`,
  lineProblem: (line, message) => `Zeile ${line}: ${message}`,
  sendBatchTitle: "Diesen Stapel senden?",
  sendBatchBody: (count, price) =>
    `Er erzeugt ${plural(count, "neues Video", "neue Videos")} für höchstens ${price}. Was noch nicht begonnen hat, können Sie abbrechen.`,
  batchSent: (lines) => `Stapel gesendet: ${plural(lines, "Zeile", "Zeilen")}.`,
  noBatchesTitle: "Noch keine Stapel",
  noBatches:
    "Senden Sie eine Datei mit vielen Prompts, und verfolgen Sie hier Fortschritt und Kosten.",
  batchName: (sent) => `Gesendet ${sent}`,
  batchMeta: ({ id, priority, requested_by: name }) =>
    [id, BATCH_TEXTS.priorities[priority], name && `gesendet von ${name}`].filter(Boolean).join(" · "),
  batchStatus: {
    in_progress: "In Arbeit",
    completed: "Fertig",
    cancelling: "Wird abgebrochen",
    cancelled: "Abgebrochen",
  },
  batchProgress: (sent) => `Fortschritt des Stapels, gesendet ${sent}`,
  batchVideos: "Fertige Videos",
  batchVideoCounts: ({ queued, in_progress: started, failed, cancelled, cached }) =>
    [
      started && `${grouped(started)} in Arbeit`,
      queued && `${grouped(queued)} ${queued === 1 ? "wartet" : "warten"}`,
      failed && `${grouped(failed)} fehlgeschlagen`,
      cancelled && `${grouped(cancelled)} abgebrochen`,
      cached && `${grouped(cached)} vorhanden`,
    ]
      .filter(Boolean)
      .join(" · "),
  batchLines: "Erledigte Zeilen",
  linesRefused: (count) => (count ? `${grouped(count)} abgelehnt` : ""),
  costAtMost: (amount) => `von höchstens ${amount}`,
  batchEnd: "Fertig",
  endUnknown: "Noch nicht bekannt",
  about: (time) => `etwa ${time}`,
  resultsSayWhy:
    "Die Ergebnisse nennen den Grund für jedes fehlgeschlagene Video und jede abgelehnte Zeile.",
  sendAgain:
    "Senden Sie die Datei erneut, um nur zu erzeugen, was fehlt: Vorhandene Videos kosten nichts.",
  downloadResults: "Ergebnisse herunterladen",
  cancelBatch: "Stapel abbrechen",
  ofBatch: (sent) => `gesendet ${sent}`,
  cancelBatchTitle: "Diesen Stapel abbrechen?",
  cancelBatchBody: (count) =>
    [
      "Wartende Videos werden abgebrochen und kosten nichts.",
      count &&
        `${plural(count, "begonnenes Video wird", "begonnene Videos werden")} fertiggestellt und bezahlt.`,
    ]
      .filter(Boolean)
      .join(" "),
  batchCancelled: "Stapel abgebrochen.",
};
