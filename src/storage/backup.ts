/** A consistent copy of an embedded ledger while bots write to it. */
import { closeSync, existsSync, linkSync, openSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { codeOf, whyOf } from "./store-errors.ts";

export type BackupResult =
  | { kind: "done"; bytes: number }
  /** A file of that name exists; it was left unchanged. */
  | { kind: "exists" }
  /** The copy failed SQLite's integrity check and was removed. */
  | { kind: "damaged"; why: string }
  | { kind: "failed"; why: string };

/** All pages in one step: between steps a writer would make SQLite start over, endlessly with a busy bot. */
const allPages = 2 ** 31 - 1;
/** How long to wait for a writer, in milliseconds. */
const busyMs = 30_000;

/**
 * Copies the ledger at `from`, log of writes included, to a new file `to` that its owner alone can read. The file gets its
 * name only after it is complete and verified.
 */
export async function backUp(from: string, to: string): Promise<BackupResult> {
  if (existsSync(to)) return { kind: "exists" };
  const partial = join(dirname(to), `.${basename(to)}.${process.pid}.partial`);
  try {
    closeSync(openSync(partial, "wx", 0o600));
    const source = new DatabaseSync(from, { timeout: busyMs });
    try {
      await backup(source, partial, { rate: allPages });
    } finally {
      source.close();
    }
    const damage = damageIn(partial);
    if (damage !== undefined) return { kind: "damaged", why: damage };
    // Unlike a rename, a link never takes another file's place.
    linkSync(partial, to);
    return { kind: "done", bytes: statSync(to).size };
  } catch (error) {
    return codeOf(error) === "EEXIST" ? { kind: "exists" } : { kind: "failed", why: whyOf(error) };
  } finally {
    for (const suffix of ["", "-wal", "-shm"]) rmSync(`${partial}${suffix}`, { force: true });
  }
}

function damageIn(path: string): string | undefined {
  const copy = new DatabaseSync(path);
  try {
    const found = copy.prepare("pragma integrity_check(1)").get()?.["integrity_check"];
    return found === "ok" ? undefined : String(found);
  } finally {
    copy.close();
  }
}
