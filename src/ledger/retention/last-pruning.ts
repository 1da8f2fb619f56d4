/** What was pruned last, for people who look for something that is no longer in the ledger. */
import { firstRequestNumber } from "../../storage/migrations/0015-trust.ts";
import type { Database } from "../../storage/schema.ts";
import { prunedName } from "./checkpoint.ts";

export interface Pruning {
  /** RETAIN at that time, in milliseconds. */
  retainMs: number;
  /** What ended at this time or earlier was pruned, in milliseconds since the epoch. */
  before: number;
}

/** Undefined if nothing was ever pruned. */
export async function lastPruning(db: Database): Promise<Pruning | undefined> {
  const row = await db.selectFrom("ledger_info").select("value").where("name", "=", prunedName).executeTakeFirst();
  return row && JSON.parse(row.value);
}

/** The pruning by which the request with this number may have gone; undefined if there can never have been one. */
export async function pruningOf(db: Database, number: number): Promise<Pruning | undefined> {
  const pruning = await lastPruning(db);
  if (!pruning || number < firstRequestNumber) return undefined;
  const newest = await db.selectFrom("requests").select("number").orderBy("number", "desc").limit(1).executeTakeFirst();
  return newest && number < newest.number ? pruning : undefined;
}
