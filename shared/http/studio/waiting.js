import { connection } from "./api.js";
import { around, when } from "./format.js";
import { TEXTS } from "./texts.js";

const SOON_SECONDS = 60;

/** The place of a waiting video, and when it is expected to start. */
export function placeOf({ queue, priority }) {
  const place = TEXTS.placeInLine(queue.position, priority === "bulk");
  const start = queue.expected_submission_at;
  if (start === null) return place;
  const now = connection.now();
  const isSoon = start - now / 1000 < SOON_SECONDS;
  return `${place}, ${isSoon ? TEXTS.startsSoon : TEXTS.startsAbout(around(start, now))}`;
}

/** Why a waiting video is not started at present, and when it would fail; or nothing. */
export function delayOf({ queue, deadline_at: deadline }) {
  const reason = reasonOf(queue.reason, queue.expected_submission_at);
  return reason && `${reason} ${TEXTS.failsInQueue(when(deadline))}`;
}

/** How many of a campaign's videos wait, and when the last of its pending ones will be done. */
export function outlookOf({ queue, slots }) {
  const end = queue ? queue.expected_done_at : lastExpected(slots);
  return [
    queue && TEXTS.waiting(queue.waiting),
    end && end * 1000 > connection.now() && TEXTS.allDoneAbout(around(end, connection.now())),
    reasonOf(queue?.reason, queue?.expected_done_at),
  ]
    .filter(Boolean)
    .join(" ");
}

/** A model that is not used at present has no expected time. */
export function reasonOf(reason, expectedAt) {
  if (!reason) return "";
  return expectedAt ? TEXTS.modelIsBusy : TEXTS.modelRests;
}

/** Null unless the expected end of every pending video is known. */
function lastExpected(slots) {
  const ends = slots.map((slot) => slot.pending).filter(Boolean).map((video) => video.expected_at);
  return ends.length && ends.every(Boolean) ? Math.max(...ends) : null;
}
