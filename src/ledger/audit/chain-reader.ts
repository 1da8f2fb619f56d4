/** Reads the hash chain in order: seals with their events, and the ranges that were pruned. */
import type { Database } from "../../storage/schema.ts";
import type { ChainedEvent } from "./hash-chain.ts";
import { type PrunedRange, rangesBetween } from "./pruned-ranges.ts";
import { findEvents } from "./sealing.ts";

/** A part of the chain. */
export type Link =
  | {
      kind: "sealed";
      position: number;
      hash: string;
      seq: number;
      /** Undefined if the event does not exist. */
      event: ChainedEvent | undefined;
    }
  | ({ kind: "pruned" } & PrunedRange);

/** Rows in memory at a time. */
const pageSize = 500;

/** The chain after one position up to another, in order. @param part `hasRanges`: the ledger has a table of ranges */
export async function* links(
  db: Database,
  { after, upTo, hasRanges }: { after: number; upTo: number; hasRanges: boolean },
): AsyncGenerator<Link, void> {
  for (let from = after; from < upTo; ) {
    const seals = await db
      .selectFrom("seals")
      .selectAll()
      .where("position", ">", from)
      .where("position", "<=", upTo)
      .orderBy("position")
      .limit(pageSize)
      .execute();
    const events = new Map<number, ChainedEvent>();
    for (const event of await findEvents(
      db,
      seals.map((seal) => seal.event_seq),
    ))
      events.set(Number(event.seq), event);
    const last = seals.length < pageSize ? upTo : (seals.at(-1)?.position ?? upTo);
    // Read last, so that they include whatever was pruned since the seals were read.
    const ranges = hasRanges ? await rangesBetween(db, from, last) : [];
    let next = 0;
    for (const { position, hash, event_seq: seq } of seals) {
      for (let range = ranges[next]; range && range.first <= position; range = ranges[++next])
        yield { kind: "pruned", ...range };
      yield { kind: "sealed", position, hash, seq, event: events.get(seq) };
    }
    for (const range of ranges.slice(next)) yield { kind: "pruned", ...range };
    from = last;
  }
}
