/**
 * Prunes the settled ledger of a history, and judges that the audit finds nothing new and that people read the same.
 */
import type { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { type LedgerKey, signWith } from "../../../src/ledger/audit/keys/macs.ts";
import { verify } from "../../../src/ledger/audit/verification.ts";
import { createLedger } from "../../../src/ledger/ledger.ts";
import type { Schema, Store } from "../../../src/storage/schema.ts";
import { sqliteDialect } from "../../../src/storage/sqlite/dialect.ts";
import { pruneAll, sealAll } from "../../ledger/retention/pruning.ts";
import { differencesIn } from "./forgeries.ts";

/** Each difference that pruning makes, as a sentence. @param now the time, after everything has ended */
export async function prunedProblems(
  database: DatabaseSync,
  { key, now, before }: { key: LedgerKey | undefined; now: number; before: readonly string[] },
): Promise<string[]> {
  const db = new Kysely<Schema>({ dialect: sqliteDialect(database) });
  signWith(db, key);
  const store: Store = { db, engine: "sqlite", close: async () => {} };
  let ids = 0;
  const random = { fraction: () => 0, id: () => `checkpoint-${ids++}` };
  const clock = { now: () => now, monotonic: () => now, sleep: async () => {} };
  const ledger = createLedger({ store, clock, random, mchid: "1900000100", instance: "the judge" });
  const rows = await db.selectFrom("operations").select("sub_mchid").distinct().execute();
  const statuses = async () =>
    JSON.stringify(await Promise.all(rows.map(({ sub_mchid }) => ledger.history.status(sub_mchid))));
  const statusesBefore = await statuses();
  await pruneAll(ledger, 0);
  // The chain continues after what was pruned.
  await sealAll(ledger);
  const found: string[] = [];
  const trail = await verify(db);
  if (trail.kind !== "intact") found.push(`after pruning, the audit finds the trail ${trail.kind}`);
  for (const difference of await differencesIn(database, key))
    if (!before.includes(difference)) found.push(`after pruning: ${difference}`);
  if ((await statuses()) !== statusesBefore) found.push("pruning changed the status of a sub-merchant");
  return found;
}
