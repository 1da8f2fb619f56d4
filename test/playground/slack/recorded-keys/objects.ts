/**
 * The recorded keys of Slack's objects. Sources: slackapi/java-slack-sdk (`json-logs/samples`, and `realPayload` in
 * `bolt/src/test`) and slackapi/bolt-python (`tests`), of which only the keys that this project meets are noted.
 */
import { either, type Shape } from "./shape.ts";

export const text = { type: "string", text: "string", "emoji?": "boolean", "verbatim?": "boolean" } satisfies Shape;
const option = { text, value: "string", "description?": text, "url?": "string" } satisfies Shape;
export const confirm = { title: text, text, confirm: text, deny: text, "style?": "string" } satisfies Shape;
const measures = {
  "fallback?": "string",
  "image_width?": "number",
  "image_height?": "number",
  "image_bytes?": "number",
} satisfies Shape;

const element: Shape = {
  type: "string",
  "action_id?": "string",
  "text?": text,
  "value?": "string",
  "style?": "string",
  "url?": "string",
  "accessibility_label?": "string",
  "confirm?": confirm,
  "placeholder?": text,
  "options?": [option],
  "initial_option?": option,
  "initial_options?": [option],
  "initial_user?": "string",
  "initial_value?": "string",
  "max_selected_items?": "number",
  "multiline?": "boolean",
  "min_length?": "number",
  "max_length?": "number",
  "max_files?": "number",
  "filetypes?": ["string"],
  "focus_on_load?": "boolean",
  "dispatch_action_config?": { trigger_actions_on: ["string"] },
  "image_url?": "string",
  "alt_text?": "string",
  ...measures,
};
const inline: Shape = {
  type: "string",
  "text?": "string",
  "user_id?": "string",
  "usergroup_id?": "string",
  "channel_id?": "string",
  "range?": "string",
  "url?": "string",
  "style?": "object",
};

const block: Shape = {
  type: "string",
  block_id: "string",
  "text?": text,
  "fields?": [text],
  "accessory?": element,
  "elements?": [either(element, text, { type: "string", elements: [inline], "border?": "number" })],
  "label?": text,
  "hint?": text,
  "element?": element,
  "optional?": "boolean",
  "dispatch_action?": "boolean",
  "title?": text,
  "image_url?": "string",
  "alt_text?": "string",
  ...measures,
};

const share: Shape = {
  reply_users: ["string"],
  reply_users_count: "number",
  reply_count: "number",
  ts: "string",
  channel_name: "string",
  team_id: "string",
  share_user_id: "string",
  source: "string",
  "thread_ts?": "string",
  "latest_reply?": "string",
};

export const file: Shape = {
  id: "string",
  created: "number",
  timestamp: "number",
  name: "string",
  title: "string",
  mimetype: "string",
  filetype: "string",
  pretty_type: "string",
  user: "string",
  user_team: "string",
  editable: "boolean",
  size: "number",
  mode: "string",
  is_external: "boolean",
  external_type: "string",
  is_public: "boolean",
  public_url_shared: "boolean",
  display_as_bot: "boolean",
  username: "string",
  url_private: "string",
  url_private_download: "string",
  permalink: "string",
  permalink_public: "string",
  comments_count: "number",
  is_starred: "boolean",
  shares: { "public?": { "*": [share] }, "private?": { "*": [share] } },
  channels: ["string"],
  groups: ["string"],
  ims: ["string"],
  has_more_shares: "boolean",
  has_rich_preview: "boolean",
  file_access: "string",
};

/** A message without its time and its thread, as the answer to an update has it. */
export const content = {
  type: "string",
  user: "string",
  text: "string",
  "team?": "string",
  "client_msg_id?": "string",
  "bot_id?": "string",
  "app_id?": "string",
  "bot_profile?": {
    id: "string",
    app_id: "string",
    name: "string",
    deleted: "boolean",
    updated: "number",
    team_id: "string",
    icons: { image_36: "string", image_48: "string", image_72: "string" },
  },
  "blocks?": [block],
  "metadata?": { event_type: "string", event_payload: "object" },
  "edited?": { user: "string", ts: "string" },
  "files?": [file],
} satisfies Shape;

export const message = {
  ...content,
  ts: "string",
  "thread_ts?": "string",
  "parent_user_id?": "string",
  "reply_count?": "number",
  "reply_users_count?": "number",
  "reply_users?": ["string"],
  "latest_reply?": "string",
} satisfies Shape;

/** The current value of an element, in `state.values` and in `actions[]`. */
export const chosen = {
  "value?": "string",
  "selected_option?": option,
  "selected_options?": [option],
  "selected_user?": "string",
  "files?": [file],
} satisfies Shape;

export const state: Shape = { values: { "*": { "*": { type: "string", ...chosen } } } };

export const view = {
  id: "string",
  team_id: "string",
  type: "string",
  blocks: [block],
  private_metadata: "string",
  callback_id: "string",
  external_id: "string",
  title: text,
  "close?": text,
  "submit?": text,
  "submit_disabled?": "boolean",
  state,
  hash: "string",
  clear_on_close: "boolean",
  notify_on_close: "boolean",
  root_view_id: "string",
  "previous_view_id?": "string",
  app_id: "string",
  app_installed_team_id: "string",
  bot_id: "string",
} satisfies Shape;
