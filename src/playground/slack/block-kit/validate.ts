/**
 * Validates blocks and views as Slack does, and reports problems in Slack's words with JSON pointers (slack-rules.md
 * 4.5).
 */
import { isArray, isObject, type Json, type JsonObject } from "../json.ts";
import { blocks as blockShapes, messageBlocks, views } from "./blocks.ts";
import { wholeProblems } from "./cross-field.ts";
import { elements as elementShapes } from "./elements.ts";
import { richElements } from "./rich-text.ts";
import type { Family, Problem, Schema, Shape, Surface } from "./schema.ts";

/** The problems of a message's blocks. Empty if Slack accepts them. */
export function blockProblems(blocks: Json): readonly Problem[] {
  const problems = check(messageBlocks, blocks, "/blocks", "message");
  if (!isArray(blocks)) return problems;
  return [...problems, ...wholeProblems(blocks.filter(isObject), "/blocks", "message")];
}

/** The problems of a view, with pointers below `/view`. */
export function viewProblems(view: JsonObject): readonly Problem[] {
  const { type } = view;
  if (type === undefined) return [{ text: "missing required field: type", pointer: "/view" }];
  if (type !== "modal" && type !== "home") {
    return [{ text: `unsupported type: ${String(type)}`, pointer: "/view/type" }];
  }
  const blocks = isArray(view["blocks"]) ? view["blocks"].filter(isObject) : [];
  const found = [
    ...checkShape(views[type], view, "/view", type),
    ...wholeProblems(blocks, "/view/blocks", type),
    ...(type === "modal" && blocks.some((block) => block["type"] === "input") && !isObject(view["submit"])
      ? [{ text: "missing required field: submit", pointer: "/view" }]
      : []),
  ];
  return found.length === 0 ? [] : [failedAll("/view"), ...found];
}

/** A problem as Slack prints it in `errors` and, after `[ERROR] `, in `response_metadata.messages`. */
export function problemLine(problem: Problem): string {
  return `${problem.text} [json-pointer:${problem.pointer}]`;
}

const families: Readonly<Record<Family, Readonly<Record<string, Shape>>>> = {
  block: blockShapes,
  element: elementShapes,
  rich: richElements,
};

/** Maximum length of a text object among the elements of a context block. */
const contextText = 3000;

function check(schema: Schema, value: Json, pointer: string, surface: Surface): readonly Problem[] {
  const wrong = (text: string): readonly Problem[] => [{ text, pointer }];
  switch (schema.kind) {
    case "anything":
      return [];
    case "nullable":
      return value === null ? [] : check(schema.of, value, pointer, surface);
    case "boolean":
      return typeof value === "boolean" ? [] : wrong("must be a boolean");
    case "enum":
      if (typeof value !== "string") return wrong("must provide a string");
      return schema.values.includes(value) ? [] : wrong("must be a valid enum value");
    case "string":
      if (typeof value !== "string") return wrong("must provide a string");
      // The documentation gives no unit. UTF-16 code units give the highest count outside the basic plane.
      if (value.length > schema.max) return wrong(`must be less than ${schema.max + 1} characters`);
      if (value.length < schema.min) return wrong(`must be more than ${schema.min - 1} characters`);
      if (schema.pattern !== undefined && !schema.pattern.test(value)) {
        return wrong(`input must match regex pattern: ${schema.pattern.source}`);
      }
      return [];
    case "number":
      if (typeof value !== "number") return wrong(`must provide ${schema.whole ? "an integer" : "a number"}`);
      if (schema.whole && !Number.isInteger(value)) return wrong("must provide an integer");
      if (value > schema.max) return wrong(`must be less than ${schema.max}`);
      if (value < schema.min) return wrong(`must be greater than ${schema.min}`);
      return [];
    case "array":
      return checkArray(schema, value, pointer, surface);
    case "text":
      return checkText(schema, value, pointer);
    case "object":
      if (!isObject(value)) return wrong("must provide an object");
      return checkShape(schema.shape, value, pointer, surface);
    case "typed":
      return checkTyped(schema, value, pointer, surface);
    default:
      return schema satisfies never;
  }
}

