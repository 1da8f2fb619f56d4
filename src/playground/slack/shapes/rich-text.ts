/** The block that Slack's clients send beside the text of a person's message, with mentions as elements. */
import { createHash } from "node:crypto";
import type { JsonObject } from "../json.ts";

/** The block of one message. Bold, lists and other styles, which people rarely type, stay text. */
export function richText(text: string): JsonObject {
  const elements: JsonObject[] = [];
  let at = 0;
  const addText = (until: number): void => {
    const plain = unescaped(text.slice(at, until));
    if (plain !== "") elements.push({ type: "text", text: plain });
  };
  for (const { 0: whole, 1: inner = "", index } of text.matchAll(/<([^<>]+)>/g)) {
    addText(index);
    elements.push(element(inner));
    at = index + whole.length;
  }
  addText(text.length);
  return {
    type: "rich_text",
    block_id: createHash("sha256").update(text).digest("base64url").slice(0, 5),
    elements: [{ type: "rich_text_section", elements }],
  };
}

/** @param inner what stands between `<` and `>` */
function element(inner: string): JsonObject {
  const [target = "", label] = inner.split("|");
  if (target.startsWith("@")) return { type: "user", user_id: target.slice(1) };
  if (target.startsWith("#")) return { type: "channel", channel_id: target.slice(1) };
  if (target.startsWith("!subteam^")) return { type: "usergroup", usergroup_id: target.slice("!subteam^".length) };
  if (target.startsWith("!")) return { type: "broadcast", range: target.slice(1) };
  const url = unescaped(target);
  return { type: "link", url, ...(label === undefined ? {} : { text: unescaped(label) }) };
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
