/** Compares a new version of the directory with the one in use, and switches to it. */
import { type RawBuilder, sql } from "kysely";
import type { DirectoryEntry } from "../../domain/directory/merchant.ts";
import { commitOrRollBack, type RolledBack, rollBack } from "../../storage/rollback.ts";
import { type Database, directoryName } from "../../storage/schema.ts";
import { type Origin, record } from "../audit/audit-log.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { currentVersion, entryOf } from "./current-directory.ts";
import type { StagedDirectory } from "./new-version.ts";
import { deleteVersion } from "./version-deletion.ts";

/** What an import would change. */
export interface DirectoryChanges {
  added: number;
  changed: number;
  removed: number;
  /** The first of each, in the order of the new file, or of the old one where they are gone. */
  samples: {
    added: DirectoryEntry[];
    changed: { before: DirectoryEntry; after: DirectoryEntry }[];
    removed: DirectoryEntry[];
  };
}

export type ImportResult =
  | { kind: "imported"; changes: DirectoryChanges }
  /** It is the directory in use. */
  | { kind: "unchanged" }
  /** Another import was first; the changes that were shown are not the ones that it would make. */
  | { kind: "overtaken" }
  /** It was deleted after some time without a decision. */
  | { kind: "gone" };

/** Entries of each kind that are shown. */
const samplesMax = 5;

export async function changesOf(db: Database, { version, base, entries }: StagedDirectory): Promise<DirectoryChanges> {
  const before = base ?? 0;
  const differs = sql<boolean>`(new.name <> old.name or coalesce(new.note, '') <> coalesce(old.note, ''))`;
  const { rows: counts } = await sql<{ common: number; changed: number }>`
    select count(*) as common, coalesce(sum(case when ${differs} then 1 else 0 end), 0) as changed
    from directory new join directory old on old.version = ${before} and old.sub_mchid = new.sub_mchid
    where new.version = ${version}`.execute(db);
  const { common, changed } = { common: Number(counts[0]?.common), changed: Number(counts[0]?.changed) };
  const { rows: pairs } = await sql<Row & { old_name: string; old_note: string | null }>`
    select new.sub_mchid, new.name, new.note, old.name as old_name, old.note as old_note
    from directory new join directory old on old.version = ${before} and old.sub_mchid = new.sub_mchid
    where new.version = ${version} and ${differs} order by new.position limit ${samplesMax}`.execute(db);
  const old = base === undefined ? undefined : db.selectFrom("directory_versions").select("entries");
  const oldEntries = (await old?.where("version", "=", before).executeTakeFirst())?.entries ?? 0;
  const [added, removed] = [entries - common, oldEntries - common];
  return {
    added,
    changed,
    removed,
    samples: {
      added: added > 0 ? await onlyIn(db, version, before) : [],
      changed: pairs.map((row) => ({
        before: { subMchid: row.sub_mchid, name: row.old_name, note: row.old_note ?? undefined },
        after: entryOf(row),
      })),
      removed: removed > 0 ? await onlyIn(db, before, version) : [],
    },
  };
}

interface Row {
  sub_mchid: string;
  name: string;
  note: string | null;
}

async function onlyIn(db: Database, version: number, other: number): Promise<DirectoryEntry[]> {
  const { rows } = await sql<Row>`select sub_mchid, name, note from directory one
    where version = ${version} and not exists (${inVersion(other)}) order by position limit ${samplesMax}`.execute(db);
  return rows.map(entryOf);
}

function inVersion(version: number): RawBuilder<unknown> {
  return sql`select 1 from directory other where other.version = ${version} and other.sub_mchid = one.sub_mchid`;
}

/** Whether a version has exactly what the one in use has. The first directory always changes something. */
export function isUnchanged({ base }: StagedDirectory, { added, changed, removed }: DirectoryChanges): boolean {
  return base !== undefined && added + changed + removed === 0;
}

/**
 * Uses a version from now on, if it still replaces the one that it was compared with. Otherwise it is deleted, unless
 * it is in use already.
 */
export async function adopt(
  context: LedgerContext,
  staged: StagedDirectory,
  importer: { by: string; origin: Origin },
): Promise<ImportResult> {
  const { db } = context.store;
  if ((await currentVersion(db)) === staged.version) return { kind: "unchanged" };
  const changes = await changesOf(db, staged);
  const result: ImportResult = isUnchanged(staged, changes)
    ? { kind: "unchanged" }
    : await replace(context, staged, changes, importer);
  if (result.kind !== "unchanged" && result.kind !== "overtaken") return result;
  // The same version can be submitted twice at the same time.
  if ((await currentVersion(db)) === staged.version) return { kind: "unchanged" };
  await deleteVersion(db, staged.version);
  return result;
}

function replace(
  { store: { db }, clock }: LedgerContext,
  { version, base, entries, digest }: StagedDirectory,
  changes: DirectoryChanges,
  { by, origin }: { by: string; origin: Origin },
): Promise<ImportResult> {
  return commitOrRollBack(db, async (transaction): Promise<ImportResult | RolledBack<ImportResult>> => {
    const now = clock.now();
    const facts = { imported_by: by, imported_at: now, touched_at: now };
    const complete = transaction.updateTable("directory_versions").set(facts);
    const adopted = await complete.where("version", "=", version).where("digest", "=", digest).executeTakeFirst();
    if (adopted.numUpdatedRows === 0n) return rollBack({ kind: "gone" });
    const value = String(version);
    const { numAffectedRows } =
      base === undefined
        ? await sql`insert into ledger_info (name, value) values (${directoryName}, ${value})
            on conflict (name) do nothing`.execute(transaction)
        : await sql`update ledger_info set value = ${value}
            where name = ${directoryName} and value = ${String(base)}`.execute(transaction);
    if (numAffectedRows === 0n) return rollBack({ kind: "overtaken" });
    const { added, changed, removed } = changes;
    const detail = { entries, added, changed, removed, digest };
    await record(transaction, [{ what: "directory-imported", at: now, actor: by, origin, detail }]);
    // Readers of the previous version can finish.
    const replaced = transaction.updateTable("directory_versions").set({ touched_at: now });
    if (base !== undefined) await replaced.where("version", "=", base).execute();
    return { kind: "imported", changes };
  });
}
