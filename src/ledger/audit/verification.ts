/**
 * Verifies the audit trail: every seal matches its event and the previous seal, every range of positions that is
 * missing is covered by a checkpoint, and every event is sealed or listed as unsealed.
 */
import type { Database } from "../../storage/schema.ts";
import { links } from "./chain-reader.ts";
import { type ChainedEvent, genesisHash, linkHash } from "./hash-chain.ts";
import {
  checkpointsAfter,
  countRanges,
  coveredBy,
  hasRanges,
  rangesBetween,
  rangesByCheckpoint,
} from "./pruned-ranges.ts";
import { findEvents, firstUnsealed, newestSeal } from "./sealing.ts";

/** The state of the audit trail: intact, or the first error in the order of the chain. */
export type Verification =
  | {
      kind: "intact";
      /** The position of the newest seal. */
      sealed: number;
      /** How many of those events were pruned. */
      pruned: number;
      /** The newest hash. Store it where no one can change it together with the ledger. */
      newest: string;
      unsealed: number;
      /** The lowest-numbered event without a seal. */
      nextToSeal: ChainedEvent | undefined;
    }
  /** The event does not match its seal: one of them was changed, or an event just before it was inserted or removed. */
  | { kind: "changed"; position: number; event: ChainedEvent }
  /** The event was inserted into the chain: the next seal matches the one before it, or its position was pruned. */
  | { kind: "inserted"; position: number; event: ChainedEvent }
  /** The seal has no event. */
  | { kind: "removed"; position: number; seq: number; after: ChainedEvent | undefined }
  /** A position is missing, and later ones exist. */
  | { kind: "seal-removed"; position: number; after: ChainedEvent | undefined }
  /** The checkpoint does not match the ranges that bear its name. */
  | { kind: "checkpoint-differs"; event: ChainedEvent }
  /** A range that was allegedly pruned, without a checkpoint that covers it, or overlapping another. */
  | { kind: "not-pruned"; position: number }
  /** The event has no seal and is not listed as unsealed. */
  | { kind: "unaccounted"; event: ChainedEvent }
  /** The event is listed as unsealed and does not exist. */
  | { kind: "removed-unsealed"; seq: number }
  /**
   * The chain is consistent but lacks a hash that it once contained: it was truncated or rewritten. `pruned` events are
   * gone; the hash may belong to one of them.
   */
  | { kind: "not-the-chain"; sealed: number; pruned: number; expected: string };

/** Rows in memory at a time. */
const pageSize = 500;
/** How often a check is repeated because a batch was pruned meanwhile. */
const triesMax = 5;

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
  const before = db.selectFrom("seals").selectAll().where("position", "<=", position).orderBy("position", "desc");
  const row = await before.limit(1).executeTakeFirst();
  return row ? verifyFrom(db, { position: row.position, hash: row.hash, seq: row.event_seq }) : verify(db);
}

/** The start of a verification: the last link that is trusted without a check. */
interface Start {
  position: number;
  hash: string;
  /** Events with a higher number are checked. */
  seq: number;
}

const theBeginning: Start = { position: 0, hash: genesisHash, seq: Number.MIN_SAFE_INTEGER };

/** The check reads page by page: it is repeated if it finds a problem while a batch was pruned. */
async function verifyFrom(db: Database, start: Start, expected?: string): Promise<Verification> {
  if (!(await hasRanges(db))) return verifyOnce(db, start, { expected, ranges: 0 });
  for (let tries = 1; ; tries++) {
    const ranges = await countRanges(db);
    const found = await verifyOnce(db, start, { expected, ranges });
    if (found.kind === "intact" || tries === triesMax || (await countRanges(db)) === ranges) return found;
  }
}

