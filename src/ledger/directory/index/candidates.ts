/** Finds the positions that the index offers for a query, block by block, from one end to the other. */
import { type SelectQueryBuilder, sql } from "kysely";
import type { BigramQuery } from "../../../domain/directory/bigrams.ts";
import type { Database, Schema } from "../../../storage/schema.ts";
import type { DirectoryBigramsTable } from "../../../storage/tables/directory.ts";
import { blockOf, blockSize, positionSet } from "./position-set.ts";

/** Positions after this one, or before it in descending order. */
export interface Scan {
  from: number;
  order: "ascending" | "descending";
}

/** Pairs that are looked up for one query, the rarest first; the others hardly narrow it down. */
const bigramsMax = 6;
/** Positions for which blocks are read at once; a rare query takes one statement for all blocks. */
const positionsAtOnce = 200;
/** Rows read at once. */
const rowsAtOnce = 64;

/** Every merchant that the query matches is among them, and perhaps others. */
export async function* candidates(
  db: Database,
  version: number,
  query: BigramQuery,
  scan: Scan,
): AsyncGenerator<number[], void> {
  const isAscending = scan.order === "ascending";
  const found = await blocksOf(db, version, query);
  const blocks = found
    .filter(({ block }) => (isAscending ? block >= blockOf(scan.from) : block <= blockOf(scan.from)))
    .sort((one, other) => (isAscending ? one.block - other.block : other.block - one.block));
  for (const some of readAtOnce(blocks)) {
    const rows = await rowsOf(db, version, query.kind === "all" ? rarest(query, found) : query)
      .where("block", "in", some)
      .select(["bigram", "block", "positions"])
      .execute();
    const offered = some.flatMap((block) => {
      const positions = rows.filter((row) => row.block === block).map((row) => row.positions);
      const offsets = combined(positions, query.kind).map((offset) => block * blockSize + offset);
      return isAscending ? offsets : offsets.reverse();
    });
    yield offered.filter((position) => (isAscending ? position > scan.from : position < scan.from));
  }
}

/** A block in which the query can match. */
interface Block {
  block: number;
  /** By pair, for a query of all pairs. */
  counts: ReadonlyMap<string, number>;
  /** At most so many positions match. */
  positionsMax: number;
}

async function blocksOf(db: Database, version: number, query: BigramQuery): Promise<Block[]> {
  if (query.kind === "range") {
    const total = sql<number>`sum(entries)`.as("total");
    const rows = await rowsOf(db, version, query).select(["block", total]).groupBy("block").execute();
    return rows.map(({ block, total }) => ({ block, counts: new Map(), positionsMax: Number(total) }));
  }
  const rows = await rowsOf(db, version, query).select(["bigram", "block", "entries"]).execute();
  const byBlock = Map.groupBy(rows, ({ block }) => block);
  return [...byBlock].flatMap(([block, pairs]): Block[] => {
    if (pairs.length < query.bigrams.length) return [];
    const counts = new Map(pairs.map(({ bigram, entries }) => [bigram, entries]));
    return [{ block, counts, positionsMax: Math.min(...counts.values()) }];
  });
}

function rarest({ bigrams }: Extract<BigramQuery, { kind: "all" }>, blocks: readonly Block[]): BigramQuery {
  const total = (bigram: string) => blocks.reduce((sum, { counts }) => sum + (counts.get(bigram) ?? 0), 0);
  const ranked = bigrams.map((bigram) => ({ bigram, total: total(bigram) })).sort((a, b) => a.total - b.total);
  return { kind: "all", bigrams: ranked.slice(0, bigramsMax).map(({ bigram }) => bigram) };
}

function* readAtOnce(blocks: readonly Block[]): Generator<number[], void> {
  let some: number[] = [];
  let positions = 0;
  for (const { block, positionsMax } of blocks) {
    some.push(block);
    positions += positionsMax;
    if (positions < positionsAtOnce && some.length * bigramsMax < rowsAtOnce) continue;
    yield some;
    some = [];
    positions = 0;
  }
  if (some.length > 0) yield some;
}

type Rows = SelectQueryBuilder<Schema, "directory_bigrams", Record<never, DirectoryBigramsTable>>;

function rowsOf(db: Database, version: number, query: BigramQuery): Rows {
  const rows = db.selectFrom("directory_bigrams").where("version", "=", version);
  return query.kind === "all"
    ? rows.where("bigram", "in", query.bigrams)
    : rows.where("bigram", ">=", query.from).where("bigram", "<", query.to);
}

function combined(positions: readonly string[], kind: BigramQuery["kind"]): number[] {
  const [first, ...others] = positions;
  const set = positionSet(first);
  for (const each of others) {
    if (kind === "all") set.keep(each);
    else set.add(each);
  }
  return set.offsets();
}
