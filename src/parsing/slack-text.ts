/** Converts text that Slack wrapped and escaped back to the text that the person typed. */
import { withoutControls } from "./plain-text.ts";

/**
 * Returns the typed text: mentions, channels, links and phone numbers lose their `<…>`, and entities are decoded once.
 */
export function typedText(text: string): string {
  // Most words are plain, and commands ask about each several times.
  if (plain.test(text)) return text.trim();
  return withoutControls(
    decodeEntities(text.replace(/<([^<>]*)>/g, (_, inside: string) => typedInside(inside))),
  ).trim();
}

/** ASCII that can be seen, without what Slack wraps or escapes. */
const plain = /^[\n\t !-%'-;=?-~]*$/;

/** The user that a word mentions: `<@U123>` and `<@U123|name>` (IDs in organizations begin with W). */
export function mentionedUser(word: string): string | undefined {
  return /^<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>$/.exec(word.trim())?.[1];
}

/** The user group that a word mentions: `<!subteam^S123>` and `<!subteam^S123|@name>`. */
export function mentionedGroup(word: string): string | undefined {
  return /^<!subteam\^(S[A-Z0-9]+)(?:\|[^<>]*)?>$/.exec(word.trim())?.[1];
}

/** See "should_escape" in Slack's documentation of commands for the contents. */
function typedInside(inside: string): string {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? undefined : inside.slice(bar + 1);
  switch (target[0]) {
    case "@":
      return `@${label ?? target.slice(1)}`;
    case "#":
      return `#${label || target.slice(1)}`;
    case "!":
      return special(target.slice(1), label);
  }
  if (label === undefined) return target;
  // Slack itself creates links only from typed domains, addresses and phone numbers. Any other label is shown next to
  // its target, so that a word cannot hide a link.
  const bare = target.replace(/^(?:https?:\/\/|mailto:)/, "");
  const isWhatWasTyped = target.startsWith("tel:") || [target, bare, bare.replace(/\/$/, "")].includes(label);
  return isWhatWasTyped ? label : `<${target}|${label}>`;
}

/** `<!here>`, `<!channel>`, `<!subteam^S123|@team>` and the like. */
function special(name: string, label: string | undefined): string {
  const typed = label ?? name.replace(/^subteam\^/, "");
  return typed.startsWith("@") ? typed : `@${typed}`;
}

function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt);/g, (_, name: "amp" | "lt" | "gt") => ({ amp: "&", lt: "<", gt: ">" })[name]);
}
