/** Reads a message's content in any format that Slack accepts, and refuses what Slack refuses. */
import { blockProblems, problemLine } from "../block-kit/validate.ts";
import { flagIn, isArray, isObject, type Json, type JsonObject, parseJson, stringIn } from "../json.ts";
import { Refusal } from "../refusal.ts";
import type { Content } from "../state.ts";
import { storedBlocks } from "./stored-blocks.ts";

export type ContentRules = {
  /** Refuse `text` longer than the recommended 4,000 characters even where Slack still accepts it. */
  readonly strictText: boolean;
  /** Maximum length of all blocks as JSON, in characters; undocumented, measured by others. */
  readonly blocksMax: number;
  warn(text: string): void;
};

const textAdvisedMax = 4000;
const textTruncatedAt = 40_000;
const markdownMax = 12_000;
const metadataMax = 16_000;

/** Content as given. `undefined` if the argument was omitted. */
export type GivenContent = {
  readonly text: string | undefined;
  readonly blocks: readonly JsonObject[] | undefined;
  readonly attachments: readonly JsonObject[] | undefined;
  readonly linkNames: boolean;
  readonly parse: string;
  readonly metadata?: JsonObject;
};

/** @throws Refusal with Slack's code for each invalid argument */
export function readContent(args: JsonObject, rules: ContentRules): GivenContent {
  const markdown = stringIn(args, "markdown_text");
  const blocks = readBlocks(args["blocks"], rules);
  const attachments = readAttachments(args["attachments"]);
  const text = readText(args["text"], rules);
  if (markdown !== undefined) {
    if (text !== undefined || blocks !== undefined) throw new Refusal("markdown_text_conflict");
    if (markdown.length > markdownMax) throw new Refusal("msg_too_long");
  }
  const metadata = readMetadata(args["metadata"]);
  return {
    text: text ?? markdown,
    blocks,
    attachments,
    linkNames: flagIn(args, "link_names") === true,
    parse: stringIn(args, "parse") ?? "default",
    ...(metadata === undefined ? {} : { metadata }),
  };
}

/**
 * The content of a new message.
 * @throws Refusal `no_text` if it is empty
 */
export function newContent(given: GivenContent, rules: ContentRules): Content {
  const text = given.text ?? "";
  const blocks = given.blocks ?? [];
  const attachments = given.attachments ?? [];
  if (text.trim() === "" && blocks.length === 0 && attachments.length === 0) throw new Refusal("no_text");
  if (text.trim() === "") rules.warn("blocks without `text`: notifications and screen readers have no content");
  const { linkNames, parse, metadata } = given;
  return { text, blocks, attachments, linkNames, parse, ...(metadata === undefined ? {} : { metadata }) };
}

/**
 * The content after an update: `text` without `blocks` removes the blocks, and attachments stay unless replaced.
 * @throws Refusal `no_text` if nothing would remain, `block_mismatch` if other blocks would replace rich text
 */
export function updatedContent(old: Content, given: GivenContent, rules: ContentRules): Content {
  const nothing = given.text === undefined && given.blocks === undefined && given.attachments === undefined;
  if (nothing) throw new Refusal("no_text");
  const isRich = (block: JsonObject): boolean => block["type"] === "rich_text";
  if (given.blocks !== undefined && given.blocks.length > 0 && old.blocks.some(isRich) && !given.blocks.some(isRich)) {
    throw new Refusal("block_mismatch");
  }
  const blocks = given.blocks ?? (given.text === undefined ? old.blocks : []);
  const text = given.text ?? (given.blocks === undefined ? old.text : "");
  return newContent({ ...given, text, blocks, attachments: given.attachments ?? old.attachments }, rules);
}

function readText(value: Json | undefined, rules: ContentRules): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string")
    throw new Refusal("invalid_arguments", errorLines(["must provide a string [json-pointer:/text]"]));
  if (rules.strictText && value.length > textAdvisedMax) throw new Refusal("msg_too_long");
  if (value.length > textTruncatedAt) {
    rules.warn("message_truncated");
    return value.slice(0, textTruncatedAt);
  }
  return value;
}

function readBlocks(value: Json | undefined, rules: ContentRules): readonly JsonObject[] | undefined {
  if (value === undefined || value === null) return undefined;
  const blocks = typeof value === "string" ? parseJson(value) : value;
  if (!isArray(blocks)) throw new Refusal("invalid_blocks_format");
  const lines = blockProblems(blocks).map(problemLine);
  const tables = blocks.filter((block) => isObject(block) && block["type"] === "table");
  if (lines.length === 0 && tables.length > 1) {
    throw new Refusal("invalid_attachments", errorLines(["only_one_table_allowed"]));
  }
  if (lines.length > 0) throw new Refusal("invalid_blocks", { errors: lines, ...errorLines(lines) });
  if (JSON.stringify(blocks).length > rules.blocksMax) throw new Refusal("msg_blocks_too_long");
  if (hasLooseMrkdwn(blocks)) rules.warn("mrkdwn without `verbatim:true`: bare @here and URLs in it become active");
  return storedBlocks(blocks.filter(isObject));
}

function readAttachments(value: Json | undefined): readonly JsonObject[] | undefined {
  if (value === undefined || value === null) return undefined;
  const attachments = typeof value === "string" ? parseJson(value) : value;
  if (!isArray(attachments)) throw new Refusal("invalid_attachments");
  if (attachments.length > 100) throw new Refusal("too_many_attachments");
  if (!attachments.every(isObject)) throw new Refusal("invalid_attachments");
  for (const attachment of attachments) {
    const lines = attachment["blocks"] === undefined ? [] : blockProblems(attachment["blocks"]).map(problemLine);
    if (lines.length > 0) throw new Refusal("invalid_attachments", { errors: lines, ...errorLines(lines) });
  }
  return attachments.map((attachment) =>
    isArray(attachment["blocks"])
      ? { ...attachment, blocks: storedBlocks(attachment["blocks"].filter(isObject)) }
      : attachment,
  );
}

function readMetadata(value: Json | undefined): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  const metadata = typeof value === "string" ? parseJson(value) : value;
  const named = isObject(metadata) && typeof metadata["event_type"] === "string";
  if (!isObject(metadata) || !named || !isObject(metadata["event_payload"]))
    throw new Refusal("invalid_metadata_format");
  if (JSON.stringify(metadata).length > metadataMax) throw new Refusal("metadata_too_large");
  return metadata;
}

function hasLooseMrkdwn(value: Json): boolean {
  if (isArray(value)) return value.some(hasLooseMrkdwn);
  if (!isObject(value)) return false;
  if (value["type"] === "mrkdwn") return value["verbatim"] !== true;
  return Object.values(value).some((inner) => inner !== undefined && hasLooseMrkdwn(inner));
}

/** Slack's readable explanations, sent with an error code. */
export function errorLines(lines: readonly string[]): JsonObject {
  return { response_metadata: { messages: lines.map((line) => `[ERROR] ${line}`) } };
}
