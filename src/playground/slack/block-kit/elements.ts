/** Block Kit's composition objects, elements and rich text parts with their limits (slack-rules.md 4.2, 4.4). */
import {
  among,
  anything,
  bool,
  int,
  list,
  matching,
  num,
  object,
  plain,
  type Schema,
  type Shape,
  set,
  str,
  text,
} from "./schema.ts";

const webUrl = matching(/^https?:\/\//, 3000);
const emptyOr = (max: number): Schema => str(max, 0);
const user = matching(/^[UW][A-Z0-9]+$/, 255);
const channel = matching(/^[CG][A-Z0-9]+$/, 255);
const conversation = matching(/^[CDGUW][A-Z0-9]+$/, 255);

export const slackFile = object({
  properties: { id: str(255), url: webUrl },
  oneOf: [["id", "url"]],
});

/** The documentation requires four plain texts; the SDK's types also allow mrkdwn for one of them. */
const confirm = object({
  properties: {
    title: plain(100),
    text: plain(300),
    confirm: plain(30),
    deny: plain(30),
    style: among("primary", "danger"),
  },
  required: ["title", "text", "confirm", "deny"],
});

const option = object({
  properties: { text: plain(75), value: str(150), description: plain(75) },
  required: ["text", "value"],
});
const overflowOption = object({
  properties: { text: plain(75), value: str(150), description: plain(75), url: webUrl },
  required: ["text", "value"],
});
const markedOption = object({
  properties: { text: text(75), value: str(150), description: text(75) },
  required: ["text", "value"],
});
const optionGroup = object({
  properties: { label: plain(75), options: list(option, 1, 100) },
  required: ["label", "options"],
});
const filter = object({
  properties: {
    include: set(among("im", "mpim", "private", "public"), 1, 4),
    exclude_external_shared_channels: bool,
    exclude_bot_users: bool,
  },
  anyOf: [["include", "exclude_external_shared_channels", "exclude_bot_users"]],
});
const dispatchConfig = object({
  properties: { trigger_actions_on: set(among("on_enter_pressed", "on_character_entered"), 1, 2) },
  required: ["trigger_actions_on"],
});

const interactive = { action_id: str(255) } as const;
const focusable = { ...interactive, focus_on_load: bool } as const;
const menu = { ...focusable, confirm, placeholder: plain(150) } as const;
const choices = { options: list(option, 1, 100), option_groups: list(optionGroup, 1, 100) } as const;
const several = { max_selected_items: int(1, Number.MAX_SAFE_INTEGER) } as const;
const typed = { ...focusable, placeholder: plain(150), dispatch_action_config: dispatchConfig } as const;

export const elements: Readonly<Record<string, Shape>> = {
  button: {
    properties: {
      ...interactive,
      text: plain(75),
      url: webUrl,
      value: str(2000),
      style: among("primary", "danger"),
      confirm,
      accessibility_label: str(75),
    },
    required: ["text"],
  },
  overflow: { properties: { ...interactive, options: list(overflowOption, 1, 5), confirm }, required: ["options"] },
  static_select: {
    properties: { ...menu, ...choices, initial_option: option },
    oneOf: [["options", "option_groups"]],
  },
  multi_static_select: {
    properties: { ...menu, ...choices, ...several, initial_options: list(option, 1, 100) },
    oneOf: [["options", "option_groups"]],
  },
  external_select: { properties: { ...menu, min_query_length: int(0, 1000), initial_option: option } },
  multi_external_select: {
    properties: { ...menu, ...several, min_query_length: int(0, 1000), initial_options: list(option, 1, 100) },
  },
  users_select: { properties: { ...menu, initial_user: user } },
  multi_users_select: { properties: { ...menu, ...several, initial_users: set(user, 1, 1000) } },
  channels_select: { properties: { ...menu, initial_channel: channel, response_url_enabled: bool } },
  multi_channels_select: { properties: { ...menu, ...several, initial_channels: set(channel, 1, 1000) } },
  conversations_select: {
    properties: {
      ...menu,
      initial_conversation: conversation,
      default_to_current_conversation: bool,
      response_url_enabled: bool,
      filter,
    },
  },
  multi_conversations_select: {
    properties: {
      ...menu,
      ...several,
      initial_conversations: set(conversation, 1, 1000),
      default_to_current_conversation: bool,
      filter,
    },
  },
  checkboxes: {
    properties: {
      ...focusable,
      options: list(markedOption, 1, 10),
      initial_options: list(markedOption, 1, 10),
      confirm,
    },
    required: ["options"],
  },
  radio_buttons: {
    properties: { ...focusable, options: list(markedOption, 1, 10), initial_option: markedOption, confirm },
    required: ["options"],
  },
  plain_text_input: {
    properties: {
      ...typed,
      initial_value: emptyOr(3000),
      multiline: bool,
      min_length: int(0, 3000),
      max_length: int(1, 3000),
    },
  },
  email_text_input: { properties: { ...typed, initial_value: emptyOr(3000) }, surfaces: ["modal"] },
  url_text_input: { properties: { ...typed, initial_value: emptyOr(3000) }, surfaces: ["modal"] },
  number_input: {
    properties: {
      ...typed,
      is_decimal_allowed: bool,
      initial_value: str(255),
      min_value: str(255),
      max_value: str(255),
    },
    required: ["is_decimal_allowed"],
    surfaces: ["modal"],
  },
  rich_text_input: {
    properties: { ...typed, initial_value: anything, min_lines: int(1, 100), max_lines: int(1, 100) },
  },
  datepicker: { properties: { ...menu, initial_date: matching(/^\d{4}-\d{2}-\d{2}$/, 10) } },
  timepicker: { properties: { ...menu, initial_time: matching(/^\d{2}:\d{2}$/, 5), timezone: str(255) } },
  datetimepicker: { properties: { ...focusable, confirm, initial_date_time: int(1_000_000_000, 9_999_999_999) } },
  file_input: {
    properties: { ...interactive, filetypes: list(matching(/^[^.]/, 50), 1, 100), max_files: int(1, 10) },
    surfaces: ["modal"],
  },
  image: {
    properties: { image_url: webUrl, slack_file: slackFile, alt_text: str(2000) },
    required: ["alt_text"],
    oneOf: [["image_url", "slack_file"]],
  },
  workflow_button: {
    properties: {
      ...interactive,
      text: plain(75),
      workflow: anything,
      style: among("primary", "danger"),
      accessibility_label: str(75),
    },
    required: ["text", "workflow"],
  },
  feedback_buttons: {
    properties: { ...interactive, positive_button: anything, negative_button: anything },
    required: ["positive_button", "negative_button"],
  },
  icon_button: {
    properties: {
      ...interactive,
      icon: among("trash"),
      text: plain(75),
      value: str(2000),
      confirm,
      accessibility_label: str(75),
      visible_to_user_ids: list(user, 1, 1000),
    },
    required: ["icon", "text"],
  },
  url: { properties: { url: webUrl, text: str(255) }, required: ["url", "text"] },
  raw_text: { properties: { text: emptyOr(10_000) }, required: ["text"] },
  raw_number: { properties: { value: num, text: str(255) }, required: ["value", "text"] },
};
