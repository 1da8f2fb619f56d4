/** Block Kit's rich text elements with their limits (slack-rules.md 4.3). */
import { among, bool, int, list, matching, object, rich, type Shape, str } from "./schema.ts";

const webUrl = matching(/^https?:\/\//, 3000);
const user = matching(/^[UW][A-Z0-9]+$/, 255);
const conversation = matching(/^[CDGUW][A-Z0-9]+$/, 255);

const style = object({
  properties: { bold: bool, italic: bool, strike: bool, code: bool, underline: bool },
});
const mentionStyle = object({
  properties: { bold: bool, italic: bool, strike: bool, highlight: bool, client_highlight: bool, unlink: bool },
});
const inline = rich("text", "link", "user", "usergroup", "channel", "emoji", "broadcast", "date", "color", "team");
const bordered = { border: int(0, 1) } as const;

export const richTextParts = rich("rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted");

export const richElements: Readonly<Record<string, Shape>> = {
  rich_text_section: { properties: { elements: list(inline, 0, 1000) }, required: ["elements"] },
  rich_text_list: {
    properties: {
      style: among("bullet", "ordered"),
      elements: list(rich("rich_text_section"), 0, 1000),
      indent: int(0, 8),
      offset: int(0, Number.MAX_SAFE_INTEGER),
      ...bordered,
    },
    required: ["style", "elements"],
  },
  rich_text_quote: { properties: { elements: list(inline, 0, 1000), ...bordered }, required: ["elements"] },
  rich_text_preformatted: {
    properties: { elements: list(rich("text", "link"), 0, 1000), ...bordered, language: str(255) },
    required: ["elements"],
  },
  text: { properties: { text: str(3000), style }, required: ["text"] },
  link: { properties: { url: str(3000), text: str(3000), style, unsafe: bool }, required: ["url"] },
  user: { properties: { user_id: user, style: mentionStyle }, required: ["user_id"] },
  usergroup: {
    properties: { usergroup_id: matching(/^S[A-Z0-9]+$/, 255), style: mentionStyle },
    required: ["usergroup_id"],
  },
  channel: { properties: { channel_id: conversation, style: mentionStyle }, required: ["channel_id"] },
  emoji: { properties: { name: str(255), unicode: str(255), style }, required: ["name"] },
  broadcast: { properties: { range: among("here", "channel", "everyone"), style }, required: ["range"] },
  date: {
    properties: {
      timestamp: int(0, Number.MAX_SAFE_INTEGER),
      format: str(255),
      url: webUrl,
      fallback: str(255),
      style,
    },
    required: ["timestamp", "format"],
  },
  color: { properties: { value: matching(/^#[0-9a-fA-F]{6}$/, 7), style }, required: ["value"] },
  team: { properties: { team_id: str(255), style: mentionStyle }, required: ["team_id"] },
};
