import { button, element } from "../studio/dom.js";
import { TEXTS } from "./reference_texts.js";
import { api, field, fieldList, nameOf, schemaOf, titleOf, typeOf, words } from "./schemas.js";
import { tryForm } from "./trying.js";

const DESCRIPTION = "/v1/openapi.json";
const main = document.getElementById("main");
const state = document.getElementById("state");

load();

async function load() {
  try {
    const headers = api.key ? { Authorization: `Bearer ${api.key}` } : undefined;
    const response = await fetch(DESCRIPTION, { headers });
    if (response.status === 401) return main.replaceChildren(keyForm());
    api.document = await response.json();
    show();
  } catch {
    state.replaceChildren(TEXTS.noAnswer);
  }
}

/** Asks for a key. A session of the studio in this browser needs none. */
function keyForm() {
  const input = element("input", { type: "password", id: "key", required: true });
  const form = element(
    "form",
    { class: "key field" },
    element("h1", {}, TEXTS.title),
    element("label", { for: "key" }, TEXTS.key),
    input,
    element("p", { class: api.key ? "error" : "hint" }, api.key ? TEXTS.keyWrong : TEXTS.keyHint),
    element("div", {}, button(TEXTS.useKey, { kind: "primary", type: "submit" })),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    api.key = input["value"].trim();
    load();
  });
  return form;
}

function show() {
  const { info, tags, components } = api.document;
  const operations = Object.entries(api.document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, each]) => operationItem(method, path, each)),
  );
  const groups = tags.map(({ name, description }) => {
    const about = operations.filter(({ tag }) => tag === name);
    return section(name, description, about.map(({ root }) => root));
  });
  const objects = Object.keys(components.schemas).filter((name) => schemaOf(name).properties);
  main.replaceChildren(
    element("h1", {}, `${info.title} ${TEXTS.title}`),
    element("p", { class: "lead" }, words(info.description)),
    searchField(operations, groups),
    ...groups,
    section(TEXTS.errors, TEXTS.errorsLead, [errorTable()]),
    section(TEXTS.objects, TEXTS.objectsLead, objects.sort().map(objectItem)),
  );
  const links = [...tags.map(({ name }) => name), TEXTS.errors, TEXTS.objects];
  const contents = links.map((name) => element("a", { href: `#${idOf(name)}` }, name));
  document.getElementById("contents").replaceChildren(...contents);
  window.addEventListener("hashchange", openNamed);
  openNamed();
}

function idOf(name) {
  return `about-${name.toLowerCase()}`;
}

function section(name, lead, items) {
  return element(
    "section",
    { id: idOf(name), "aria-label": name },
    element("h2", {}, name),
    element("p", { class: "meta" }, lead),
    ...items,
  );
}

/** Open what the address names, as its links do. */
function openNamed() {
  const named = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const scroll = () => named?.scrollIntoView();
  if (named instanceof HTMLDetailsElement && !named.open) {
    // Its content is made first.
    named.addEventListener("toggle", scroll, { once: true });
    named.open = true;
  }
  scroll();
}

/** A part of the page that is made when it is opened. */
function item(id, summary, content) {
  const root = element("details", { id, class: "item" }, element("summary", {}, ...summary));
  root.addEventListener("toggle", () => {
    if (root.children.length === 1) root.append(element("div", { class: "content" }, ...content()));
  });
  return root;
}

function operationItem(method, path, operation) {
  const summary = [
    element("span", { class: `method ${method}` }, method.toUpperCase()),
    element("h3", {}, path),
    element("span", { class: "meta" }, words(operation.summary)),
  ];
  const content = () => operationContent(method.toUpperCase(), path, operation);
  const root = item(operation.operationId, summary, content);
  const bodies = Object.values(operation.requestBody?.content ?? {});
  const fields = bodies.flatMap(({ schema }) => Object.keys(fieldsOf(schema).properties ?? {}));
  const names = operation.parameters.map(({ name }) => name);
  const text = [method, path, operation.summary, ...names, ...fields].join(" ").toLowerCase();
  return { root, tag: operation.tags[0], text };
}

