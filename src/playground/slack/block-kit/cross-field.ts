/** Block Kit rules that span several fields: unique ids, matching options, total sizes. */
import { isArray, isObject, type Json, type JsonObject, objectIn, objectsIn } from "../json.ts";
import type { Problem, Surface } from "./schema.ts";

/** Problems of the blocks as a whole. */
export function wholeProblems(blocks: readonly JsonObject[], pointer: string, surface: Surface): readonly Problem[] {
  return [
    ...repeated(ids(blocks, pointer, "block_id", isBlockList)),
    ...actionIds(blocks, pointer, surface),
    ...focus(blocks, pointer),
    ...markdown(blocks, pointer),
    ...blocks.flatMap((block, index) => misplaced(block, `${pointer}/${index}`, surface)),
    ...blocks.flatMap((block, index) => initialOptions(block, `${pointer}/${index}`)),
    ...blocks.flatMap((block, index) => tables(block, `${pointer}/${index}`)),
  ];
}

type Id = { readonly key: string; readonly id: string; readonly pointer: string };

/**
 * Messages: unique in the whole message, as observed; the documentation only demands it within a block.
 * Views: the same action_id in several input blocks is common and works.
 */
function actionIds(blocks: readonly JsonObject[], pointer: string, surface: Surface): readonly Problem[] {
  if (surface === "message") return repeated(ids(blocks, pointer, "action_id"));
  return blocks.flatMap((block, index) => repeated(ids(block, `${pointer}/${index}`, "action_id")));
}

function ids(value: Json, pointer: string, key: string, within: (key: string) => boolean = () => true): readonly Id[] {
  if (isArray(value)) return value.flatMap((item, index) => ids(item, `${pointer}/${index}`, key, within));
  if (!isObject(value)) return [];
  const own = value[key];
  const inner = Object.entries(value).flatMap(([name, item]) =>
    item === undefined || !within(name) ? [] : ids(item, `${pointer}/${name}`, key, within),
  );
  return typeof own === "string" ? [{ key, id: own, pointer: `${pointer}/${key}` }, ...inner] : inner;
}

function isBlockList(key: string): boolean {
  return key === "child_blocks";
}

function repeated(all: readonly Id[]): readonly Problem[] {
  const seen = new Set<string>();
  return all.flatMap(({ key, id, pointer }) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ text: `\`${key}\` "${id}" already exists`, pointer }];
  });
}

function focus(blocks: readonly JsonObject[], pointer: string): readonly Problem[] {
  const count = (value: Json): number => {
    if (isArray(value)) return value.reduce((sum: number, item) => sum + count(item), 0);
    if (!isObject(value)) return 0;
    const inner = Object.values(value).reduce((sum: number, item) => sum + (item === undefined ? 0 : count(item)), 0);
    return inner + (value["focus_on_load"] === true ? 1 : 0);
  };
  return count(blocks) > 1 ? [{ text: "`focus_on_load` may be true for one element only", pointer }] : [];
}

function markdown(blocks: readonly JsonObject[], pointer: string): readonly Problem[] {
  const length = blocks
    .filter((block) => block["type"] === "markdown")
    .reduce((sum, block) => sum + (typeof block["text"] === "string" ? block["text"].length : 0), 0);
  return length > 12_000 ? [{ text: "must be less than 12001 characters", pointer }] : [];
}

function misplaced(block: JsonObject, pointer: string, surface: Surface): readonly Problem[] {
  const element = objectIn(block, "element");
  if (block["type"] === "input") {
    if (element?.["type"] === "file_input" && block["dispatch_action"] === true) {
      return [{ text: "unsupported type: file_input", pointer: `${pointer}/element/type` }];
    }
    if (surface === "modal") return [];
  }
  const inside = [element, objectIn(block, "accessory"), ...objectsIn(block, "elements")];
  return inside.some((part) => part?.["response_url_enabled"] !== undefined)
    ? [{ text: "invalid additional property: response_url_enabled", pointer }]
    : [];
}

/** An initial option must equal one of the options exactly. */
function initialOptions(value: Json, pointer: string): readonly Problem[] {
  if (isArray(value)) return value.flatMap((item, index) => initialOptions(item, `${pointer}/${index}`));
  if (!isObject(value)) return [];
  const groups = objectsIn(value, "option_groups").flatMap((group) => objectsIn(group, "options"));
  const options = [...objectsIn(value, "options"), ...groups].map(canonical);
  const single = objectIn(value, "initial_option");
  const initial = [...(single === undefined ? [] : [single]), ...objectsIn(value, "initial_options")].map(canonical);
  const key = single === undefined ? "initial_options" : "initial_option";
  const own =
    options.length > 0 && initial.some((option) => !options.includes(option))
      ? [{ text: "failed to match any allowed schemas", pointer: `${pointer}/${key}` }]
      : [];
  const inner = Object.entries(value).flatMap(([name, item]) =>
    item === undefined ? [] : initialOptions(item, `${pointer}/${name}`),
  );
  return [...own, ...inner];
}

/** Returns the same text for equal objects, whatever the order of their keys. */
function canonical(value: Json): string {
  if (isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join()}}`;
}

function tables(block: JsonObject, pointer: string): readonly Problem[] {
  if (block["type"] !== "table" && block["type"] !== "data_table") return [];
  const rows = isArray(block["rows"]) ? block["rows"].filter(isArray) : [];
  const letters = (value: Json): number => {
    if (isArray(value)) return value.reduce((sum: number, item) => sum + letters(item), 0);
    if (!isObject(value)) return 0;
    const { text } = value;
    if (typeof text === "string") return text.length;
    return Object.values(value).reduce((sum: number, item) => sum + (item === undefined ? 0 : letters(item)), 0);
  };
  const widths = new Set(rows.map((row) => row.length));
  return [
    ...(letters(rows) > 10_000 ? [{ text: "must be less than 10001 characters", pointer: `${pointer}/rows` }] : []),
    ...(block["type"] === "data_table" && widths.size > 1
      ? [{ text: "failed to match all allowed schemas", pointer: `${pointer}/rows` }]
      : []),
  ];
}
