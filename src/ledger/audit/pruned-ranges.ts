/**
 * The ranges of the hash chain that were pruned under RETAIN. A range stands for consecutive positions whose events and
 * seals are gone, and holds the hash of its last position, from which the chain continues. A checkpoint, the event
 * `pruned`, covers the ranges of one batch by their digest, and is itself in the chain.
 */
import { hash } from "node:crypto";
import { sql } from "kysely";
import type { Database } from "../../storage/schema.ts";
import { isOnPostgres } from "../../storage/statement.ts";
import { type ChainedEvent, chainedColumns } from "./hash-chain.ts";
import { parseObject } from "./json-object.ts";

export interface PrunedRange {
  /** The positions, both included. */
  first: number;
  last: number;
  /** The hash of the seal at `last`. */
  hash: string;
}

export interface StoredRange extends PrunedRange {
  checkpoint: string;
}

/** Consecutive positions become one range. @param seals in the order of their positions */
export function rangesOf(seals: readonly { position: number; hash: string }[]): PrunedRange[] {
  const ranges: PrunedRange[] = [];
  for (const { position, hash } of seals) {
    const range = ranges.at(-1);
    if (range && range.last === position - 1) Object.assign(range, { last: position, hash });
    else ranges.push({ first: position, last: position, hash });
  }
  return ranges;
}

/** The SHA-256 of the JSON array of all ranges, each `[first, last, hash]`. @param ranges in the order of the chain */
export function digestOf(ranges: readonly PrunedRange[]): string {
  return hash("sha256", JSON.stringify(ranges.map(({ first, last, hash }) => [first, last, hash])));
}

/** Ledgers of earlier versions that were not migrated have no ranges. */
export async function hasRanges(db: Database): Promise<boolean> {
  const table = isOnPostgres(db)
    ? sql<{ name: string | null }>`select to_regclass('pruned_ranges')::text as name`
    : sql<{ name: string }>`select name from sqlite_master where type = 'table' and name = 'pruned_ranges'`;
  return (await table.execute(db)).rows.some(({ name }) => name !== null);
}

/** The ranges that begin after one position, up to another, in order. */
export async function rangesBetween(db: Database, after: number, upTo: number): Promise<StoredRange[]> {
  return rangesIn(db)
    .where("first_position", ">", after)
    .where("first_position", "<=", upTo)
    .orderBy("first_position")
    .execute();
}

/** How many ranges there are: it changes only if a batch was pruned. */
export async function countRanges(db: Database): Promise<number> {
  const count = db.selectFrom("pruned_ranges").select((row) => row.fn.countAll<number>().as("ranges"));
  return Number((await count.executeTakeFirstOrThrow()).ranges);
}

/** The name of a checkpoint whose digest matches the ranges that bear its name; undefined if it does not. */
export async function coveredBy(db: Database, { detail_json }: ChainedEvent): Promise<string | undefined> {
  const { checkpoint, digest } = parseObject(detail_json);
  if (typeof checkpoint !== "string") return undefined;
  const ranges = await rangesIn(db).where("checkpoint", "=", checkpoint).orderBy("first_position").execute();
  return digestOf(ranges) === digest ? checkpoint : undefined;
}

/** The checkpoints that are sealed after a position, or not sealed yet. */
export async function checkpointsAfter(db: Database, position: number): Promise<ChainedEvent[]> {
  const checkpoints = db.selectFrom("events").select(chainedColumns).where("what", "=", "pruned").orderBy("events.seq");
  // In this order, because a checkpoint that is sealed meanwhile moves from `unsealed` to `seals`.
  const unsealed = db.selectFrom("unsealed").select("event_seq");
  const waiting = await checkpoints.where("seq", "in", unsealed).execute();
  const sealed = db.selectFrom("seals").select("event_seq").where("position", ">", position);
  return [...waiting, ...(await checkpoints.where("seq", "in", sealed).execute())];
}

/** The first positions of the ranges after a position, by the name of their checkpoint. */
export async function rangesByCheckpoint(db: Database, after: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom("pruned_ranges")
    .select(["checkpoint", (row) => row.fn.min("first_position").as("first")])
    .where("first_position", ">", after)
    .groupBy("checkpoint")
    .execute();
  return new Map(rows.map(({ checkpoint, first }) => [checkpoint, Number(first)]));
}

function rangesIn(db: Database) {
  return db
    .selectFrom("pruned_ranges")
    .select(["first_position as first", "last_position as last", "last_hash as hash", "checkpoint"]);
}
