/** Replaces an embedded ledger with a backup, after holding all operations in the backup that would otherwise run. */
import {
  chmodSync,
  chownSync,
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { sql } from "kysely";
import type { Clock, Random } from "../../domain/clock.ts";
import type { DatabaseProblem } from "../../domain/startup/database-problem.ts";
import { adoptLedgerKey, keyProblem, type LedgerKeyProblem } from "../../ledger/audit/keys/ledger-key.ts";
import type { LedgerKey } from "../../ledger/audit/keys/macs.ts";
import type { Verification } from "../../ledger/audit/verification.ts";
import { holdRestored, type RestoredLedger } from "../../ledger/holding/restored.ts";
import type { LedgerContext } from "../../ledger/ledger-context.ts";
import { type BackupResult, backUp, databaseFiles, isAnyThere, removeDatabase } from "../../storage/backup.ts";
import { checkFile, isMissing, openStore, openUnchanged, prepareFolder } from "../../storage/open.ts";
import { asCannotOpen, CannotOpen } from "../../storage/open-problem.ts";
import { findOtherUser } from "../../storage/open-sessions.ts";
import { codeOf, whyOf } from "../../storage/store-errors.ts";
import { verifyFile } from "./verify-file.ts";

/** What the bot will do with open requests in the restored ledger. */
export interface Restored extends RestoredLedger {
  /** The previous ledger's new path; undefined if there was none. */
  aside: string | undefined;
  /** The newest schema step of a backup that an older version made: its schema is up to date now. */
  updatedFrom: string | undefined;
}

export type RestoreResult =
  | ({ kind: "restored" } & Restored)
  | { kind: "same-file" | "no-backup" | "no-trail" | "in-use" }
  | { kind: "damaged"; why: string }
  | { kind: "not-intact"; found: Exclude<Verification["kind"], "intact"> }
  | { kind: "key-refused"; problem: LedgerKeyProblem }
  | { kind: "backup-unreadable" | "ledger-unusable"; problem: DatabaseProblem }
  | { kind: "failed"; why: string };

export interface RestoreInput {
  /** The backup. */
  from: string;
  /** The ledger in DATABASE_URL. */
  to: string;
  /** How long held requests wait for an approver, in milliseconds. */
  heldForMs: number;
  /** The backup's LEDGER_KEY, which signs the restore's event; undefined if the backup is not signed. */
  key: LedgerKey | undefined;
  clock: Clock;
  random: Random;
}

/**
 * The current ledger is not changed before the last step, so a restore that fails or is interrupted earlier has no
 * effect.
 */
export async function restoreLedger(input: RestoreInput): Promise<RestoreResult> {
  const { from, to, clock, random } = input;
  if (resolve(from) === resolve(to)) return { kind: "same-file" };
  if (isMissing(from)) return { kind: "no-backup" };
  // In containers, every process may have the same number.
  const staged = `${to}.restoring-${random.id()}`;
  try {
    prepareFolder(to);
    const open = await stage(staged, input);
    if ("kind" in open) return open;
    if (existsSync(to) && (await isInUse(to))) return { kind: "in-use" };
    // A log of writes without its database would be applied to the restored one.
    const aside = isAnyThere(to) ? unusedName(`${to}.before-restore-${stamp(clock.now())}`) : undefined;
    leaveToOwner(to, staged);
    replace(to, staged, aside);
    return { kind: "restored", ...open, aside };
  } catch (error) {
    const found = asCannotOpen(error, to);
    if (found instanceof CannotOpen && found.problem.kind !== "away")
      return { kind: "ledger-unusable", problem: found.problem };
    return { kind: "failed", why: whyOf(error) };
  } finally {
    removeDatabase(staged);
    removeDatabase(sourceOf(staged));
  }
}

/** Copies the backup, verifies the copy, and holds its open operations. */
async function stage(staged: string, input: RestoreInput): Promise<Omit<Restored, "aside"> | RestoreResult> {
  const { from, to } = input;
  // A complete copy, including the write-ahead log, that only its owner can read.
  const copied = await copyBackup(input, staged);
  switch (copied.kind) {
    case "done":
      break;
    case "damaged":
    case "failed":
      return copied;
    case "unreadable":
      return unreadable(copied.problem);
    case "unwritable":
      return { kind: "ledger-unusable", problem: { kind: "file", path: to, why: copied.why } };
    case "exists":
      return { kind: "ledger-unusable", problem: { kind: "file", path: staged, why: "EEXIST" } };
    default:
      return copied satisfies never;
  }
  try {
    const { kind: found } = await verifyFile(staged);
    if (found === "no-trail") return { kind: "no-trail" };
    if (found !== "intact") return { kind: "not-intact", found };
    const open = await holdIn(staged, input);
    return "problem" in open ? { kind: "key-refused", problem: open.problem } : open;
  } catch (error) {
    const found = asCannotOpen(error, from);
    if (found instanceof CannotOpen && found.problem.kind !== "away") return unreadable(found.problem);
    throw error;
  }
}

function sourceOf(staged: string): string {
  return `${staged}-source`;
}

/**
 * SQLite opens a ledger only where it may write. A backup on a read-only medium, or of another user, is therefore
 * copied first, with its log of writes.
 */
async function copyBackup({ from }: RestoreInput, staged: string): Promise<BackupResult> {
  const copied = await backUp(from, staged);
  if (copied.kind !== "unreadable" || copied.problem.kind !== "file") return copied;
  const source = sourceOf(staged);
  try {
    checkFile(from);
    for (const suffix of ["-wal", "-journal", ""]) {
      if (!existsSync(`${from}${suffix}`)) continue;
      copyFileSync(`${from}${suffix}`, `${source}${suffix}`);
      chmodSync(`${source}${suffix}`, 0o600);
    }
  } catch (error) {
    return error instanceof CannotOpen ? copied : { kind: "unwritable", why: codeOf(error) };
  }
  return backUp(source, staged);
}

function unreadable(problem: DatabaseProblem): RestoreResult {
  return problem.kind === "damaged" ? { kind: "damaged", why: problem.why } : { kind: "backup-unreadable", problem };
}

/** Brings the copy's schema up to date, because an older one has no operations on hold, and holds all that are open. */
async function holdIn(
  path: string,
  { heldForMs, key, clock, random }: RestoreInput,
): Promise<Omit<Restored, "aside"> | { problem: LedgerKeyProblem }> {
  const store = await openStore({ engine: "sqlite", path });
  try {
    const problem = await keyProblem(store.db, key);
    if (problem) return { problem };
    await adoptLedgerKey(store, key);
    const context: LedgerContext = { store, clock, random, mchid: "", instance: random.id() };
    const held = await holdRestored(context, heldForMs);
    // Only the file itself is renamed. Closing it would write the log back too, but not report a full disk.
    await sql`pragma journal_mode = delete`.execute(store.db);
    return { ...held, updatedFrom: store.updatedFrom };
  } finally {
    await store.close();
  }
}

/** @throws CannotOpen if the file can be neither opened nor replaced */
async function isInUse(path: string): Promise<boolean> {
  try {
    const store = await openUnchanged({ engine: "sqlite", path }, { isNewerFine: true });
    try {
      return (await findOtherUser(store)) !== undefined;
    } finally {
      await store.close();
    }
  } catch (error) {
    const found = asCannotOpen(error, path);
    if (!(found instanceof CannotOpen)) throw error;
    // Backups exist to replace damaged ledgers.
    if (found.problem.kind === "damaged") return false;
    if (found.problem.kind === "locked") return true;
    throw found;
  }
}

/**
 * Replaces `to` with `staged` and keeps `to` as `aside`; if this fails, `to` is as it was. Whenever the process ends,
 * there is a ledger at `to`: the previous one, or the restored one.
 */
function replace(to: string, staged: string, aside: string | undefined): void {
  const there = databaseFiles.filter((suffix) => existsSync(`${to}${suffix}`));
  if (aside !== undefined) for (const suffix of there) duplicate(`${to}${suffix}`, `${aside}${suffix}`);
  try {
    for (const suffix of there) if (suffix !== "") rmSync(`${to}${suffix}`);
    renameSync(staged, to);
  } catch (error) {
    for (const suffix of there) {
      if (!existsSync(`${to}${suffix}`)) duplicate(`${aside}${suffix}`, `${to}${suffix}`);
      rmSync(`${aside}${suffix}`, { force: true });
    }
    throw error;
  }
}

/** root restores for the bot's user, who could not open a file of root's. */
function leaveToOwner(to: string, staged: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = statSync(existsSync(to) ? to : dirname(to));
  chownSync(staged, uid, gid);
}

/** Gives a file a second name; on a file system without links, it is copied. */
function duplicate(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
  }
}

/**
 * A rename replaces an existing file, and a second restore within one second must not overwrite the ledger kept by the
 * first.
 */
function unusedName(name: string): string {
  for (let nth = 1; ; nth++) {
    const candidate = nth === 1 ? name : `${name}-${nth}`;
    if (!isAnyThere(candidate)) return candidate;
  }
}

/** `20261128T140500Z` */
function stamp(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
}