async function verifyOnce(
  db: Database,
  start: Start,
  { expected, ranges }: { expected: string | undefined; ranges: number },
): Promise<Verification> {
  const head = await newestSeal(db);
  let isExpectedFound = expected === undefined || expected === genesisHash;
  let { position } = start;
  let previous = start.hash;
  let beforePrevious: string | undefined;
  let after: ChainedEvent | undefined;
  let pruned = 0;
  /** The checkpoints that match their ranges. */
  const checkpoints = new Set<string>();

  // Positions before the first must not have a seal.
  const from = start === theBeginning ? Number.MIN_SAFE_INTEGER : position;
  for await (const link of links(db, { after: from, upTo: head.position, hasRanges: ranges > 0 })) {
    const place = position + 1;
    if (link.kind === "pruned") {
      if (link.first < place) return { kind: "not-pruned", position: link.first };
      if (link.first > place) return { kind: "seal-removed", position: place, after };
      pruned += link.last - link.first + 1;
      position = link.last;
      beforePrevious = undefined;
    } else {
      if (link.position < place && link.event) return { kind: "inserted", position: link.position, event: link.event };
      if (link.position !== place) return { kind: "seal-removed", position: place, after };
      if (link.event === undefined) return { kind: "removed", position: place, seq: link.seq, after };
      if (link.hash !== linkHash(previous, link.event)) {
        const isPreviousTooMuch = beforePrevious !== undefined && link.hash === linkHash(beforePrevious, link.event);
        if (isPreviousTooMuch && after) return { kind: "inserted", position, event: after };
        return { kind: "changed", position: place, event: link.event };
      }
      if (ranges > 0 && link.event.what === "pruned" && !(await addCheckpoint(db, link.event, checkpoints)))
        return { kind: "checkpoint-differs", event: link.event };
      beforePrevious = previous;
      position = place;
      after = link.event;
    }
    isExpectedFound ||= link.hash === expected;
    previous = link.hash;
  }
  if (position < head.position) return { kind: "seal-removed", position: position + 1, after };

  const problem =
    (ranges > 0 ? await uncovered(db, { after: from, head: position, checkpoints }) : undefined) ??
    (await unsealedProblem(db, start.seq));
  if (problem) return problem;
  if (expected !== undefined && !isExpectedFound) return { kind: "not-the-chain", sealed: position, pruned, expected };
  return { kind: "intact", sealed: position, pruned, newest: previous, ...(await tail(db)) };
}

/** Returns whether a checkpoint matches its ranges. */
async function addCheckpoint(db: Database, event: ChainedEvent, checkpoints: Set<string>): Promise<boolean> {
  const name = await coveredBy(db, event);
  if (name !== undefined) checkpoints.add(name);
  return name !== undefined;
}

/** Every range needs a checkpoint, which may have been sealed after `head` or still be waiting for its seal. */
async function uncovered(
  db: Database,
  { after, head, checkpoints }: { after: number; head: number; checkpoints: Set<string> },
): Promise<Verification | undefined> {
  // Read first: the checkpoint of each of these ranges exists by then.
  const firsts = await rangesByCheckpoint(db, after);
  for (const event of await checkpointsAfter(db, head))
    if (!(await addCheckpoint(db, event, checkpoints))) return { kind: "checkpoint-differs", event };
  const [beyond] = await rangesBetween(db, (await newestSeal(db)).position, Number.MAX_SAFE_INTEGER);
  const lacking = [...firsts].flatMap(([name, first]) => (checkpoints.has(name) ? [] : [first]));
  if (beyond) lacking.push(beyond.first);
  return lacking.length === 0 ? undefined : { kind: "not-pruned", position: Math.min(...lacking) };
}

async function unsealedProblem(db: Database, after: number): Promise<Verification | undefined> {
  const gone = await firstGone(db);
  if (gone !== undefined) return { kind: "removed-unsealed", seq: gone };
  const event = await firstUnaccounted(db, after);
  return event && { kind: "unaccounted", event };
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
    // Events that were pruned since the page was read no longer exist.
    const [loose] = await findEvents(
      db,
      seqs.filter((seq) => !accounted.has(seq)),
    );
    if (loose) return loose;
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
