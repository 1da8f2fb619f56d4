/** Deletes versions of the directory part by part, so that no transaction takes long. */
import { sql } from "kysely";
import type { Database } from "../../storage/schema.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { currentVersion } from "./current-directory.ts";

/** Rows deleted in one transaction. */
const deletedAtOnce = 2_000;

/** Deletes a version that is not in use. */
export async function deleteVersion(db: Database, version: number): Promise<void> {
  while ((await deleteSome(db, version)) > 0);
}

/** Deletes some rows of a version, and the version itself after the last of them. @returns how many rows */
async function deleteSome(db: Database, version: number): Promise<number> {
  const deleted = await db.transaction().execute(async (transaction) => {
    let count = 0;
    for (const [table, key] of [
      ["directory", sql`sub_mchid`],
      ["directory_bigrams", sql`bigram, block`],
    ] as const) {
      const { numAffectedRows = 0n } = await sql`delete from ${sql.table(table)}
        where version = ${version} and (${key}) in
          (select ${key} from ${sql.table(table)} where version = ${version} limit ${deletedAtOnce})`.execute(
        transaction,
      );
      count += Number(numAffectedRows);
    }
    return count;
  });
  if (deleted === 0) await db.deleteFrom("directory_versions").where("version", "=", version).execute();
  return deleted;
}

/** How long after its last write a version may still be read or be waiting for a decision, in milliseconds. */
const keptMs = 2 * 3_600_000;

/**
 * Deletes a part of the versions that are not in use any more, or that an import left behind.
 * @returns how many rows; 0 if there is nothing left to delete
 */
export async function pruneVersions({ store: { db }, clock }: LedgerContext): Promise<number> {
  const current = (await currentVersion(db)) ?? 0;
  const before = clock.now() - keptMs;
  const row = await db
    .selectFrom("directory_versions")
    .select("version")
    .where("touched_at", "<", before)
    .where("version", "!=", current)
    .orderBy("version")
    .limit(1)
    .executeTakeFirst();
  if (!row) return 0;
  const { version } = row;
  // Without a digest, nobody can begin to use it while its rows are deleted.
  const closed = db.updateTable("directory_versions").set({ digest: null }).where("version", "=", version);
  const { numUpdatedRows } = await closed.where("touched_at", "<", before).executeTakeFirst();
  return numUpdatedRows === 0n ? 0 : deleteSome(db, version);
}
