/** The few kinds of blocks that the bot builds its messages from. */
import type {
  ActionsBlock,
  ConfirmationDialog,
  ContextBlock,
  KnownBlock,
  PlainTextElement,
  RichTextBlock,
  SectionBlock,
} from "@slack/types";
import type { Texts } from "../../text/en/catalogue.ts";
import { beginningOf } from "./mrkdwn.ts";

/** A message that can be posted in any way; `text` is its content in one sentence. */
export interface Message {
  text: string;
  blocks: KnownBlock[];
}

/** A message that only one person sees. */
export interface Answer extends Message {
  /** Replaces the answer that was clicked instead of appearing below it. */
  replacesOriginal?: boolean;
}

/** Our own markup; `verbatim` keeps Slack from finding links and mentions in it that we did not write. */
export function section(text: string): SectionBlock {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

/** Lines for one person, in as many sections as Slack's limit of 3,000 characters requires. */
export function privateMessage(text: string): Message {
  const parts = [""];
  for (const line of text.split("\n")) {
    const last = parts.at(-1) ?? "";
    if (last !== "" && last.length + line.length >= sectionMax) parts.push(line);
    else parts[parts.length - 1] = last === "" ? line : `${last}\n${line}`;
  }
  return { text: beginningOf(text, textMax), blocks: parts.slice(0, blocksMax).map(section) };
}

/** See "Block Kit": limits for a section's text and for a message. */
const sectionMax = 3_000;
const textMax = 3_900;
const blocksMax = 4;

/** Small print. */
export function context(text: string): ContextBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text, verbatim: true }] };
}

/** For words that begin a line here but are inside a line elsewhere. */
export function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A person's own words, shown as typed: Slack finds no markup, mention or link in them. */
export function quote(text: string): RichTextBlock {
  return { type: "rich_text", elements: [{ type: "rich_text_quote", elements: [{ type: "text", text }] }] };
}

export function buttons(blockId: string, elements: ActionsBlock["elements"]): ActionsBlock {
  return { type: "actions", block_id: blockId, elements };
}

export function plain(text: string): PlainTextElement {
  return { type: "plain_text", text, emoji: false };
}

/** The question that a button asks before an action that no other button can undo. */
export function confirmation(
  texts: Texts,
  { title, text, confirm }: { title: string; text: string; confirm: string },
): ConfirmationDialog {
  return { title: plain(title), text: plain(text), confirm: plain(confirm), deny: plain(texts.button.cancel) };
}
