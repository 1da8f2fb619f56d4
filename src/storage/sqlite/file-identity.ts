/**
 * Whether the ledger's files are still the ones at their paths. SQLite goes on writing to a file that was moved or
 * removed, and nobody finds that again after the next start.
 */
import { lstatSync, realpathSync, statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { LedgerFileReplaced } from "../store-errors.ts";

/**
 * Remembers which file is at `path`, by its device and inode. SQLite compares these too (SQLITE_FCNTL_HAS_MOVED), but
 * node:sqlite does not offer it.
 * @param options `withLog`: the write-ahead log, too, as the first check finds it. SQLite keeps that file while a
 *   connection is open, whatever other processes do, unless this connection itself leaves WAL mode.
 * @returns a check for inside a write transaction, which has the log open; one call of `stat` for each file, of 1 to 2
 *   µs. It throws LedgerFileReplaced while another file is there, or none
 */
export function rememberFile(path: string, { withLog = false } = {}): () => void {
  const opened = find(path);
  const logPath = logOf(path);
  let log: ReturnType<typeof find>;
  return () => {
    if (!isSame(find(path), opened)) throw new LedgerFileReplaced("ledger");
    if (!withLog) return;
    const found = find(logPath);
    log ??= found;
    if (!isSame(found, log)) throw new LedgerFileReplaced("log");
  };
}

/**
 * Once the log is no longer at its path, copies it into the ledger's file, so that it is not lost when the process is
 * killed, and begins a transaction that only keeps other programs from writing: they would write to another log, but
 * share its index, by which this connection would copy the wrong pages when it is closed.
 */
export function secureLog(database: DatabaseSync): void {
  try {
    database.exec("pragma wal_checkpoint; begin immediate");
  } catch {
    // Another program has it locked, or the disk is full. The next write that fails tries again.
  }
}

function find(path: string) {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function isSame(one: ReturnType<typeof find>, other: ReturnType<typeof find>): boolean {
  return one?.ino === other?.ino && one?.dev === other?.dev;
}

/** SQLite keeps it beside the file itself, not beside a link to it. */
function logOf(path: string): string {
  return `${lstatSync(path).isSymbolicLink() ? realpathSync(path) : path}-wal`;
}
