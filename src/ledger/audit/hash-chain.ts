/**
 * The hash chain of the audit trail, specified so that another program can check it.
 *
 * The seal at position n (1, 2, 3, …) belongs to one event. Its hash is the SHA-256, as 64 lower-case hexadecimal
 * digits, of the UTF-8 bytes of this JSON array, written without spaces:
 *
 *     [hash of position n - 1,seq,at,actor,what,request_id,operation_id,detail_json,origin]
 *
 * The hash before position 1 is 64 zeros. Every column of the event is a JSON string (numbers in decimal), or null if
 * the column is null. In a string, `"` and `\` are escaped with `\`, characters below U+0020 as \b, \t, \n, \f, \r or
 * \u and four lower-case hexadecimal digits; nothing else is escaped.
 *
 * Positions that were pruned have no seal. A range in `pruned_ranges` stands for them: the hash of its last position is
 * its `last_hash`. See pruned-ranges.ts for the event that covers it.
 */
import { hash } from "node:crypto";
import { sql } from "kysely";

/** An event as it is hashed: every column as text. */
export interface ChainedEvent {
  seq: string;
  at: string;
  actor: string;
  what: string;
  request_id: string | null;
  operation_id: string | null;
  detail_json: string | null;
  origin: string | null;
}

/** The hash before the first position. */
export const genesisHash = "0".repeat(64);

export function linkHash(previous: string, event: ChainedEvent): string {
  const { seq, at, actor, what, request_id, operation_id, detail_json, origin } = event;
  const link = [previous, seq, at, actor, what, request_id, operation_id, detail_json, origin];
  return hash("sha256", JSON.stringify(link), "hex");
}

/** The SHA-256 of a text that the trail confirms without repeating it: a request's reason, an attempt's result. */
export function textHash(text: string | null | undefined): string | undefined {
  return text === null || text === undefined ? undefined : hash("sha256", text, "hex");
}

/**
 * The columns of a ChainedEvent. Numbers are cast to text: a forged row may hold one that JavaScript cannot represent.
 */
export const chainedColumns = [
  sql<string>`cast(events.seq as text)`.as("seq"),
  sql<string>`cast(events.at as text)`.as("at"),
  "events.actor",
  "events.what",
  "events.request_id",
  "events.operation_id",
  "events.detail_json",
  "events.origin",
] as const;
