/** Buttons and menus in blocks: what a person can press, and what pressing it sends. */
import { isArray, type Json, type JsonObject, objectsIn, stringIn } from "../json.ts";

export type Press = {
  readonly actionId: string;
  readonly blockId?: string;
  /** Selects among several buttons with the same action_id. */
  readonly value?: string;
  /** The value of the chosen option in overflow and select menus, or the chosen user, channel or date. */
  readonly option?: string;
};

export type Pressed = { readonly action: JsonObject; readonly confirm: JsonObject | undefined };

/** @throws Error if no component or more than one matches; the message lists what there is */
export function pressIn(blocks: readonly JsonObject[], press: Press, actionTs: string): Pressed {
  const all = allComponents(blocks);
  const found = all.filter(
    ({ blockId, element }) =>
      element["action_id"] === press.actionId &&
      (press.blockId === undefined || blockId === press.blockId) &&
      (press.value === undefined || element["value"] === press.value),
  );
  const [only, ...others] = found;
  if (only === undefined) {
    const there = all.map(({ element }) => `${stringIn(element, "type")} ${stringIn(element, "action_id")}`).join(", ");
    throw new Error(`no component ${JSON.stringify(press)} here; available: ${there === "" ? "none" : there}`);
  }
  if (others.length > 0)
    throw new Error(`${found.length} components match ${JSON.stringify(press)}: name the block or value`);
  const { blockId, element } = only;
  const { type, action_id, text, value, style, confirm, placeholder } = element;
  const action = {
    type,
    action_id,
    block_id: blockId,
    action_ts: actionTs,
    ...(text === undefined ? {} : { text }),
    ...(value === undefined ? {} : { value }),
    ...(style === undefined ? {} : { style }),
    ...(confirm === undefined ? {} : { confirm }),
    ...(placeholder === undefined ? {} : { placeholder }),
    ...chosen(element, press.option),
  };
  return {
    action,
    confirm: typeof confirm === "object" && !isArray(confirm) && confirm !== null ? confirm : undefined,
  };
}

/** Every component in the blocks, with its block's id. */
export function allComponents(blocks: readonly JsonObject[]): readonly { blockId: string; element: JsonObject }[] {
  return blocks.flatMap((block) => {
    const own = interactiveElements(block).map((element) => ({ blockId: stringIn(block, "block_id") ?? "", element }));
    return [...own, ...allComponents(objectsIn(block, "child_blocks"))];
  });
}

/** The elements of a block that a person can press or fill in. */
function interactiveElements(block: JsonObject): readonly JsonObject[] {
  const { accessory, element } = block;
  return [...objectsIn({ one: [accessory ?? null, element ?? null] }, "one"), ...objectsIn(block, "elements")].filter(
    (part) => part["action_id"] !== undefined,
  );
}

/**
 * The fields of an element's current value, as they appear in `actions[]` and `state.values`.
 * @throws Error for input that the element does not accept
 */
export function chosen(element: JsonObject, choice: string | readonly string[] | undefined): JsonObject {
  const type = stringIn(element, "type") ?? "";
  const one = typeof choice === "string" ? choice : undefined;
  const many = choice === undefined ? undefined : typeof choice === "string" ? [choice] : choice;
  const field = single[type];
  if (field !== undefined) {
    if (one !== undefined && type === "plain_text_input") mayBeTyped(element, one);
    return { [field]: one ?? element[initial[type] ?? ""] ?? null };
  }
  if (many !== undefined && type.startsWith("multi_")) mayBeChosen(element, many);
  const pluralField = plural[type];
  if (pluralField !== undefined) return { [pluralField]: many ?? element[initial[type] ?? ""] ?? [] };
  if (["overflow", "static_select", "radio_buttons", "external_select"].includes(type)) {
    return { selected_option: one === undefined ? (element["initial_option"] ?? null) : option(element, one) };
  }
  if (["multi_static_select", "multi_external_select", "checkboxes"].includes(type)) {
    const options = many?.map((value) => option(element, value));
    return { selected_options: options ?? element["initial_options"] ?? [] };
  }
  return {};
}

/** Slack's maximum for inputs that declare none. */
const typedMax = 3000;

function mayBeTyped({ action_id, min_length = 0, max_length = typedMax }: JsonObject, text: string): void {
  if (text.length > Number(max_length) || (text !== "" && text.length < Number(min_length)))
    throw new Error(`${action_id} accepts ${min_length} to ${max_length} characters, not ${text.length}`);
}

/** A menu accepts no duplicate, and no more choices than it declares. */
function mayBeChosen({ action_id, max_selected_items }: JsonObject, choices: readonly string[]): void {
  if (new Set(choices).size < choices.length) throw new Error(`${action_id} does not accept the same choice twice`);
  if (max_selected_items !== undefined && choices.length > Number(max_selected_items))
    throw new Error(`${action_id} accepts at most ${max_selected_items} choices, not ${choices.length}`);
}

const single: Readonly<Record<string, string>> = {
  users_select: "selected_user",
  channels_select: "selected_channel",
  conversations_select: "selected_conversation",
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
  plain_text_input: "value",
  email_text_input: "value",
  url_text_input: "value",
  number_input: "value",
};

const plural: Readonly<Record<string, string>> = {
  multi_users_select: "selected_users",
  multi_channels_select: "selected_channels",
  multi_conversations_select: "selected_conversations",
};

const initial: Readonly<Record<string, string>> = {
  users_select: "initial_user",
  channels_select: "initial_channel",
  conversations_select: "initial_conversation",
  datepicker: "initial_date",
  timepicker: "initial_time",
  datetimepicker: "initial_date_time",
  plain_text_input: "initial_value",
  email_text_input: "initial_value",
  url_text_input: "initial_value",
  number_input: "initial_value",
  multi_users_select: "initial_users",
  multi_channels_select: "initial_channels",
  multi_conversations_select: "initial_conversations",
};

function option(element: JsonObject, value: string): Json {
  const groups = objectsIn(element, "option_groups").flatMap((group) => objectsIn(group, "options"));
  const options = [...objectsIn(element, "options"), ...groups];
  const found = options.find((one) => one["value"] === value);
  if (found !== undefined) return found;
  throw new Error(`no option ${value} here; available: ${options.map((one) => stringIn(one, "value")).join(", ")}`);
}
