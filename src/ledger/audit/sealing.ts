/**
 * Sealing adds the events of the ledger to the hash chain (see hash-chain.ts). It is a separate step, so that writers
 * do not wait for each other.
 *
 * The transaction of an event lists it in `unsealed`, and the transaction of its seal removes it, so `unsealed` holds
 * exactly the events without a seal. On PostgreSQL an event with a lower number may become visible after one with a
 * higher number. It is then sealed later, and the chain follows the order of sealing.
 */
import type { Database } from "../../storage/schema.ts";
import { isUniqueViolation } from "../../storage/store-errors.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { type ChainedEvent, chainedColumns, genesisHash, linkHash } from "./hash-chain.ts";

/** Seals up to `limit` events and returns how many; 0 if another instance sealed them first. */
export async function sealNext({ store: { db } }: LedgerContext, limit: number): Promise<number> {
  const seqs = await firstUnsealed(db, limit);
  const waiting = await findEvents(db, seqs);
  if (waiting.length === 0) return 0;
  const newest = await newestSeal(db);
  let previous = newest.hash;
  const seals = waiting.map((event, nth) => {
    previous = linkHash(previous, event);
    return { position: newest.position + 1 + nth, event_seq: Number(event.seq), hash: previous };
  });
  const sealed = seals.map((seal) => seal.event_seq);
  try {
    await db.transaction().execute(async (transaction) => {
      await transaction.insertInto("seals").values(seals).execute();
      await transaction.deleteFrom("unsealed").where("event_seq", "in", sealed).execute();
    });
    return seals.length;
  } catch (error) {
    // Positions and events are unique: of several instances that seal at once, only one succeeds.
    if (isUniqueViolation(error)) return 0;
    throw error;
  }
}

/** The numbers of events without a seal, lowest first. */
export async function firstUnsealed(db: Database, limit: number): Promise<number[]> {
  const rows = await db.selectFrom("unsealed").select("event_seq").orderBy("event_seq").limit(limit).execute();
  return rows.map((row) => row.event_seq);
}

/**
 * The events with these numbers, if they exist. A join would be shorter, but PostgreSQL might read the whole table for
 * it.
 */
export async function findEvents(db: Database, seqs: readonly number[]): Promise<ChainedEvent[]> {
  if (seqs.length === 0) return [];
  return db.selectFrom("events").select(chainedColumns).where("seq", "in", seqs).orderBy("events.seq").execute();
}

/** The end of the chain: position 0 while it is empty. */
export async function newestSeal(db: Database): Promise<{ position: number; hash: string }> {
  const seal = db.selectFrom("seals").select(["position", "hash"]).orderBy("position", "desc").limit(1);
  return (await seal.executeTakeFirst()) ?? { position: 0, hash: genesisHash };
}

/** The number of the newest event, sealed or not; undefined in an empty ledger. */
export async function newestEvent(db: Database): Promise<number | undefined> {
  const event = db.selectFrom("events").select("seq").orderBy("seq", "desc").limit(1);
  return (await event.executeTakeFirst())?.seq;
}
