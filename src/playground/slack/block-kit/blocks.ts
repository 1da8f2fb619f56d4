/** Block Kit's blocks and views, with their limits and the surfaces they can appear on (slack-rules.md 4.1, 4.3). */
import { slackFile } from "./elements.ts";
import { richTextParts } from "./rich-text.ts";
import {
  among,
  anything,
  block,
  bool,
  element,
  list,
  matching,
  object,
  orNull,
  plain,
  type Schema,
  type Shape,
  type Surface,
  str,
  text,
} from "./schema.ts";

const webUrl = matching(/^https?:\/\//, 3000);
const messageOnly: readonly Surface[] = ["message"];
const notInModals: readonly Surface[] = ["message", "home"];

const menus = [
  "static_select",
  "external_select",
  "users_select",
  "conversations_select",
  "channels_select",
  "multi_static_select",
  "multi_external_select",
  "multi_users_select",
  "multi_conversations_select",
  "multi_channels_select",
] as const;
const pickers = ["checkboxes", "radio_buttons", "datepicker", "timepicker"] as const;
const inputs = [
  "plain_text_input",
  "email_text_input",
  "url_text_input",
  "number_input",
  "rich_text_input",
  "file_input",
] as const;

const imageProperties = { image_url: webUrl, slack_file: slackFile, alt_text: str(2000), title: plain(2000) } as const;
const cardText = (max: number): Schema => text(max);
const richText = block("rich_text");
const cell = element("raw_text", "raw_number");

export const blocks: Readonly<Record<string, Shape>> = {
  section: {
    properties: {
      text: text(3000),
      fields: list(text(2000), 1, 10),
      accessory: element("button", "overflow", ...menus, ...pickers, "image", "workflow_button"),
      expand: bool,
    },
    anyOf: [["text", "fields"]],
  },
  header: { properties: { text: plain(150) }, required: ["text"] },
  divider: { properties: {} },
  image: { properties: imageProperties, required: ["alt_text"], oneOf: [["image_url", "slack_file"]] },
  context: { properties: { elements: list(element("image", "plain_text", "mrkdwn"), 1, 10) }, required: ["elements"] },
  actions: {
    properties: {
      elements: list(
        element("button", "overflow", ...menus, ...pickers, "datetimepicker", "workflow_button", "rich_text_input"),
        1,
        25,
      ),
    },
    required: ["elements"],
  },
  input: {
    properties: {
      label: plain(2000),
      element: element(...inputs, ...menus, ...pickers, "datetimepicker"),
      hint: plain(2000),
      optional: bool,
      dispatch_action: bool,
    },
    required: ["label", "element"],
  },
  rich_text: { properties: { elements: list(richTextParts, 1, 1000) }, required: ["elements"] },
  markdown: { properties: { text: str(12_000) }, required: ["text"], surfaces: messageOnly },
  table: {
    properties: {
      // Cells are raw_text elements or rich_text blocks; validate.ts tries both tables.
      rows: list(list(element("raw_text", "rich_text"), 1, 20), 1, 100),
      column_settings: list(
        orNull(object({ properties: { align: among("left", "center", "right"), is_wrapped: bool } })),
        1,
        20,
      ),
    },
    required: ["rows"],
    surfaces: notInModals,
  },
  data_table: {
    properties: { caption: str(3000), rows: list(list(cell, 1, 20), 2, 201) },
    required: ["caption", "rows"],
    surfaces: notInModals,
  },
  data_visualization: {
    properties: { title: str(50), chart: anything },
    required: ["title", "chart"],
    surfaces: messageOnly,
  },
  alert: {
    properties: { text: text(200), level: among("default", "info", "warning", "error", "success") },
    required: ["text"],
    surfaces: ["modal"],
  },
  card: {
    properties: {
      hero_image: element("image"),
      icon: element("image"),
      title: cardText(150),
      subtitle: cardText(150),
      body: cardText(200),
      subtext: cardText(200),
      actions: list(element("button"), 1, 3),
    },
    anyOf: [["hero_image", "title", "actions", "body"]],
  },
  carousel: { properties: { elements: list(block("card"), 1, 10) }, required: ["elements"], surfaces: messageOnly },
  container: {
    properties: {
      child_blocks: list(
        block("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "table", "video"),
        1,
        10,
      ),
      title: plain(150),
      rich_text_title: richText,
      subtitle: plain(150),
      width: among("narrow", "standard", "wide", "full"),
    },
    required: ["child_blocks"],
    surfaces: notInModals,
  },
  context_actions: {
    properties: { elements: list(element("feedback_buttons", "icon_button"), 1, 5) },
    required: ["elements"],
    surfaces: messageOnly,
  },
  task_card: {
    properties: {
      task_id: str(255),
      title: str(255),
      status: among("pending", "in_progress", "complete", "error"),
      details: richText,
      output: richText,
      sources: list(element("url"), 1, 50),
    },
    required: ["task_id", "title"],
    surfaces: messageOnly,
  },
  plan: {
    properties: { title: str(255), tasks: list(block("task_card"), 1, 50) },
    required: ["title"],
    surfaces: messageOnly,
  },
  video: {
    properties: {
      alt_text: str(2000),
      author_name: str(49),
      description: plain(200),
      provider_icon_url: webUrl,
      provider_name: str(255),
      title: plain(199),
      title_url: matching(/^https:\/\//, 3000),
      thumbnail_url: matching(/^https:\/\//, 3000),
      video_url: matching(/^https:\/\//, 3000),
    },
    required: ["alt_text", "title", "thumbnail_url", "video_url"],
  },
};

/** The blocks that an app can send; only Slack creates `file` and `call` blocks. */
const everyBlock = block(...Object.keys(blocks));

export const messageBlocks: Schema = list(everyBlock, 0, 50);

const viewCommon = {
  blocks: list(everyBlock, 1, 100),
  private_metadata: str(3000, 0),
  callback_id: str(255, 0),
  external_id: str(255, 0),
} as const;

export const views: Readonly<Record<"modal" | "home", Shape>> = {
  modal: {
    properties: {
      ...viewCommon,
      title: plain(24),
      submit: orNull(plain(24)),
      close: orNull(plain(24)),
      clear_on_close: bool,
      notify_on_close: bool,
      submit_disabled: bool,
    },
    required: ["title", "blocks"],
  },
  home: { properties: viewCommon, required: ["blocks"] },
};
