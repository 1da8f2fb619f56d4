/**
 * Versions of the directory. A new one is filled in batches next to the one in use, and one short transaction switches
 * to it, so that neither people nor the bot wait for an import.
 */
import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { DirectoryEntry } from "../../domain/directory/merchant.ts";
import { type Database, directoryName } from "../../storage/schema.ts";
import { isOnPostgres, type Runner } from "../../storage/statement.ts";
import { isUniqueViolation } from "../../storage/store-errors.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { createIndexWriter } from "./index/index-writer.ts";
import { insertRows } from "./insert-rows.ts";

/** A version that is complete and not in use yet. */
export interface StagedDirectory {
  version: number;
  /** The version that was in use when it was begun; undefined if there was none. */
  base: number | undefined;
  entries: number;
  digest: string;
}

/** The directory in use. */
export interface CurrentDirectory {
  version: number;
  entries: number;
  digest: string;
  /** A Slack user ID, or `terminal`. */
  importedBy: string;
  /** Milliseconds since the epoch. */
  importedAt: number;
}

/** Two lines of a file for one number. */
export interface Clash {
  entry: DirectoryEntry;
  /** The line that came first. */
  earlier: DirectoryEntry;
}

/** A version that is being filled. */
export interface NewVersion {
  /** Adds a batch; resolves to the entries that an earlier one contradicts. Equal ones are taken once. */
  add(entries: readonly DirectoryEntry[]): Promise<Clash[]>;
  /** Afterwards, nothing can be added. */
  finish(): Promise<StagedDirectory>;
  /** Deletes it. */
  discard(): Promise<void>;
}

/** The number of the version in use; undefined while there is no directory. */
export async function currentVersion(on: Runner): Promise<number | undefined> {
  const row = await on.selectFrom("ledger_info").select("value").where("name", "=", directoryName).executeTakeFirst();
  return row && Number(row.value);
}

export async function currentDirectory(on: Runner): Promise<CurrentDirectory | undefined> {
  const version = await currentVersion(on);
  if (version === undefined) return undefined;
  const row = await on
    .selectFrom("directory_versions")
    .selectAll()
    .where("version", "=", version)
    .executeTakeFirstOrThrow();
  const { entries, digest, imported_by: importedBy, imported_at: importedAt } = row;
  return { version, entries, digest: digest ?? "", importedBy: importedBy ?? "", importedAt: importedAt ?? 0 };
}

export async function startVersion({
  store: { db },
  clock,
}: Pick<LedgerContext, "store" | "clock">): Promise<NewVersion> {
  const base = await currentVersion(db);
  const version = await reserve(db, clock.now());
  const index = createIndexWriter(db, version);
  const digest = createHash("sha256");
  let position = 0;
  let count = 0;
  return {
    async add(entries) {
      const first = position;
      position += entries.length;
      const { added, clashes } = await insertEntries(db, version, entries, first, clock.now());
      for (const [at, entry] of added) {
        digest.update(`${JSON.stringify([entry.subMchid, entry.name, entry.note ?? null])}\n`);
        await index.add(at, entry);
      }
      count += added.length;
      return clashes;
    },
    async finish() {
      await index.finish();
      // Otherwise PostgreSQL plans searches as if the tables were still what they were before.
      if (isOnPostgres(db)) await sql`analyze directory, directory_bigrams`.execute(db);
      const staged = { version, base, entries: count, digest: digest.digest("hex") };
      const complete = { entries: count, digest: staged.digest, touched_at: clock.now() };
      await db.updateTable("directory_versions").set(complete).where("version", "=", version).execute();
      return staged;
    },
    discard: () => deleteVersion(db, version),
  };
}

/** Imports that begin at the same time get different numbers. */
async function reserve(db: Database, now: number): Promise<number> {
  for (;;) {
    try {
      const next = sql<number>`(select coalesce(max(version), 0) + 1 from directory_versions)`;
      const row = { version: next, touched_at: now, entries: 0, digest: null, imported_by: null, imported_at: null };
      const inserted = db.insertInto("directory_versions").values(row).returning("version");
      return (await inserted.executeTakeFirstOrThrow()).version;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
    }
  }
}

