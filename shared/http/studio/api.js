import { randomId } from "./random_id.js";
import { TEXTS } from "./texts.js";
import { sendingWithProgress } from "./upload.js";

const LONGEST_WAIT = 30_000;
// A file of 10,000 lines is checked line by line, and a picture may be large.
const LONGEST_UPLOAD = 300_000;
const MOST_ATTEMPTS = 3;
// A clock that seems further ahead than late answers explain was set.
const LONGEST_DELAY = 5000;
const GATEWAY_ERRORS = [502, 503, 504];

/** An error response of the API. */
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(problemText(body));
    this.status = status;
    this.code = body.code ?? "internal";
    this.param = body.error?.param ?? null;
    this.lines = body.lines ?? [];
    this.retryAfter = retryAfter;
  }
}

/** The server is unreachable. */
export class Unreachable extends Error {
  constructor() {
    super(TEXTS.unreachable);
  }
}

class Connection extends EventTarget {
  isUp = true;
  #behind = null;

  /** The server's time in milliseconds, because the browser's clock may be wrong. */
  now() {
    return Date.now() + (this.#behind ?? 0);
  }

  noticed(isUp, date) {
    if (date) this.#compareClocks(Date.parse(date) - Date.now());
    if (isUp === this.isUp) return;
    this.isUp = isUp;
    this.dispatchEvent(new Event("change"));
  }

  /**
   * An answer's time lacks the parts of a second, and the answer took its time: the greatest
   * difference is the nearest. With the latest, what is elapsed would go back and forth.
   */
  #compareClocks(behind) {
    const isNearer = this.#behind === null || behind > this.#behind;
    const isClockSet = behind < this.#behind - LONGEST_DELAY;
    if (isNearer || isClockSet) this.#behind = behind;
  }
}

/** Dispatches "change" when the server becomes unreachable or reachable. */
export const connection = new Connection();

let keyAsker = () => false;
let unlocking = null;

/** Set the function that asks for an API key. It resolves with whether a session exists now. */
export function whenKeyIsNeeded(ask) {
  keyAsker = ask;
}

/** Exchange the key for a session cookie: images and videos cannot send a key. */
export async function startSession(key) {
  const response = await ask("/studio/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key }),
  });
  if (!response.ok) throw new Problem(response.status, await response.json(), null);
}

export async function read(path) {
  return request("GET", path);
}

/** Read the first pages of a list. `wanted` has its other parameters. */
export async function readPages(path, { pages, limit, wanted = {} }) {
  const data = [];
  const query = new URLSearchParams({ limit, ...wanted });
  for (let page = 1; ; page += 1) {
    const { body, retryAfter } = await read(`${path}?${query}`);
    data.push(...body.data);
    query.set("after", body.last_id);
    if (page === pages || !body.has_more) return { data, hasMore: body.has_more, retryAfter };
  }
}

/** Resolve with a module that is loaded when it is used. Throw Unreachable if it cannot be. */
export async function loaded(importing) {
  try {
    return await importing;
  } catch {
    connection.noticed(false);
    throw new Unreachable();
  }
}

export async function exists(path) {
  const response = await ask(path, { method: "HEAD" });
  return response.ok;
}

export async function send(path, body = {}) {
  return request("POST", path, body);
}

export async function patch(path, body) {
  return request("PATCH", path, body);
}

export async function remove(path) {
  return request("DELETE", path);
}

/** Upload a file. Rejects with the signal's reason once that is aborted. */
export async function upload(path, file, { onProgress, signal }) {
  const form = new FormData();
  form.append("file", file);
  return request("POST", path, form, { transfer: sendingWithProgress(onProgress), signal });
}

/** Send a request that may cost money, with an Idempotency-Key that its retries repeat. */
export async function spend(path, body = {}) {
  const headers = { "Idempotency-Key": randomId() };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await request("POST", path, body, { headers });
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !mayPass(error)) throw error;
      await seconds(error.retryAfter ?? attempt);
    }
  }
}

/**
 * Resolve with the body and the seconds until the next poll. A file or a form is sent as it is.
 *
 * @param {string} method
 * @param {string} path
 * @param {any} [body]
 * @param {{headers?: object, transfer?: any, signal?: AbortSignal}} [options]
 */
async function request(method, path, body, { headers = {}, ...sending } = {}) {
  const isForm = body instanceof FormData;
  const isFile = body instanceof Blob;
  const sent = body && !isFile && !isForm ? JSON.stringify(body) : body;
  const type = body && !isForm && { "Content-Type": isFile ? body.type : "application/json" };
  const longest = isFile || isForm ? LONGEST_UPLOAD : LONGEST_WAIT;
  const options = { method, body: sent, headers: { ...type, ...headers } };
  const response = await ask(path, options, { longest, ...sending });
  const isOurs = response.headers.get("Content-Type")?.includes("json");
  if (!isOurs) {
    connection.noticed(false);
    throw new Unreachable();
  }
  const answered = await response.json();
  const retryAfter = Number(response.headers.get("Retry-After")) || null;
  if (answered.code === "invalid_api_key" && (await isUnlocked())) {
    return request(method, path, body, { headers, ...sending });
  }
  if (!response.ok) throw new Problem(response.status, answered, retryAfter);
  return { body: answered, retryAfter };
}

/** Ask once for all waiting requests, and not again after the user declined. */
async function isUnlocked() {
  unlocking ??= keyAsker();
  const isGiven = await unlocking;
  if (isGiven) unlocking = null;
  return isGiven;
}

/**
 * @param {string} path
 * @param {RequestInit} options
 * @param {{longest?: number, transfer?: any, signal?: AbortSignal}} [sending]
 */
async function ask(path, options, { longest = LONGEST_WAIT, transfer = fetch, signal } = {}) {
  const timeout = AbortSignal.timeout(longest);
  const until = signal ? AbortSignal.any([signal, timeout]) : timeout;
  try {
    const response = await transfer(path, { ...options, signal: until });
    const isThere =
      !GATEWAY_ERRORS.includes(response.status) || response.headers.has("X-Request-Id");
    connection.noticed(isThere, response.headers.get("Date"));
    return response;
  } catch {
    signal?.throwIfAborted();
    connection.noticed(false);
    throw new Unreachable();
  }
}

/** What a problem means here; the API's own sentence only if its code has no text. */
function problemText({ code, detail = "" }) {
  const text = TEXTS.problems[code] ?? (detail || TEXTS.unexpected);
  return typeof text === "function" ? text(detail) : text;
}

function mayPass(error) {
  return error instanceof Unreachable || error.status === 503;
}

function seconds(count) {
  return new Promise((resolve) => setTimeout(resolve, count * 1000));
}
