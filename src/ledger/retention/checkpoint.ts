/** Deletes events and their seals, and records the checkpoint that accounts for them. */
import { sql, type Transaction } from "kysely";
import type { Schema } from "../../storage/schema.ts";
import { isOnPostgres } from "../../storage/statement.ts";
import { record } from "../audit/audit-log.ts";
import { digestOf, type PrunedRange, rangesOf } from "../audit/pruned-ranges.ts";
import { type LedgerContext, theBot } from "../ledger-context.ts";

/** A sealed event. */
export interface SealedEvent {
  seq: number;
  position: number;
  hash: string;
}

export interface Batch {
  /** At least one, in any order; none of them has the newest seal. */
  events: readonly SealedEvent[];
  /** What ended at this time or earlier was pruned, in milliseconds since the epoch. */
  before: number;
  /** RETAIN, in milliseconds. */
  retainMs: number;
  requests: number;
  operations: number;
}

/** Under this name, `ledger_info` has what was pruned last, as JSON. */
export const prunedName = "pruned";

/** Values per statement. */
const chunk = 500;

/**
 * Deletes events with their seals and MACs. The database allows this only for positions in a range, so the ranges come
 * first. The checkpoint is an event like any other: it is sealed, and has a MAC with LEDGER_KEY.
 */
export async function removeEvents(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  { events, before, retainMs, requests, operations }: Batch,
): Promise<void> {
  const inOrder = events.toSorted((one, other) => one.position - other.position);
  const ranges = rangesOf(inOrder);
  const [first, last] = [ranges[0], ranges.at(-1)];
  if (!first || !last) throw new Error("a batch without events needs no checkpoint");
  const checkpoint = context.random.id();
  for (const some of chunks(ranges)) await insertRanges(transaction, some, checkpoint);
  const detail = {
    checkpoint,
    retainMs,
    before,
    requests,
    operations,
    events: events.length,
    first: first.first,
    last: last.last,
    hash: last.hash,
    digest: digestOf(ranges),
  };
  const { by, origin } = theBot(context);
  await record(transaction, [{ what: "pruned", at: context.clock.now(), actor: by, origin, detail }]);
  // Otherwise, the contents of what is deleted would remain in the file until they are overwritten.
  if (!isOnPostgres(transaction)) await sql`pragma secure_delete = on`.execute(transaction);
  for (const some of chunks(inOrder)) {
    const seqs = some.map(({ seq }) => seq);
    await transaction.deleteFrom("macs").where("kind", "=", "event").where("ref", "in", seqs.map(String)).execute();
    await transaction.deleteFrom("events").where("seq", "in", seqs).execute();
    await transaction.deleteFrom("seals").where("event_seq", "in", seqs).execute();
  }
  const value = JSON.stringify({ before, retainMs });
  await transaction
    .insertInto("ledger_info")
    .values({ name: prunedName, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}

async function insertRanges(
  transaction: Transaction<Schema>,
  ranges: readonly PrunedRange[],
  checkpoint: string,
): Promise<void> {
  const rows = ranges.map(({ first, last, hash }) => ({
    first_position: first,
    last_position: last,
    last_hash: hash,
    checkpoint,
  }));
  await transaction.insertInto("pruned_ranges").values(rows).execute();
}

export function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < all.length; from += chunk) yield all.slice(from, from + chunk);
}
