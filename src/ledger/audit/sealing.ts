/**
 * Sealing: events that are in the ledger are added to the chain (see chain.ts) by a step of its own, so that the chain
 * makes no writer wait for another.
 *
 * An event's own transaction notes it in `unsealed`, and that of its seal takes it out, so what is left there is exactly
 * what has no seal. On PostgreSQL an event with a lower number may become visible after one with a higher: it is sealed
 * later, and the chain's order is that of sealing.
 */
import type { Database } from "../../storage/schema.ts";
import { isUniqueViolation } from "../../storage/store-errors.ts";
import type { LedgerNeeds } from "../ledger-context.ts";
import { type ChainedEvent, chainedColumns, genesisHash, linkHash } from "./hash-chain.ts";

export interface Sealing {
  /** Seals up to `limit` events; resolves to how many: none where another instance was quicker. */
  sealNext(limit: number): Promise<number>;
}

export function createSealing({ store: { db } }: LedgerNeeds): Sealing {
  return {
    async sealNext(limit) {
      const seqs = await firstUnsealed(db, limit);
      const waiting = await findEvents(db, seqs);
      if (waiting.length === 0) return 0;
      const newest = await newestSeal(db);
      let previous = newest.hash;
      const seals = waiting.map((event, nth) => {
        previous = linkHash(previous, event);
        return { position: newest.position + 1 + nth, event_seq: Number(event.seq), hash: previous };
      });
      const added = db.transaction().execute(async (transaction) => {
        await transaction.insertInto("seals").values(seals).execute();
        await transaction
          .deleteFrom("unsealed")
          .where(
            "event_seq",
            "in",
            seals.map((seal) => seal.event_seq),
          )
          .execute();
        return seals.length;
      });
      // Positions and events are unique: of several that seal at once, the database lets one through.
      return added.catch((error: unknown) => {
        if (isUniqueViolation(error)) return 0;
        throw error;
      });
    },
  };
}

/** The numbers of events that wait for their seal, the lowest first. */
export async function firstUnsealed(db: Database, limit: number): Promise<number[]> {
  const rows = await db.selectFrom("unsealed").select("event_seq").orderBy("event_seq").limit(limit).execute();
  return rows.map((row) => row.event_seq);
}

/**
 * Those of the events that are there, by their numbers. A join would be shorter, and PostgreSQL might read the whole
 * table for it.
 */
export async function findEvents(db: Database, seqs: readonly number[]): Promise<ChainedEvent[]> {
  if (seqs.length === 0) return [];
  return db.selectFrom("events").select(chainedColumns).where("seq", "in", seqs).orderBy("seq").execute();
}

/** Where the chain ends: position 0 while it is empty. */
export async function newestSeal(db: Database): Promise<{ position: number; hash: string }> {
  const seal = db.selectFrom("seals").select(["position", "hash"]).orderBy("position", "desc").limit(1);
  return (await seal.executeTakeFirst()) ?? { position: 0, hash: genesisHash };
}
