import { grouped } from "./locale.js";
import { plural } from "./texts.js";

/** The texts of batches. */
export const BATCH_TEXTS = {
  batchesTitle: "Batches",
  batchesLead: "Send a file with up to 10,000 requests. Its videos are made in the background.",
  sendFile: "Send a file",
  batchFile: "CSV or JSON lines",
  batchFileHint: "Choose a file, or drop it here. You see its price before anything is made.",
  fileFormat: "What the file contains",
  fileFormatHint:
    "In a CSV file, the first line names the columns and each other line is a request. Only campaign_id and prompt are required. The API page lists all columns.",
  fileSample: `campaign_id,prompt,seconds,aspect_ratio,business_context[brand]
winter-roast,"Steam rises from a cup at dawn, slow push in",8,16:9,Ember & Oak
winter-roast,Oak embers glow under a roasting drum,8,16:9,Ember & Oak`,
  priority: "Priority",
  priorities: { bulk: "Bulk", interactive: "Interactive" },
  priorityHint: "Interactive videos start before bulk videos, which get at least a fifth of the rate.",
  checkingFile: (name) => `Checking ${name}…`,
  fileTooLarge: (size, most) => `The file has ${size}. A batch has at most ${most}.`,
  fileIsWorkbook: "This is an Excel workbook or an archive. Save it as CSV (UTF-8), and choose that file.",
  fileGone: "The browser cannot read this file. Choose it again.",
  fileChecked: ({ total, videos: { created, cached, attached } }) =>
    [
      plural(total, "line"),
      created && `${grouped(created)} new`,
      cached && `${grouped(cached)} existing`,
      attached && `${grouped(attached)} in progress`,
    ]
      .filter(Boolean)
      .join(" · "),
  linesInvalid: (isPart) =>
    `Nothing was sent. Correct ${isPart ? "all lines with errors; these are the first" : "these lines"}:`,
  lineProblem: (line, message) => `Line ${line}: ${message}`,
  sendBatchTitle: "Send this batch?",
  sendBatchBody: (count, price) =>
    `It makes ${plural(count, "new video")} for ${price} at most. You can cancel what has not started.`,
  batchSent: (lines) => `Batch sent: ${plural(lines, "line")}.`,
  noBatchesTitle: "No batches yet",
  noBatches: "Send a file with many prompts, and follow its progress and cost here.",
  batchName: (sent) => `Sent ${sent}`,
  batchMeta: ({ id, priority, requested_by: name }) =>
    [id, BATCH_TEXTS.priorities[priority], name && `sent by ${name}`].filter(Boolean).join(" · "),
  batchStatus: {
    in_progress: "In progress",
    completed: "Completed",
    cancelling: "Cancelling",
    cancelled: "Cancelled",
  },
  batchProgress: (sent) => `Progress of the batch sent ${sent}`,
  batchVideos: "Videos ready",
  batchVideoCounts: ({ queued, in_progress: started, failed, cancelled, cached }) =>
    [
      started && `${grouped(started)} in progress`,
      queued && `${grouped(queued)} waiting`,
      failed && `${grouped(failed)} failed`,
      cancelled && `${grouped(cancelled)} cancelled`,
      cached && `${grouped(cached)} existing`,
    ]
      .filter(Boolean)
      .join(" · "),
  batchLines: "Lines done",
  linesRefused: (count) => (count ? `${grouped(count)} refused` : ""),
  costAtMost: (amount) => `of ${amount} at most`,
  batchEnd: "Done",
  endUnknown: "Not known yet",
  about: (time) => `about ${time}`,
  resultsSayWhy: "The results have the reason for each video that failed and each line that was refused.",
  sendAgain: "Send the file again to make only what is missing: existing videos cost nothing.",
  downloadResults: "Download results",
  cancelBatch: "Cancel the batch",
  ofBatch: (sent) => `sent ${sent}`,
  cancelBatchTitle: "Cancel this batch?",
  cancelBatchBody: (count) =>
    [
      "Waiting videos are cancelled and cost nothing.",
      count && `${plural(count, "video")} in progress will be finished and paid for.`,
    ]
      .filter(Boolean)
      .join(" "),
  batchCancelled: "Batch cancelled.",
};
