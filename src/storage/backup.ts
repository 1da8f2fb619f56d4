/** A consistent copy of an embedded ledger while bots write to it. */
import { randomUUID } from "node:crypto";
import { closeSync, existsSync, linkSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import type { DatabaseProblem } from "../domain/startup/database-problem.ts";
import { checkFile, refuseSeparated } from "./open.ts";
import { asCannotOpen, CannotOpen } from "./open-problem.ts";
import { backupName } from "./schema.ts";
import { codeOf, whyOf } from "./store-errors.ts";

export type BackupResult =
  | { kind: "done"; bytes: number }
  /** A file with that name exists, or one that SQLite would apply to it; it was not changed. */
  | { kind: "exists" }
  /** The ledger cannot be read. */
  | { kind: "unreadable"; problem: DatabaseProblem }
  /** The copy failed SQLite's integrity check and was removed. */
  | { kind: "damaged"; why: string }
  /** The target location is not writable. */
  | { kind: "unwritable"; why: string }
  | { kind: "failed"; why: string };

/** All pages in one step. Between steps, a writer would make SQLite start over, endlessly if the bot is busy. */
const allPages = 2 ** 31 - 1;
/** How long to wait for a writer, in milliseconds. */
const busyMs = 30_000;

/**
 * What SQLite adds to a database's name for the files that belong to it. The next opening applies a log or a journal.
 */
export const databaseFiles = ["", "-wal", "-shm", "-journal"] as const;

/** Whether there is a database of this name, or a file that would be applied to a new one. */
export function isAnyThere(path: string): boolean {
  return databaseFiles.some((suffix) => existsSync(`${path}${suffix}`));
}

/** Whether SQLite would apply a file of this name to the database beside it, or remove it. */
export function isSideFile(path: string): boolean {
  return databaseFiles.some(
    (suffix) => suffix !== "" && path.endsWith(suffix) && existsSync(path.slice(0, -suffix.length)),
  );
}

/**
 * Copies the ledger at `from`, log of writes included, to a new file `to` that only its owner can read. The file gets
 * its name only after it is complete and verified.
 */
export async function backUp(from: string, to: string): Promise<BackupResult> {
  if (isAnyThere(to)) return { kind: "exists" };
  // In containers, every process may have the same number.
  const partial = join(dirname(to), `.${basename(to)}.${randomUUID().slice(0, 8)}.partial`);
  try {
    const source = openSource(from);
    try {
      closeSync(openSync(partial, "wx", 0o600));
      await backup(source, partial, { rate: allPages });
    } finally {
      source.close();
    }
    const damage = damageIn(partial);
    if (damage !== undefined) return { kind: "damaged", why: damage };
    nameExclusively(partial, to);
    return { kind: "done", bytes: statSync(to).size };
  } catch (error) {
    if (error instanceof CannotOpen) return { kind: "unreadable", problem: error.problem };
    const code = codeOf(error);
    if (code === "EEXIST") return { kind: "exists" };
    // The system's message names a temporary file, which is of no interest to people.
    return /^E[A-Z]+$/.test(code) ? { kind: "unwritable", why: code } : { kind: "failed", why: whyOf(error) };
  } finally {
    removeDatabase(partial);
  }
}

/** Removes a temporary database, if it can: in a folder that cannot be read, nothing was written. */
export function removeDatabase(path: string): void {
  for (const suffix of databaseFiles) {
    try {
      rmSync(`${path}${suffix}`, { force: true });
    } catch {
      // What went wrong before is what people read.
    }
  }
}

/** Gives a complete file its name. @throws EEXIST if there is a file of that name */
function nameExclusively(partial: string, to: string): void {
  try {
    // Unlike a rename, a link never replaces another file.
    linkSync(partial, to);
  } catch (problem) {
    if (codeOf(problem) === "EEXIST") throw problem;
    // A file system without links, such as a network share: the name is taken first, and replaced by the file.
    closeSync(openSync(to, "wx", 0o600));
    try {
      renameSync(partial, to);
    } catch (error) {
      rmSync(to, { force: true });
      throw error;
    }
  }
}

/** @throws CannotOpen if the file does not exist, is not readable, or is not a database */
function openSource(path: string): DatabaseSync {
  checkFile(path);
  refuseSeparated(path);
  let source: DatabaseSync | undefined;
  try {
    source = new DatabaseSync(path, { timeout: busyMs });
    // SQLite checks a file only when it reads from it.
    source.prepare("pragma schema_version").get();
    return source;
  } catch (error) {
    source?.close();
    throw asCannotOpen(error, path);
  }
}

/**
 * Notes in the ledger at `path` that there is a backup of it, for the metrics of a running bot.
 * @param at milliseconds since the epoch
 * @returns why it could not, or undefined
 */
export function noteBackup(path: string, at: number): string | undefined {
  try {
    const ledger = new DatabaseSync(path, { timeout: busyMs });
    try {
      ledger
        .prepare(
          "insert into ledger_info (name, value) values (?, ?) on conflict (name) do update set value = excluded.value",
        )
        .run(backupName, String(at));
      return undefined;
    } finally {
      ledger.close();
    }
  } catch (error) {
    return whyOf(error);
  }
}

function damageIn(path: string): string | undefined {
  const copy = new DatabaseSync(path);
  try {
    const found = copy.prepare("pragma integrity_check(1)").get()?.["integrity_check"];
    return found === "ok" ? undefined : String(found);
  } catch (error) {
    // If even the integrity check cannot read the file.
    return whyOf(error);
  } finally {
    copy.close();
  }
}
