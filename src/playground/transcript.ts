/** Prints a message of the local Slack for a terminal: the text that a person reads, without markup. */
import type { JsonObject } from "./slack/json.ts";
import type { LocalSlack } from "./slack/server.ts";
import type { Message } from "./slack/state.ts";

type Names = LocalSlack["state"];

/** The blocks line by line, with buttons in brackets, or the text if there are no blocks. */
export function linesOf(message: Pick<Message, "blocks" | "text">, names: Names): string[] {
  if (message.blocks.length === 0) return readable(message.text, names).split("\n");
  return message.blocks.flatMap((block) => blockLines(block, names)).filter((line) => line !== "");
}

function blockLines(block: JsonObject, names: Names): string[] {
  switch (block["type"]) {
    case "section":
      return [textOf(block["text"], names), ...[block["accessory"]].flatMap(accessory)].join("  ").split("\n");
    case "context":
      return [
        objects(block["elements"])
          .map((element) => textOf(element, names))
          .join(" "),
      ];
    case "divider":
      return ["---"];
    case "actions":
      return [objects(block["elements"]).map(button).join("  ")];
    case "rich_text":
      return objects(block["elements"]).flatMap((part) => richLines(part));
    default:
      return [`(${String(block["type"])})`];
  }
}

function richLines(part: JsonObject): string[] {
  const text = objects(part["elements"])
    .map((element) => String(element["text"] ?? ""))
    .join("");
  const quoted = part["type"] === "rich_text_quote";
  return text.split("\n").map((line) => (quoted ? `| ${line}` : line));
}

function accessory(element: unknown): string[] {
  return element === undefined ? [] : [button(element as JsonObject)];
}

function button(element: JsonObject): string {
  if (element["type"] !== "overflow") return `[ ${plainOf(element["text"] ?? element["placeholder"])} ]`;
  return `⋯ ${objects(element["options"])
    .map((option) => plainOf(option["text"]))
    .join(", ")}`;
}

function textOf(text: unknown, names: Names): string {
  const { type } = (text ?? {}) as JsonObject;
  return type === "mrkdwn" ? readable(plainOf(text), names) : plainOf(text);
}

function plainOf(text: unknown): string {
  return String((text as JsonObject | undefined)?.["text"] ?? "");
}

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? (value as JsonObject[]) : [];
}

/** Shows mentions as names, dates in this machine's zone, and entities as characters. */
function readable(mrkdwn: string, names: Names): string {
  return mrkdwn
    .replace(/<@(\w+)>/g, (_, id: string) => `@${names.people.get(id)?.name ?? id}`)
    .replace(/<!subteam\^(\w+)>/g, (_, id: string) => `@${names.groups.get(id)?.handle ?? id}`)
    .replace(/<#(\w+)>/g, (_, id: string) => `#${names.conversations.get(id)?.name ?? id}`)
    .replace(/<!date\^(\d+)\^([^|]+)\|[^>]*>/g, (_, seconds: string, form: string) => shownDate(Number(seconds), form))
    .replace(/<([^|>]+)\|([^>]+)>/g, "$2")
    .replace(/`([^`]*)`|[*`]/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");
}

// Created once, because each takes as long to create as a whole message takes to print.
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const minutes = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

function shownDate(at: number, form: string): string {
  const date = new Date(at * 1_000);
  return form
    .replace(/\{date[a-z_]*\}/, days.format(date))
    .replace(/\{time[a-z_]*\}/, (form.includes("time_secs") ? seconds : minutes).format(date))
    .replace("{ago}", "just now");
}
