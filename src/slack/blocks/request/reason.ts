/** A request's reason as typed, and the ticket in it as a link to where it leads. */
import type { RichTextBlock } from "@slack/types";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import { quote } from "../elements.ts";
import { foreign, link } from "../mrkdwn.ts";

export interface TicketLinks {
  /** A ticket's address; undefined where there is none. */
  ticketUrl(ticket: string): string | undefined;
}

/** The reason in a message; no block where there is none. */
export function reasonBlocks(
  { reason, ticket }: Pick<RequestView, "reason" | "ticket">,
  { ticketUrl }: TicketLinks,
): RichTextBlock[] {
  if (reason === undefined) return [];
  const url = ticket === undefined ? undefined : ticketUrl(ticket);
  const at = ticket === undefined ? -1 : reason.indexOf(ticket);
  if (ticket === undefined || url === undefined || at < 0) return [quote(reason)];
  const text = (part: string) => (part === "" ? [] : [{ type: "text" as const, text: part }]);
  const elements = [
    ...text(reason.slice(0, at)),
    { type: "link" as const, url, text: ticket },
    ...text(reason.slice(at + ticket.length)),
  ];
  return [{ type: "rich_text", elements: [{ type: "rich_text_quote", elements }] }];
}

/** A ticket in a line of ours. */
export function ticketWords(ticket: string, { ticketUrl }: TicketLinks): string {
  const url = ticketUrl(ticket);
  return url === undefined ? foreign(ticket) : link(url.replace(/&/g, "&amp;"), foreign(ticket));
}
