/** Blocks as Slack stores and echoes them: with an id for each, and with the defaults that the app left out. */
import { isArray, isObject, type Json, type JsonObject } from "../json.ts";

/** What Slack adds to an object of this type, by recordings. It measures images; these sizes are made up. */
const defaults: Readonly<Record<string, JsonObject>> = {
  mrkdwn: { verbatim: false },
  plain_text: { emoji: true },
  input: { optional: false, dispatch_action: false },
  plain_text_input: { dispatch_action_config: { trigger_actions_on: ["on_enter_pressed"] } },
  image: { fallback: "20x20px image", image_width: 20, image_height: 20, image_bytes: 96 },
};

/** Every block gets a `block_id`, and every interactive element an `action_id`. */
export function storedBlocks(blocks: readonly JsonObject[]): readonly JsonObject[] {
  return blocks.map(withIds).map(withDefaults).filter(isObject);
}

function withDefaults(value: Json): Json {
  if (isArray(value)) return value.map(withDefaults);
  if (!isObject(value)) return value;
  const inner = Object.entries(value).map(([key, one]) => [key, one === undefined ? one : withDefaults(one)]);
  return { ...defaults[String(value["type"])], ...Object.fromEntries(inner) };
}

function withIds(block: JsonObject): JsonObject {
  const { elements } = block;
  return {
    ...block,
    block_id: block["block_id"] ?? randomId(),
    ...(block["accessory"] === undefined ? {} : { accessory: withActionId(block["accessory"]) }),
    ...(block["element"] === undefined ? {} : { element: withActionId(block["element"]) }),
    ...(block["type"] === "actions" && isArray(elements) ? { elements: elements.map(withActionId) } : {}),
  };
}

function withActionId(value: Json): Json {
  if (!isObject(value) || value["action_id"] !== undefined || value["type"] === "image") return value;
  return { ...value, action_id: randomId() };
}

function randomId(): string {
  return Math.random().toString(36).slice(2, 7).padEnd(5, "x");
}
