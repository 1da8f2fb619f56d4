/**
 * A new version of the directory. It is filled in batches next to the one in use, and one short transaction switches to
 * it, so that neither people nor the bot wait for an import.
 */
import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { DirectoryEntry } from "../../domain/directory/merchant.ts";
import type { Database } from "../../storage/schema.ts";
import { insertSet, isOnPostgres, longListRowsMax, type Runner } from "../../storage/statement.ts";
import { isUniqueViolation } from "../../storage/store-errors.ts";
import type { DirectoryTable } from "../../storage/tables/directory.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { currentVersion, entriesOf } from "./current-directory.ts";
import { createIndexWriter } from "./index/index-writer.ts";
import { deleteVersion } from "./version-deletion.ts";

/** A version that is complete and not in use yet. */
export interface StagedDirectory {
  version: number;
  /** The version that was in use when it was begun; undefined if there was none. */
  base: number | undefined;
  entries: number;
  digest: string;
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

/** What the digest of a directory has of an entry; it is stored in events, so it never changes. */
export function entryText({ subMchid, name, note }: DirectoryEntry): string {
  return `${JSON.stringify([subMchid, name, note ?? null])}\n`;
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
        digest.update(entryText(entry));
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

const insertDirectory = insertSet<Pick<DirectoryTable, keyof DirectoryTable>, { position: number }>(
  "directory",
  { version: "bigint", sub_mchid: "text", position: "bigint", name: "text", note: "text" },
  { ending: "on conflict (version, sub_mchid) do nothing returning position", atOnce: longListRowsMax },
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
    const inserted = await insertDirectory(transaction, rows);
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
