import { REVIEW_TEXTS } from "./review_texts.js";

const LONGEST_REQUEST = 30_000;

/** The link shows nothing, or what it is about is gone. */
export class NothingThere extends Error {}

/** The server cannot be reached, or does not answer as this service does. */
export class NoServer extends Error {
  constructor() {
    super(REVIEW_TEXTS.notSent);
  }
}

/** Sends what a reviewer does. The token is the only permission: no cookie is sent. */
export class ReviewClient {
  #path;

  constructor(token) {
    this.#path = `/v1/reviews/${encodeURIComponent(token)}`;
  }

  read() {
    return askFor("GET", this.#path);
  }

  /** A repeated comment has the same `id`, and is added once. */
  comment(comment) {
    return askFor("POST", `${this.#path}/comments`, comment);
  }

  decide(videoId, decision) {
    return askFor("PUT", `${this.#path}/decisions/${videoId}`, decision);
  }
}

async function askFor(method, path, body = null) {
  const answer = await answered(path, {
    method,
    body: body && JSON.stringify(body),
    headers: body ? { "Content-Type": "application/json" } : {},
    credentials: "omit",
    signal: AbortSignal.timeout(LONGEST_REQUEST),
  });
  if (answer.ok) return answer.body;
  if (answer.status === 404) throw new NothingThere(REVIEW_TEXTS.isGone);
  if (answer.status === 503) throw new NoServer();
  throw new Error(answer.status === 422 ? REVIEW_TEXTS.isFull : REVIEW_TEXTS.unexpected);
}

async function answered(path, options) {
  try {
    const response = await fetch(path, options);
    return { ok: response.ok, status: response.status, body: await response.json() };
  } catch {
    throw new NoServer();
  }
}
