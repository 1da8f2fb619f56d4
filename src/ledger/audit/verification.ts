/**
 * Verifies the audit log: every seal matches its event and the previous seal, and every event is sealed or listed as
 * unsealed.
 */
import type { Database } from "../../storage/schema.ts";
import { type ChainedEvent, genesisHash, linkHash } from "./hash-chain.ts";
import { findEvents, firstUnsealed, newestSeal } from "./sealing.ts";

/** The state of the audit log: intact, or the first error in the order of the chain. */
export type Verification =
  | {
      kind: "intact";
      sealed: number;
      /** The newest hash. Store it where no one can change it together with the ledger. */
      newest: string;
      unsealed: number;
      /** The lowest-numbered event without a seal. */
      nextToSeal: ChainedEvent | undefined;
    }
  /** The event does not match its seal: one of them was changed, or an event just before it was inserted or removed. */
  | { kind: "changed"; position: number; event: ChainedEvent }
  /** The event was inserted into the chain: the next seal matches the one before it. */
  | { kind: "inserted"; position: number; event: ChainedEvent }
  /** The seal has no event. */
  | { kind: "removed"; position: number; seq: number; after: ChainedEvent | undefined }
  /** A position is missing, and later ones exist. */
  | { kind: "seal-removed"; position: number; after: ChainedEvent | undefined }
  /** The event has no seal and is not listed as unsealed. */
  | { kind: "unaccounted"; event: ChainedEvent }
  /** The event is listed as unsealed and does not exist. */
  | { kind: "removed-unsealed"; seq: number }
  /** The chain is consistent but lacks a hash that it once contained: it was truncated or rewritten. */
  | { kind: "not-the-chain"; sealed: number; expected: string };

/** Rows in memory at a time. */
const pageSize = 500;

/**
 * Checks the whole chain. Events added during the check are not included.
 * @param expected a hash that the chain once contained
 */
export function verify(db: Database, expected?: string): Promise<Verification> {
  return verifyFrom(db, theBeginning, expected);
}

/** Checks only the newest seals and events, which is fast however long the chain is. @param seals how many */
export async function verifyTail(db: Database, seals: number): Promise<Verification> {
  const head = await newestSeal(db);
  const position = head.position - seals;
  if (position <= 0) return verify(db);
  const row = await db.selectFrom("seals").selectAll().where("position", "=", position).executeTakeFirst();
  if (!row) return { kind: "seal-removed", position, after: undefined };
  return verifyFrom(db, { position, hash: row.hash, seq: row.event_seq });
}

/** The start of a verification: the last link that is trusted without a check. */
interface Start {
  position: number;
  hash: string;
  /** Events with a higher number are checked. */
  seq: number;
}

const theBeginning: Start = { position: 0, hash: genesisHash, seq: Number.MIN_SAFE_INTEGER };

async function verifyFrom(db: Database, start: Start, expected?: string): Promise<Verification> {
  const head = await newestSeal(db);
  let isExpectedFound = expected === undefined || expected === genesisHash;
  let { position } = start;
  let previous = start.hash;
  let beforePrevious: string | undefined;
  let after: ChainedEvent | undefined;

  // Positions before the first must not have a seal.
  const from = start === theBeginning ? Number.MIN_SAFE_INTEGER : position;
  for await (const link of links(db, from, head.position)) {
    const place = position + 1;
    if (link.position < place && link.event) return { kind: "inserted", position: link.position, event: link.event };
    if (link.position !== place) return { kind: "seal-removed", position: place, after };
    if (link.event === undefined) return { kind: "removed", position: place, seq: link.seq, after };
    if (link.hash !== linkHash(previous, link.event)) {
      const isPreviousTooMuch = beforePrevious !== undefined && link.hash === linkHash(beforePrevious, link.event);
      if (isPreviousTooMuch && after) return { kind: "inserted", position, event: after };
      return { kind: "changed", position: place, event: link.event };
    }
    isExpectedFound ||= link.hash === expected;
    beforePrevious = previous;
    previous = link.hash;
    position = place;
    after = link.event;
  }
  if (position < head.position) return { kind: "seal-removed", position: position + 1, after };

  const gone = await firstGone(db);
  if (gone !== undefined) return { kind: "removed-unsealed", seq: gone };
  const unaccounted = await firstUnaccounted(db, start.seq);
  if (unaccounted) return { kind: "unaccounted", event: unaccounted };
  if (expected !== undefined && !isExpectedFound) return { kind: "not-the-chain", sealed: position, expected };
  return { kind: "intact", sealed: position, newest: previous, ...(await tail(db)) };
}

interface Link {
  position: number;
  hash: string;
  seq: number;
  /** Undefined if the event does not exist. */
  event: ChainedEvent | undefined;
}

/** The chain after one position up to another, in order. */
async function* links(db: Database, after: number, upTo: number): AsyncGenerator<Link, void> {
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
    for (const { position, hash, event_seq: seq } of seals) yield { position, hash, seq, event: events.get(seq) };
    const last = seals.at(-1);
    if (!last || seals.length < pageSize) return;
    from = last.position;
  }
}

/** The first event that is listed as unsealed and does not exist. */
async function firstGone(db: Database): Promise<number | undefined> {
  const gone = await db
    .selectFrom("unsealed")
    .leftJoin("events", "events.seq", "unsealed.event_seq")
    .select("unsealed.event_seq")
    .where("events.seq", "is", null)
    .orderBy("unsealed.event_seq")
    .limit(1)
    .executeTakeFirst();
  return gone?.event_seq;
}

/** The first event after a number that has no seal and is not listed as unsealed. */
async function firstUnaccounted(db: Database, after: number): Promise<ChainedEvent | undefined> {
  for (let from = after; ; ) {
    const page = await db
      .selectFrom("events")
      .select("seq")
      .where("seq", ">", from)
      .orderBy("seq")
      .limit(pageSize)
      .execute();
    const seqs = page.map((event) => event.seq);
    const last = seqs.at(-1);
    if (last === undefined) return undefined;
    // In this order, because an event that is sealed during the check moves from `unsealed` to `seals`.
    const accounted = new Set([...(await listed(db, "unsealed", seqs)), ...(await listed(db, "seals", seqs))]);
    const loose = seqs.find((seq) => !accounted.has(seq));
    if (loose !== undefined) return (await findEvents(db, [loose]))[0];
    from = last;
  }
}

async function listed(db: Database, table: "unsealed" | "seals", seqs: readonly number[]): Promise<number[]> {
  const rows = await db.selectFrom(table).select("event_seq").where("event_seq", "in", seqs).execute();
  return rows.map((row) => row.event_seq);
}

async function tail(db: Database): Promise<{ unsealed: number; nextToSeal: ChainedEvent | undefined }> {
  const { unsealed } = await db
    .selectFrom("unsealed")
    .select((row) => row.fn.countAll<number>().as("unsealed"))
    .executeTakeFirstOrThrow();
  const [nextToSeal] = await findEvents(db, await firstUnsealed(db, 1));
  return { unsealed, nextToSeal };
}
