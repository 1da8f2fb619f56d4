/** What the ledger last did about merchants in a list. */
import type { Database } from "../../storage/schema.ts";
import { entriesOf, type HistoryEntry, operationsOf } from "../queries/history.ts";

/** The newest operation of each of these numbers, by number; none for a number that no request was about. */
export async function latestOperations(
  db: Database,
  subMchids: readonly string[],
): Promise<ReadonlyMap<string, HistoryEntry>> {
  if (subMchids.length === 0) return new Map();
  const newest = db
    .selectFrom("operations as newest")
    .select((row) => row.fn.max("newest.seq").as("seq"))
    .where("newest.sub_mchid", "in", subMchids)
    .groupBy("newest.sub_mchid");
  const entries = await entriesOf(db, operationsOf(db).where("seq", "in", newest), "desc");
  return new Map(entries.map((entry) => [entry.subMchid, entry]));
}
