/** TICKET_PATTERN, TICKET_EXAMPLE and TICKET_URL, as the rule that they make. */
import { createRequire } from "node:module";
import type { RE2JS } from "re2js";
import { noTickets, type Tickets, ticketMax } from "../domain/tickets/tickets.ts";

/** What is wrong with settings for tickets that belong together. */
export type TicketProblem =
  /** TICKET_EXAMPLE is not a ticket by TICKET_PATTERN. */
  | { kind: "ticket-example" }
  /** TICKET_EXAMPLE or TICKET_URL without TICKET_PATTERN. */
  | { kind: "ticket-alone"; variable: "TICKET_EXAMPLE" | "TICKET_URL" };

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
  if (!compiled || example === undefined || findTicket(compiled, example) === example) return [];
  return [{ kind: "ticket-example" }];
}

/** @param url with `{ticket}` in it */
export function ticketsOf(
  pattern: RE2JS | undefined,
  { example, url }: { example: string | undefined; url: string | undefined },
): Tickets {
  if (!pattern) return noTickets;
  return {
    shown: example ?? pattern.pattern(),
    find: (reason) => (reason === undefined ? undefined : findTicket(pattern, reason)),
    url(ticket) {
      // Half of a surrogate pair cannot be encoded.
      const address = url?.replaceAll(placeholder, () => encodeURIComponent(ticket.toWellFormed()));
      return address !== undefined && address.replaceAll("&", "&amp;").length <= addressMax ? address : undefined;
    },
  };
}