function fieldsOf(schema) {
  return schemaOf(nameOf(schema)) ?? schema;
}

function operationContent(method, path, operation) {
  const parameters = operation.parameters.map(parameterRow);
  const bodies = Object.entries(operation.requestBody?.content ?? {});
  return [
    element("p", {}, words(operation.description)),
    parameters.length && element("h4", {}, TEXTS.parameters),
    parameters.length && element("dl", { class: "rows" }, ...parameters),
    bodies.length && element("h4", {}, TEXTS.body),
    ...bodyParts(bodies),
    element("h4", {}, TEXTS.answers),
    element("dl", { class: "rows" }, Object.entries(operation.responses).map(answerRow)),
    tryForm(method, path, operation),
    element("a", { href: `#${operation.operationId}`, class: "meta" }, TEXTS.link),
  ].filter(Boolean);
}

function parameterRow({ name, in: place, required, description, example, schema }) {
  const examples = example === undefined ? schema.examples : [example];
  return field(name, { ...schema, examples, description }, required && TEXTS.required, place);
}

/** Each content type; those that have the same fields are named together. */
function bodyParts(bodies) {
  const kinds = new Map();
  for (const [kind, { schema }] of bodies) {
    const key = JSON.stringify(schema);
    kinds.set(key, { schema, names: [...(kinds.get(key)?.names ?? []), kind] });
  }
  return [...kinds.values()].flatMap(({ schema, names }) => [
    element("p", { class: "meta" }, names.join(", ")),
    fieldsOf(schema).properties && fieldList(fieldsOf(schema), true),
  ]);
}

function answerRow([status, { description, content = {} }]) {
  const types = Object.entries(content).map(([kind, { schema }]) =>
    element("p", { class: "meta" }, kind, schema ? ": " : "", ...(schema ? typeOf(schema) : [])),
  );
  return element(
    "div",
    {},
    element("dt", {}, element("code", {}, status)),
    element("dd", {}, element("p", {}, words(description)), ...types),
  );
}

function objectItem(name) {
  const schema = schemaOf(name);
  const summary = [element("h3", {}, titleOf(name))];
  const isSent = name.endsWith("Body");
  return item(name, summary, () => [
    element("p", {}, words(schema.description)),
    fieldList(schema, isSent),
  ]);
}

function errorTable() {
  const codes = Object.entries(schemaOf("Problem").properties.code["x-codes"]);
  const rows = codes.map(([code, { status, retry_after_seconds: seconds, meaning }]) => {
    const retry = seconds === null ? "" : TEXTS.after(seconds);
    const cells = [element("code", {}, code), status, retry, words(meaning)];
    return element("tr", {}, ...cells.map((each) => element("td", {}, each)));
  });
  const heads = TEXTS.errorHeads.map((each) => element("th", { scope: "col" }, each));
  const table = element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows),
  );
  const named = { role: "region", "aria-label": TEXTS.errorCodes };
  return element("div", { class: "scroll", tabindex: "0", ...named }, table);
}

function searchField(operations, groups) {
  const input = element("input", { type: "search", id: "search", autocomplete: "off" });
  const count = element("p", { class: "meta", role: "status" });
  const filter = () => {
    const wanted = input["value"].toLowerCase().split(/\s+/);
    for (const { root, text } of operations) {
      root.hidden = !wanted.every((word) => text.includes(word));
    }
    for (const group of groups) group.hidden = !group.querySelector("details:not([hidden])");
    const found = operations.filter(({ root }) => !root.hidden).length;
    count.replaceChildren(TEXTS.found(found, operations.length));
  };
  input.addEventListener("input", filter);
  filter();
  return element(
    "div",
    { class: "field search" },
    element("label", { for: "search" }, TEXTS.search),
    input,
    count,
  );
}
