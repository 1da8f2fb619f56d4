/** The directory in use, and the entries of a version. */
import type { DirectoryEntry } from "../../domain/directory/merchant.ts";
import { directoryName } from "../../storage/schema.ts";
import type { Runner } from "../../storage/statement.ts";
import type { DirectoryTable } from "../../storage/tables/directory.ts";

/** The directory in use. */
export interface CurrentDirectory {
  version: number;
  entries: number;
  digest: string;
  /** A Slack user ID, or `bot` for an import in the terminal. */
  importedBy: string;
  /** Milliseconds since the epoch. */
  importedAt: number;
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

/** A row of the directory as an entry. */
export function entryOf({
  sub_mchid,
  name,
  note,
}: Pick<DirectoryTable, "sub_mchid" | "name" | "note">): DirectoryEntry {
  return { subMchid: sub_mchid, name, note: note ?? undefined };
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
    found.push(...rows.map(entryOf));
  }
  return found;
}

/** Entries read at once. */
const readAtOnce = 1_000;

/** The directory in use, in the order of its file, batch by batch; nothing while there is none. */
export async function* entriesInOrder(db: Runner): AsyncGenerator<DirectoryEntry[], void> {
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
    yield rows.map(entryOf);
    after = last.position;
  }
}
