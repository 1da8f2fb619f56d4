/** TICKET_PATTERN, TICKET_EXAMPLE and TICKET_URL, as the rule that they make. */
import { createRequire } from "node:module";
import type { RE2JS } from "re2js";
import { actions } from "../domain/attempt-result.ts";
import { noTickets, type Tickets, ticketMax } from "../domain/tickets/tickets.ts";
import { readOpenClose } from "../parsing/command/open-close.ts";
import { exampleNumber, exampleReasons } from "../text/example-words.ts";
import { sampleOf } from "./ticket-sample.ts";

/** What is wrong with settings for tickets that belong together. */
export type TicketProblem =
  /** TICKET_EXAMPLE is not a ticket by TICKET_PATTERN. */
  | { kind: "ticket-example" }
  /** TICKET_EXAMPLE or TICKET_URL without TICKET_PATTERN. */
  | { kind: "ticket-alone"; variable: "TICKET_EXAMPLE" | "TICKET_URL" }
  /** Without TICKET_EXAMPLE, and no example can be derived from TICKET_PATTERN. */
  | { kind: "ticket-unknown" }
  /** TICKET_PATTERN finds no ticket in the reason of the bot's own example, because it only matches at a beginning. */
  | { kind: "ticket-not-found"; reason: string }
  /** A command cannot contain this ticket, because it looks like another sub-merchant's number. */
  | { kind: "ticket-is-number"; ticket: string };

/** TICKET_PATTERN finds a ticket in a sub-merchant's number, so that a number in a reason counts as a ticket. */
export type TicketWarning = { kind: "ticket-in-number"; number: string };

const placeholder = "{ticket}";
/** Maximum length of an address in a message: with longer ones, a page of a history would not fit. */
const addressMax = 180;

/** Loaded for the first pattern: it takes a megabyte or more, and most bots have no pattern. */
const loadRe2 = () => createRequire(import.meta.url)("re2js") as typeof import("re2js");

/** A pattern compiled; undefined where it does not compile, or where an empty text would be a ticket. */
export function compileTicketPattern(pattern: string): RE2JS | undefined {
  const { RE2JS, RE2JSException } = loadRe2();
  try {
    const compiled = RE2JS.compile(pattern);
    return compiled.matcher("").matches() ? undefined : compiled;
  } catch (error) {
    if (error instanceof RE2JSException) return undefined;
    throw error;
  }
}

/**
 * Whether an address can lead to a ticket: https, with `{ticket}` in its path, query or fragment, without credentials,
 * which everybody would see, and without the characters that end a link in Slack.
 */
export function isTicketUrl(template: string): boolean {
  if (/[\s<>|]/.test(template) || !template.includes(placeholder)) return false;
  const url = URL.parse(template.replaceAll(placeholder, "T"));
  const other = URL.parse(template.replaceAll(placeholder, "U"));
  return url?.protocol === "https:" && url.username === "" && url.password === "" && url.host === other?.host;
}

/** The first ticket in a text; what is longer than `ticketMax` is none. */
function findTicket(pattern: RE2JS, text: string): string | undefined {
  const matcher = pattern.matcher(text);
  while (matcher.find()) {
    const found = matcher.group();
    if (found && found.length <= ticketMax) return found;
  }
  return undefined;
}

export function ticketProblems({
  pattern,
  example,
  url,
}: {
  pattern: string | undefined;
  example: string | undefined;
  url: string | undefined;
}): TicketProblem[] {
  if (pattern === undefined) {
    return [
      ...(example === undefined ? [] : [{ kind: "ticket-alone", variable: "TICKET_EXAMPLE" } as const]),
      ...(url === undefined ? [] : [{ kind: "ticket-alone", variable: "TICKET_URL" } as const]),
    ];
  }
  const compiled = compileTicketPattern(pattern);
  if (!compiled) return [];
  if (example !== undefined && findTicket(compiled, example) !== example) return [{ kind: "ticket-example" }];
  const shown = example ?? sampleTicket(compiled);
  return shown === undefined ? [{ kind: "ticket-unknown" }] : (problemInCommand(compiled, shown) ?? []);
}

/** Why the bot would refuse the example commands that it shows, in either language. */
function problemInCommand(pattern: RE2JS, ticket: string): [TicketProblem] | undefined {
  const ticketIn = (text: string) => findTicket(pattern, text);
  // As messages show it, in code style, and as Slack sends it.
  const copied = ticket.replace(/[`\s]+/g, " ").trim();
  const sent = copied.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  for (const reason of Object.values(exampleReasons))
    for (const action of actions) {
      const read = readOpenClose(action, `${exampleNumber} ${reason[action]} ${sent}`, { ticketIn });
      if (!read.ok) return [{ kind: "ticket-is-number", ticket }];
      const typed = `${reason[action]} ${copied}`;
      if (ticketIn(read.command.reason ?? "") === undefined) return [{ kind: "ticket-not-found", reason: typed }];
    }
  return undefined;
}

/** Of the kinds that WeChat Pay has given out: eight digits, later ten. */
const usualNumbers = [exampleNumber, "1230000109", "1553820471", "1616161616", "10000098"];

export function ticketWarning(pattern: RE2JS): TicketWarning | undefined {
  const number = usualNumbers.find((digits) => findTicket(pattern, digits) !== undefined);
  return number === undefined ? undefined : { kind: "ticket-in-number", number };
}

/** An example that the pattern itself gives; undefined for unusual patterns. */
function sampleTicket(pattern: RE2JS): string | undefined {
  const { RE2JS } = loadRe2();
  const parts = new Map<string, RE2JS>();
  const sample = sampleOf(pattern.pattern(), (part, character) => {
    const compiled = parts.get(part) ?? RE2JS.compile(part);
    parts.set(part, compiled);
    return compiled.matcher(character).matches();
  });
  return sample !== undefined && findTicket(pattern, sample) === sample ? sample : undefined;
}

/** @param url with `{ticket}` in it */
export function ticketsOf(
  pattern: RE2JS | undefined,
  { example, url }: { example: string | undefined; url: string | undefined },
): Tickets {
  if (!pattern) return noTickets;
  return {
    shown: example ?? sampleTicket(pattern) ?? pattern.pattern(),
    find: (reason) => (reason === undefined ? undefined : findTicket(pattern, reason)),
    url(ticket) {
      // Half of a surrogate pair cannot be encoded.
      const address = url?.replaceAll(placeholder, () => encodeURIComponent(ticket.toWellFormed()));
      return address !== undefined && address.replaceAll("&", "&amp;").length <= addressMax ? address : undefined;
    },
  };
}
