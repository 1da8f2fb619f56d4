/**
 * Message authentication codes with LEDGER_KEY, which the database does not contain: someone who can write to the
 * database but does not have the bot's secrets cannot create one.
 *
 * A MAC is the HMAC-SHA256, as 64 lower-case hexadecimal digits, of the UTF-8 bytes of a JSON array that starts with
 * its kind. It is written in the same transaction as the record that it covers.
 */
import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import type { Transaction } from "kysely";
import type { Schema } from "../../../storage/schema.ts";
import { insertSet, type Runner } from "../../../storage/statement.ts";
import type { MacsTable } from "../../../storage/tables/audit.ts";
import type { ChainedEvent } from "../hash-chain.ts";

export type LedgerKey = KeyObject;
export type MacKind = MacsTable["kind"];

/** A database's adapter is the same in each of its transactions. */
const keys = new WeakMap<object, LedgerKey>();

/** From now on, every record that is written through this database and needs a MAC gets one. */
export function signWith(db: Runner, key: LedgerKey | undefined): void {
  const { adapter } = db.getExecutor();
  if (key) keys.set(adapter, key);
  else keys.delete(adapter);
}

/** The key of a database or of its transaction; undefined if LEDGER_KEY is not set. */
export function keyOf(on: Runner): LedgerKey | undefined {
  return keys.get(on.getExecutor().adapter);
}

/** Computes a MAC from its kind and the values that it covers, in order. */
export function macOf(key: LedgerKey, kind: string, covered: readonly unknown[]): string {
  return createHmac("sha256", key)
    .update(JSON.stringify([kind, ...covered]))
    .digest("hex");
}

/** An event's MAC covers the same columns as its hash. */
export function eventMac(key: LedgerKey, event: ChainedEvent): string {
  const { seq, at, actor, what, request_id, operation_id, detail_json, origin } = event;
  return macOf(key, "event", [seq, at, actor, what, request_id, operation_id, detail_json, origin]);
}

export function isMac(expected: string, found: string | undefined): boolean {
  return found?.length === expected.length && timingSafeEqual(Buffer.from(expected), Buffer.from(found));
}

const signed = { ref: "text", kind: "text", mac: "text" } as const;

const upsertMacs = insertSet<{ ref: string; kind: MacKind; mac: string }>("macs", signed, {
  ending: "on conflict (kind, ref) do update set mac = excluded.mac",
});

export async function writeMac(
  transaction: Transaction<Schema>,
  kind: MacKind,
  ref: string,
  mac: string,
): Promise<void> {
  await writeMacs(transaction, kind, [{ ref, mac }]);
}

/** Each `ref` once. */
export async function writeMacs(
  transaction: Transaction<Schema>,
  kind: MacKind,
  macs: readonly { ref: string; mac: string }[],
): Promise<void> {
  const rows = macs.map((mac) => ({ ...mac, kind }));
  await upsertMacs(transaction, rows);
}

/** The MACs of one kind, by the ID of the record that they cover. */
export async function macsOf(on: Runner, kind: MacKind, refs: readonly string[]): Promise<Map<string, string>> {
  if (refs.length === 0) return new Map();
  const rows = await on
    .selectFrom("macs")
    .select(["ref", "mac"])
    .where("kind", "=", kind)
    .where("ref", "in", refs)
    .execute();
  return new Map(rows.map(({ ref, mac }) => [ref, mac]));
}

/** The events with a valid MAC; without LEDGER_KEY, all events. */
export async function eventsWithMac(on: Runner, events: readonly ChainedEvent[]): Promise<readonly ChainedEvent[]> {
  const key = keyOf(on);
  if (!key) return events;
  const macs = await macsOf(
    on,
    "event",
    events.map(({ seq }) => seq),
  );
  return events.filter((event) => isMac(eventMac(key, event), macs.get(event.seq)));
}
