/** The parts of Slack's markup that the bot writes; text from people is always escaped. */

/** Escapes Slack's three control characters; see "Formatting text for app surfaces", escaping. */
export function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

export function user(id: string): string {
  return `<@${id}>`;
}

/** Notifies the whole group, except in an answer to one person. */
export function userGroup(id: string): string {
  return `<!subteam^${id}>`;
}

export function channel(id: string): string {
  return `<#${id}>`;
}

/** Foreign text as code, without backticks and line breaks inside. */
export function code(text: string): string {
  return `\`${foreign(text)}\``;
}

/** Foreign text inside a sentence, or between existing backticks. */
export function foreign(text: string, max?: number): string {
  return escapeText(
    shortened(text, max)
      .replace(/[`\s]+/g, " ")
      .trim(),
  );
}

/** Text from people, cut to what a sentence can hold. @param max in characters, including the ellipsis */
export function shortened(text: string, max = 60): string {
  const characters = [...text];
  return characters.length > max ? `${characters.slice(0, max - 1).join("")}…` : text;
}

/**
 * Cuts text that Slack limits.
 * @param characters as they are written, `&` as `&amp;`
 * @param max of them together, with the ellipsis, in UTF-16 units, as Slack counts
 */
export function cut(characters: readonly string[], max: number): string {
  const whole = characters.join("");
  if (whole.length <= max) return whole;
  let shown = "";
  for (const character of characters) {
    if (shown.length + character.length >= max) break;
    shown += character;
  }
  return `${shown}…`;
}

/**
 * The beginning of markup, without a part of a character, an escaped character or a mention at its end.
 * @param max in UTF-16 units, as Slack counts
 */
export function beginningOf(markup: string, max: number): string {
  if (markup.length <= max) return markup;
  return markup.slice(0, max).replace(/(?:&[a-z]*|<[^<>]*|[\ud800-\udbff])$/, "");
}

/** Maximum numbers that a sentence names. */
const namedMax = 5;

/** Some numbers for a sentence, and how many more there are. @param join writes those that the sentence names */
export function someNumbers(
  subMchids: readonly string[],
  join = (named: readonly string[]) => named.map(code).join(" "),
): [named: string, more: number] {
  return [join(subMchids.slice(0, namedMax)), Math.max(0, subMchids.length - namedMax)];
}

export function link(url: string, label: string): string {
  return `<${url}|${label}>`;
}

/** A request's public number, as people write it. */
export function requestNumber(number: number): string {
  return `#${number}`;
}

/**
 * A time that each reader sees in their own time zone: the day, by its name if it is near, then the time.
 * @param at milliseconds since the epoch
 */
export function date(at: number, form: "day" | "day-and-time" | "time" | "ago" = "day-and-time"): string {
  const tokens = {
    day: "{date_short_pretty}",
    "day-and-time": "{date_short_pretty} {time}",
    time: "{time_secs}",
    ago: "{ago}",
  }[form];
  const fallback = `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  return `<!date^${Math.floor(at / 1_000)}^${tokens}|${fallback}>`;
}
