import { BATCH_TEXTS } from "./batch_texts.js";
import { size } from "./format.js";

const MOST_BYTES = 10_000_000;
const ZIP = "PK\u0003\u0004";
const START_BYTES = 1000;

/** Why the service cannot read this file, as far as the browser sees it, or null. */
export async function fileProblem(file) {
  if (file.size > MOST_BYTES) return BATCH_TEXTS.fileTooLarge(size(file.size), size(MOST_BYTES));
  try {
    return (await startOf(file)).startsWith(ZIP) ? BATCH_TEXTS.fileIsWorkbook : null;
  } catch {
    return BATCH_TEXTS.fileGone;
  }
}

/** The bytes with their media type. Each line of JSON lines is an object; else it is CSV. */
export async function readBatchFile(file) {
  const isJsonLines = (await startOf(file)).replace(/^\uFEFF/, "").trimStart().startsWith("{");
  const type = isJsonLines ? "application/x-ndjson" : "text/csv";
  return new Blob([await file.arrayBuffer()], { type });
}

function startOf(file) {
  return file.slice(0, START_BYTES).text();
}
