/** Tickets: the reference to a case in another system that a reason may have to contain. */

export interface Tickets {
  /** An example that people are shown. Undefined where reasons need no ticket. */
  shown: string | undefined;
  /** The first ticket in a reason; undefined where it contains none. */
  find(reason: string | undefined): string | undefined;
  /** A ticket's address; undefined where there is none. */
  url(ticket: string): string | undefined;
}

/** Maximum length of a ticket, in UTF-16 code units: with its address it fits into a button and a message. */
export const ticketMax = 64;

/** Where the settings name no pattern. */
export const noTickets: Tickets = { shown: undefined, find: () => undefined, url: () => undefined };