function checkArray(
  schema: Extract<Schema, { kind: "array" }>,
  value: Json,
  pointer: string,
  surface: Surface,
): readonly Problem[] {
  if (!isArray(value)) return [{ text: "must provide an array", pointer }];
  if (value.length > schema.max) return [{ text: `no more than ${schema.max} items allowed`, pointer }];
  if (value.length < schema.min) return [{ text: `must provide at least ${schema.min} items`, pointer }];
  const seen = new Set(value.map((item) => JSON.stringify(item)));
  return [
    ...(schema.unique && seen.size < value.length ? [{ text: "Input contains duplicate items", pointer }] : []),
    ...value.flatMap((item, index) => check(schema.of, item, `${pointer}/${index}`, surface)),
  ];
}

/** Slack precedes the problems inside a text object with a line about the object itself. */
function checkText(schema: Extract<Schema, { kind: "text" }>, value: Json, pointer: string): readonly Problem[] {
  if (!isObject(value)) return [{ text: "must provide an object", pointer }];
  const { type } = value;
  if (type === undefined) return [failedAll(pointer), { text: "missing required field: type", pointer }];
  if (type !== "plain_text" && type !== "mrkdwn") {
    return [failedAll(pointer), { text: `unsupported type: ${String(type)}`, pointer: `${pointer}/type` }];
  }
  if (!schema.types.includes(type)) {
    return [failedAll(pointer), { text: "must be a valid enum value", pointer: `${pointer}/type` }];
  }
  const shape: Shape = {
    properties: {
      text: { kind: "string", min: 1, max: schema.max },
      [type === "plain_text" ? "emoji" : "verbatim"]: { kind: "boolean" },
    },
    required: ["text"],
  };
  const found = checkShape(shape, value, pointer, "message");
  return found.length === 0 ? [] : [failedAll(pointer), ...found];
}

function checkTyped(
  schema: Extract<Schema, { kind: "typed" }>,
  value: Json,
  pointer: string,
  surface: Surface,
): readonly Problem[] {
  if (!isObject(value)) return [{ text: "must provide an object", pointer }];
  const { type } = value;
  if (type === undefined) return [{ text: "missing required field: type", pointer }];
  const unsupported = [{ text: `unsupported type: ${String(type)}`, pointer: `${pointer}/type` }];
  if (typeof type !== "string" || !schema.types.includes(type)) return unsupported;
  if (type === "plain_text" || type === "mrkdwn") {
    return checkText({ kind: "text", types: [type], max: contextText }, value, pointer);
  }
  // A table cell is the only element list that also accepts a block.
  const shape = families[schema.family][type] ?? (type === "rich_text" ? blockShapes[type] : undefined);
  if (shape === undefined) return unsupported;
  if (shape.surfaces !== undefined && !shape.surfaces.includes(surface)) return unsupported;
  const common: Shape["properties"] =
    schema.family === "block" ? { block_id: { kind: "string", min: 1, max: 255 } } : {};
  return checkShape({ ...shape, properties: { ...common, ...shape.properties } }, value, pointer, surface);
}

function checkShape(shape: Shape, value: JsonObject, pointer: string, surface: Surface): readonly Problem[] {
  const has = (key: string): boolean => value[key] !== undefined;
  const problems: Problem[] = [];
  for (const key of shape.required ?? []) {
    if (!has(key)) problems.push({ text: `missing required field: ${key}`, pointer });
  }
  for (const group of shape.oneOf ?? []) {
    const given = group.filter(has).length;
    if (given === 0) problems.push({ text: `missing required field: ${group[0]}`, pointer });
    if (given > 1) problems.push({ text: "failed to match exactly one allowed schema", pointer });
  }
  for (const group of shape.anyOf ?? []) {
    if (!group.some(has)) problems.push({ text: `missing required field: ${group[0]}`, pointer });
  }
  for (const [key, inner] of Object.entries(value)) {
    if (key === "type" || inner === undefined) continue;
    const schema = Object.hasOwn(shape.properties, key) ? shape.properties[key] : undefined;
    if (schema === undefined) problems.push({ text: `invalid additional property: ${key}`, pointer });
    else problems.push(...check(schema, inner, `${pointer}/${key}`, surface));
  }
  return problems;
}

function failedAll(pointer: string): Problem {
  return { text: "failed to match all allowed schemas", pointer };
}
