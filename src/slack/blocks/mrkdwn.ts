/** The pieces of Slack's markup that the bot writes; text from people never goes in unescaped. */

/** Escapes the three characters that mean something to Slack; see "Formatting text for app surfaces", escaping. */
function escapeText(text: string): string {
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

/** Foreign text between code marks: it has none of them inside, and no line break. */
export function code(text: string): string {
  return `\`${foreign(text)}\``;
}

/** Foreign text inside a sentence or between code marks that stand there already. */
export function foreign(text: string): string {
  const max = 60;
  const short = text.length > max ? `${[...text].slice(0, max).join("")}…` : text;
  return escapeText(short.replace(/[`\s]+/g, " ").trim());
}

export function link(url: string, label: string): string {
  return `<${url}|${label}>`;
}

/**
 * A time that each reader sees in their own zone: the day by its name where that is near, then the time.
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
