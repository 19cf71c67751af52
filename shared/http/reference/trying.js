import { button, element, uniqueId } from "../studio/dom.js";
import { TEXTS } from "./reference_texts.js";
import { api } from "./schemas.js";

const FORM = "multipart/form-data";
const SHOWN_HEADERS = ["Retry-After", "Location", "Idempotency-Replayed"];
// Ids of objects that were answered, by the parameter that takes them.
const known = {};

/** A form that sends the request, and shows it as a call of curl and then its answer. */
export function tryForm(method, path, operation) {
  const inputs = operation.parameters.map((each) => [each, parameterInput(each)]);
  const body = operation.requestBody && bodyInput(operation.requestBody.content);
  const curl = element("pre", { tabindex: "0", "aria-label": TEXTS.curl });
  const answer = element("div", { class: "answer", role: "status" });
  const spends = operation.parameters.some((each) => each.name === "Idempotency-Key");
  const label = spends ? TEXTS.sendSpending : TEXTS.send;
  const send = button(label, { kind: "primary", type: "submit" });
  const form = element(
    "form",
    { class: "try" },
    element("h4", {}, TEXTS.tryIt),
    element("div", { class: "fields" }, inputs.map(([{ name }, input]) => labelled(name, input))),
    body?.root,
    element("p", { class: "meta" }, TEXTS.curl),
    curl,
    element("div", { class: "actions" }, send, copyButton(curl)),
    answer,
  );
  const request = () => requestOf(method, path, inputs, body);
  const refresh = () => curl.replaceChildren(curlOf(request(), needsKey(operation)));
  form.addEventListener("input", refresh);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send["disabled"] = true;
    answer.replaceChildren(TEXTS.sending);
    answer.replaceChildren(...(await answered(request())));
    send["disabled"] = false;
  });
  refresh();
  return form;
}

function needsKey(operation) {
  const choices = operation.security ?? api.document.security;
  return choices.length > 0 && choices.every((each) => "apiKey" in each);
}

function parameterInput({ name, in: place, required, schema, example }) {
  const values = schema.enum ?? schema.anyOf?.find((each) => each.enum)?.enum;
  const shown = example ?? schema.examples?.[0] ?? schema.default ?? "";
  if (values) {
    const options = ["", ...values.filter((each) => each !== null)];
    return element("select", {}, ...options.map((each) => element("option", {}, each)));
  }
  const value = place === "path" ? (known[name] ?? shown) : "";
  return element("input", { value, placeholder: String(shown), required, autocomplete: "off" });
}

/** The input of a body. Forms are only for files: other fields are the same in JSON. */
function bodyInput(content) {
  const kinds = Object.keys(content).filter(
    (kind) => kind !== FORM || content[kind].schema.properties?.file,
  );
  const kind = element("select", {}, ...kinds.map((each) => element("option", {}, each)));
  const text = element("textarea", { class: "code", spellcheck: "false", rows: "6" });
  const file = element("input", { type: "file" });
  const asText = labelled(TEXTS.body, text);
  const asFile = labelled(TEXTS.file, file);
  const show = () => {
    asFile.hidden = kind.value !== FORM;
    asText.hidden = !asFile.hidden;
    const example = content[kind.value].example ?? "";
    const spaces = kind.value === "application/json" ? 2 : 0;
    text.value = typeof example === "string" ? example : JSON.stringify(example, null, spaces);
  };
  kind.addEventListener("change", show);
  show();
  const choice = kinds.length > 1 && labelled(TEXTS.contentType, kind);
  return { root: element("div", { class: "field" }, choice, asText, asFile), kind, text, file };
}

function labelled(text, input) {
  const id = uniqueId("try");
  input.id = id;
  return element("div", { class: "field" }, element("label", { for: id }, text), input);
}

/** @returns {{method: string, path: string, headers: Object<string, string>, body: any}} */
function requestOf(method, path, inputs, body) {
  const query = new URLSearchParams();
  const headers = {};
  for (const [{ name, in: place }, { value }] of inputs) {
    if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value && place === "query") query.append(name, value);
    else if (value) headers[name] = value;
  }
  const whole = query.size ? `${path}?${query}` : path;
  if (!body) return { method, path: whole, headers, body: undefined };
  if (body.kind.value === FORM) {
    const form = new FormData();
    if (body.file.files[0]) form.append("file", body.file.files[0]);
    return { method, path: whole, headers, body: form };
  }
  const text = body.text.value.trim();
  if (text) headers["Content-Type"] = body.kind.value;
  return { method, path: whole, headers, body: text || undefined };
}

function curlOf({ method, path, headers, body }, withKey) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  const parts = [`curl ${quoted(api.document.servers[0].url + path)}`];
  if (method !== "GET") parts[0] += ` -X ${method}`;
  if (withKey) parts.push('-H "Authorization: Bearer $KEY"');
  for (const [name, value] of Object.entries(headers)) {
    parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  if (body instanceof FormData) {
    parts.push(`-F ${quoted(`file=@${body.get("file")?.["name"] ?? "…"}`)}`);
  } else if (body) {
    parts.push(`--data-binary ${quoted(body)}`);
  }
  return parts.join(" \\\n  ");
}

async function answered({ method, path, headers, body }) {
  const key = api.key && { Authorization: `Bearer ${api.key}` };
  try {
    const response = await fetch(path, { method, headers: { ...headers, ...key }, body });
    const lines = SHOWN_HEADERS.filter((name) => response.headers.has(name)).map(
      (name) => `${name}: ${response.headers.get(name)}`,
    );
    const status = `${response.status} ${response.statusText}`;
    const text = [...lines, await bodyText(response)].join("\n");
    return [
      element("p", { class: response.ok ? "good" : "error" }, status),
      element("pre", { tabindex: "0", "aria-label": TEXTS.answers }, text),
    ];
  } catch {
    return [element("p", { class: "error" }, TEXTS.noAnswer)];
  }
}

async function bodyText(response) {
  const type = response.headers.get("Content-Type") ?? "";
  if (/json$/.test(type)) {
    const body = await response.json();
    for (const each of [body, ...(body.data ?? [])]) {
      if (each.object && each.id) known[`${each.object}_id`] = each.id;
    }
    return JSON.stringify(body, null, 2);
  }
  if (/^text\/|ndjson/.test(type)) return response.text();
  return TEXTS.bytes(type, (await response.blob()).size);
}

function copyButton(source) {
  const copy = button(TEXTS.copy, {
    onclick: async () => {
      await navigator.clipboard.writeText(source.textContent);
      copy.replaceChildren(TEXTS.copied);
    },
  });
  return copy;
}
