/** Replaces an embedded ledger with a backup, after holding everything in it that would otherwise run. */
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Clock, Random } from "../domain/clock.ts";
import { adoptLedgerKey, keyProblem, type LedgerKeyProblem } from "../ledger/audit/keys/ledger-key.ts";
import type { LedgerKey } from "../ledger/audit/keys/macs.ts";
import type { Verification } from "../ledger/audit/verification.ts";
import { holdRestored, type RestoredLedger } from "../ledger/holding/restored.ts";
import type { LedgerContext } from "../ledger/ledger-context.ts";
import { backUp } from "../storage/backup.ts";
import { openStore, openUnchanged } from "../storage/open.ts";
import { isOpenElsewhere } from "../storage/open-sessions.ts";
import { whyOf } from "../storage/store-errors.ts";
import { verifyFile } from "./verify-file.ts";

/** What the bot will do with what is open in the restored ledger. */
export interface Restored extends RestoredLedger {
  /** Where the earlier ledger is now; undefined if there was none. */
  aside: string | undefined;
}

export type RestoreResult =
  | ({ kind: "restored" } & Restored)
  | { kind: "same-file" | "no-backup" | "no-trail" | "in-use" }
  | { kind: "damaged"; why: string }
  | { kind: "not-intact"; found: Exclude<Verification["kind"], "intact"> }
  | { kind: "key-refused"; problem: LedgerKeyProblem }
  /** Nothing was changed, or `aside` names where the earlier ledger is. */
  | { kind: "failed"; why: string };

export interface RestoreInput {
  /** The backup. */
  from: string;
  /** The ledger of DATABASE_URL. */
  to: string;
  /** How long what is held waits for an approver, in milliseconds. */
  heldForMs: number;
  /** The backup's LEDGER_KEY, which signs what the restore records; undefined if the backup is not signed. */
  key: LedgerKey | undefined;
  clock: Clock;
  random: Random;
}

/** SQLite keeps these beside a file that is open. */
const suffixes = ["", "-wal", "-shm"];

/** Until the last step the present ledger is untouched; a restore that fails or dies before it changes nothing. */
export async function restore(input: RestoreInput): Promise<RestoreResult> {
  const { from, to, clock } = input;
  if (resolve(from) === resolve(to)) return { kind: "same-file" };
  if (!existsSync(from)) return { kind: "no-backup" };
  const staged = `${to}.restoring-${process.pid}`;
  try {
    // One folder at most: a mistyped path must not grow a tree.
    if (!existsSync(dirname(to))) mkdirSync(dirname(to), { mode: 0o700 });
    // A whole copy, log of writes included, that its owner alone can read.
    const copied = await backUp(from, staged);
    if (copied.kind === "damaged") return copied;
    if (copied.kind !== "done") return { kind: "failed", why: copied.kind === "failed" ? copied.why : staged };
    const { kind: found } = await verifyFile(staged);
    if (found === "no-trail") return { kind: "no-trail" };
    if (found !== "intact") return { kind: "not-intact", found };
    const open = await holdIn(staged, input);
    if ("problem" in open) return { kind: "key-refused", problem: open.problem };
    if (existsSync(to) && (await isInUse(to))) return { kind: "in-use" };
    const aside = existsSync(to) ? unusedName(`${to}.before-restore-${stamp(clock.now())}`) : undefined;
    if (aside !== undefined) move(to, aside);
    renameSync(staged, to);
    return { kind: "restored", ...open, aside };
  } catch (error) {
    return { kind: "failed", why: whyOf(error) };
  } finally {
    for (const suffix of suffixes) rmSync(`${staged}${suffix}`, { force: true });
  }
}

/** Brings the copy's schema up to date, and holds everything in it that is open. */
async function holdIn(
  path: string,
  { heldForMs, key, clock, random }: RestoreInput,
): Promise<RestoredLedger | { problem: LedgerKeyProblem }> {
  const store = await openStore({ engine: "sqlite", path });
  try {
    const problem = await keyProblem(store.db, key);
    if (problem) return { problem };
    await adoptLedgerKey(store, key);
    const context: LedgerContext = { store, clock, random, mchid: "", instance: random.id() };
    return await holdRestored(context, heldForMs);
  } finally {
    await store.close();
  }
}

async function isInUse(path: string): Promise<boolean> {
  try {
    const store = await openUnchanged({ engine: "sqlite", path });
    try {
      return await isOpenElsewhere(store);
    } finally {
      await store.close();
    }
  } catch (error) {
    // A damaged ledger is what a backup is for.
    if (isDamaged(error)) return false;
    throw error;
  }
}

/** SQLite's own words for SQLITE_CORRUPT and SQLITE_NOTADB; opening a store wraps its errors. */
function isDamaged(error: unknown): boolean {
  return /database disk image is malformed|file is not a database/.test(whyOf(error));
}

function move(from: string, to: string): void {
  for (const suffix of suffixes) if (existsSync(`${from}${suffix}`)) renameSync(`${from}${suffix}`, `${to}${suffix}`);
}

/** A rename replaces what has the name: the second restore of one second must not cost the ledger of the first. */
function unusedName(name: string): string {
  for (let nth = 1; ; nth++) {
    const candidate = nth === 1 ? name : `${name}-${nth}`;
    if (suffixes.every((suffix) => !existsSync(`${candidate}${suffix}`))) return candidate;
  }
}

/** `20261128T140500Z` */
function stamp(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
}
