/**
 * Whether the ledger's file is still the one at its path. SQLite goes on writing to a file that was moved or removed,
 * and nobody finds that again after the next start.
 */
import { statSync } from "node:fs";
import { LedgerFileReplaced } from "../store-errors.ts";

/**
 * Remembers which file is at `path`, by its device and inode. SQLite compares these too (SQLITE_FCNTL_HAS_MOVED), but
 * node:sqlite does not offer it.
 * @returns a check of 1 to 2 µs that throws LedgerFileReplaced while another file is there, or none
 */
export function rememberFile(path: string): () => void {
  const find = () => statSync(path, { bigint: true, throwIfNoEntry: false });
  const opened = find();
  return () => {
    const found = find();
    if (found?.ino !== opened?.ino || found?.dev !== opened?.dev) throw new LedgerFileReplaced();
  };
}
