/**
 * How the audit's events are chained by hash, exactly enough to be checked with another program.
 *
 * The seal at position n (1, 2, 3, …) belongs to one event. Its hash is the SHA-256, as 64 lower-case hexadecimal
 * digits, of the UTF-8 bytes of this JSON array without blanks:
 *
 *     [hash of position n - 1,seq,at,actor,what,request_id,operation_id,detail_json,origin]
 *
 * For position 1 the hash before is 64 zeros. Every column of the event is a JSON string, numbers in decimal, or null
 * where the column is null. In a string `"` and `\` are escaped by `\`, the characters below U+0020 as \b, \t, \n, \f,
 * \r or \u and four lower-case hexadecimal digits, and nothing else.
 */
import { hash } from "node:crypto";
import { sql } from "kysely";

/** An event as the hash sees it: every column as text. */
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

/** What stands for the hash before the first. */
export const genesisHash = "0".repeat(64);

export function linkHash(previous: string, event: ChainedEvent): string {
  const { seq, at, actor, what, request_id, operation_id, detail_json, origin } = event;
  const link = [previous, seq, at, actor, what, request_id, operation_id, detail_json, origin];
  return hash("sha256", JSON.stringify(link), "hex");
}

/** The columns of a ChainedEvent. What somebody wrote into a number's column need not be one that JavaScript can hold. */
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
