/** The few kinds of blocks that the bot builds its messages of. */
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

/** A message as every way of posting takes it; `text` is the whole of it in a sentence. */
export interface Message {
  text: string;
  blocks: KnownBlock[];
}

/** What one person alone is told. */
export interface Answer extends Message {
  /** It stands in the place of the answer that was clicked, and not below it. */
  replacesOriginal?: boolean;
}

/** Markup that we wrote; `verbatim` keeps Slack from finding links and mentions in it that we did not write. */
export function section(text: string): SectionBlock {
  return { type: "section", text: { type: "mrkdwn", text, verbatim: true } };
}

/** An answer of one or more lines to one person, in as many sections as their limit of 3,000 characters makes of it. */
export function privateMessage(text: string): Message {
  const parts = [""];
  for (const line of text.split("\n")) {
    const last = parts.at(-1) ?? "";
    if (last !== "" && last.length + line.length >= sectionMax) parts.push(line);
    else parts[parts.length - 1] = last === "" ? line : `${last}\n${line}`;
  }
  return { text: text.slice(0, textMax), blocks: parts.slice(0, blocksMax).map(section) };
}

/** See "Block Kit", limits of a section's text and of a message. */
const sectionMax = 3_000;
const textMax = 3_900;
const blocksMax = 4;

/** Small print. */
export function context(text: string): ContextBlock {
  return { type: "context", elements: [{ type: "mrkdwn", text, verbatim: true }] };
}

/** For words that stand within a line elsewhere, and here begin one. */
export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A person's own words, shown as they were typed: no markup, no mention and no link is found in them. */
export function quote(text: string): RichTextBlock {
  return { type: "rich_text", elements: [{ type: "rich_text_quote", elements: [{ type: "text", text }] }] };
}

export function buttons(blockId: string, elements: ActionsBlock["elements"]): ActionsBlock {
  return { type: "actions", block_id: blockId, elements };
}

export function plain(text: string): PlainTextElement {
  return { type: "plain_text", text, emoji: false };
}

/** What a button asks before it does what cannot be undone by pressing another. */
export function confirmation(
  texts: Texts,
  { title, text, confirm }: { title: string; text: string; confirm: string },
): ConfirmationDialog {
  return { title: plain(title), text: plain(text), confirm: plain(confirm), deny: plain(texts.button.cancel) };
}