const insertDirectory = insertRows(
  "directory",
  ["version", "sub_mchid", "position", "name", "note"],
  "on conflict (version, sub_mchid) do nothing returning sub_mchid, position",
);

/** @param first the position of the first entry */
async function insertEntries(
  db: Database,
  version: number,
  entries: readonly DirectoryEntry[],
  first: number,
  now: number,
): Promise<{ added: [position: number, entry: DirectoryEntry][]; clashes: Clash[] }> {
  return db.transaction().execute(async (transaction) => {
    const touched = transaction.updateTable("directory_versions").set({ touched_at: now });
    const { numUpdatedRows } = await touched.where("version", "=", version).executeTakeFirst();
    if (numUpdatedRows === 0n) throw new Error("the version of the directory was deleted while it was filled");
    const rows = entries.map(({ subMchid: sub_mchid, name, note = null }, nth) => {
      return { version, sub_mchid, position: first + nth, name, note };
    });
    const inserted = await insertDirectory<{ position: number }>(transaction, rows);
    const positions = new Set(inserted.map(({ position }) => position));
    const added = entries.flatMap((entry, nth): [number, DirectoryEntry][] =>
      positions.has(first + nth) ? [[first + nth, entry]] : [],
    );
    const repeated = entries.filter((_, nth) => !positions.has(first + nth));
    return { added, clashes: await clashesOf(transaction, version, repeated) };
  });
}

async function clashesOf(on: Runner, version: number, repeated: readonly DirectoryEntry[]): Promise<Clash[]> {
  const earlier = new Map<string, DirectoryEntry>();
  const numbers = [...new Set(repeated.map(({ subMchid }) => subMchid))];
  for (const entry of await entriesOf(on, version, numbers)) earlier.set(entry.subMchid, entry);
  return repeated.flatMap((entry): Clash[] => {
    const first = earlier.get(entry.subMchid);
    return first && (first.name !== entry.name || first.note !== entry.note) ? [{ entry, earlier: first }] : [];
  });
}

/** Numbers in one statement, below the parameter limit of either engine. */
const numbersAtOnce = 1_000;

/** The entries of these numbers, as far as the version has them, in no particular order. */
export async function entriesOf(on: Runner, version: number, subMchids: readonly string[]): Promise<DirectoryEntry[]> {
  const found: DirectoryEntry[] = [];
  for (let first = 0; first < subMchids.length; first += numbersAtOnce) {
    const rows = await on
      .selectFrom("directory")
      .select(["sub_mchid", "name", "note"])
      .where("version", "=", version)
      .where("sub_mchid", "in", subMchids.slice(first, first + numbersAtOnce))
      .execute();
    found.push(...rows.map(({ sub_mchid, name, note }) => ({ subMchid: sub_mchid, name, note: note ?? undefined })));
  }
  return found;
}

/** Entries read at once. */
const readAtOnce = 1_000;

/** The directory in use, in the order of its file, batch by batch; nothing while there is none. */
export async function* entriesInOrder(db: Database): AsyncGenerator<DirectoryEntry[], void> {
  const version = await currentVersion(db);
  if (version === undefined) return;
  for (let after = -1; ; ) {
    const rows = await db
      .selectFrom("directory")
      .select(["sub_mchid", "name", "note", "position"])
      .where("version", "=", version)
      .where("position", ">", after)
      .orderBy("position")
      .limit(readAtOnce)
      .execute();
    const last = rows.at(-1);
    if (!last) return;
    yield rows.map(({ sub_mchid, name, note }) => ({ subMchid: sub_mchid, name, note: note ?? undefined }));
    after = last.position;
  }
}

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

/** For so long after it was last written to, somebody may still decide about a version or read it, in milliseconds. */
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
