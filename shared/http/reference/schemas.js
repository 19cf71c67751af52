import { element } from "../studio/dom.js";
import { TEXTS } from "./reference_texts.js";

const REFERENCE = "#/components/schemas/";
const FORMATS = { date: "date", "unix-time": "time", binary: "file" };

/** What was read from the server, for all modules. */
export const api = { document: null, key: "" };

export function nameOf(schema) {
  return schema?.$ref?.slice(REFERENCE.length);
}

export function schemaOf(name) {
  return api.document.components.schemas[name];
}

/** A text whose `code` is between backticks. */
export function words(text) {
  return (text ?? "").split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
}

/** The fields of an object that is sent, those that must be there first, or of an answer. */
export function fieldList(schema, isSent) {
  const names = Object.keys(schema.properties ?? {});
  const required = new Set(schema.required);
  if (isSent) names.sort((one, other) => +required.has(other) - +required.has(one));
  const rows = names.map((name) => {
    const isMarked = required.has(name) === isSent;
    const mark = isMarked ? (isSent ? TEXTS.required : TEXTS.optional) : "";
    return field(name, schema.properties[name], mark);
  });
  return rows.length ? element("dl", { class: "rows" }, rows) : element("p", {}, TEXTS.noFields);
}

/** A name with its type, its meaning, its values and an example. */
export function field(name, schema, mark, place = "") {
  const parts = alternatives(schema);
  return element(
    "div",
    {},
    element(
      "dt",
      {},
      element("code", {}, name),
      place && element("span", { class: "meta" }, place),
      mark && element("span", { class: "needed" }, mark),
    ),
    element(
      "dd",
      {},
      element("p", { class: "meta" }, typeOf(schema)),
      schema.description && element("p", {}, words(schema.description)),
      facts(parts).map(([label, values]) => factLine(label, values)),
    ),
  );
}

/** The type in words, with links to the objects that it names. */
export function typeOf(schema) {
  const name = nameOf(schema);
  if (name) return schemaOf(name).enum ? ["text"] : [linkTo(name)];
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.flatMap((each, i) => [i ? " or " : "", ...typeOf(each)]);
  if ("const" in schema || schema.enum) return [TEXTS.types.string];
  if (schema.type === "array") return [TEXTS.listOf, ...typeOf(schema.items ?? {})];
  if (schema.type === "object" && schema.additionalProperties?.type) {
    return [TEXTS.objectOf, ...typeOf(schema.additionalProperties)];
  }
  const types = [schema.type ?? "object"].flat().map((each) => TEXTS.types[each] ?? each);
  return [FORMATS[schema.format] ?? types.join(" or ")];
}

function linkTo(name) {
  return element("a", { href: `#${name}` }, titleOf(name));
}

export function titleOf(name) {
  return schemaOf(name).title ?? name;
}

/** The schema itself, what it names if that is a list of values, and its alternatives. */
function alternatives(schema) {
  const named = schemaOf(nameOf(schema));
  const others = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(alternatives);
  const items = (schema.items ? alternatives(schema.items) : []).map((each) => each.enum);
  const ofItems = items.filter(Boolean).map((values) => ({ enum: values }));
  return [schema, ...(named?.enum ? [named] : []), ...others, ...ofItems];
}

function facts(parts) {
  const found = (key) => parts.find((each) => each?.[key] !== undefined)?.[key];
  const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value));
  const values = found("enum") ?? ("const" in parts[0] ? [parts[0].const] : []);
  const example = found("examples")?.[0];
  return [
    [TEXTS.oneOf, values.filter((each) => each !== null).map(shown)],
    [TEXTS.range, range(found("minimum"), found("maximum"), "")],
    [TEXTS.length, range(found("minLength"), found("maxLength"), TEXTS.characters)],
    [TEXTS.items, range(found("minItems"), found("maxItems"), "")],
    [TEXTS.pattern, [found("pattern")]],
    [TEXTS.ifMissing, [parts[0].default ?? null].filter((each) => each !== null).map(shown)],
    [TEXTS.example, example === undefined ? [] : [shown(example)]],
  ].map(([label, each]) => [label, each.filter(Boolean)]);
}

function range(least, most, unit) {
  if (least === undefined && most === undefined) return [];
  const limits = most === undefined ? TEXTS.atLeast(least) : TEXTS.between(least ?? 0, most);
  return [`${limits}${unit}`];
}

function factLine(label, values) {
  if (!values.length) return null;
  const codes = values.flatMap((each) => [" ", element("code", {}, each)]);
  return element("p", { class: "fact" }, label, ...codes);
}
