/** The key that a ledger's MACs were made with, and how to enable, change and disable it. */
import type { Transaction } from "kysely";
import type { EventName } from "../../../domain/events.ts";
import type { Schema, Store } from "../../../storage/schema.ts";
import type { Runner } from "../../../storage/statement.ts";
import { allGrants } from "../../grant-store.ts";
import { approvalsOfAll } from "../../queries/approvals.ts";
import { record } from "../audit-log.ts";
import { signApproval, signDecision } from "./approval-macs.ts";
import { signGrant } from "./grant-macs.ts";
import { allEvents, decided } from "./mac-verification.ts";
import { eventMac, type LedgerKey, macOf, signWith } from "./macs.ts";

/** Why the ledger does not accept a key. */
export type LedgerKeyProblem =
  /** The ledger has a key, and none was given. */
  | "missing"
  /** The ledger has a different key. */
  | "other"
  /** The ledger has events but no key: the events have to be signed first. */
  | "not-enabled";

/** Prevents the bot from starting. */
export class LedgerKeyRefused extends Error {
  readonly problem: LedgerKeyProblem;
  constructor(problem: LedgerKeyProblem) {
    super(`the ledger does not accept LEDGER_KEY: ${problem}`);
    this.problem = problem;
  }
}

/** Compares a key with the ledger's, without writing. @returns undefined if the keys match, or there is neither */
export async function keyProblem(on: Runner, key: LedgerKey | undefined): Promise<LedgerKeyProblem | undefined> {
  const known = await fingerprintIn(on);
  if (known === undefined) return key === undefined ? undefined : "not-enabled";
  if (key === undefined) return "missing";
  return known === fingerprintOf(key) ? undefined : "other";
}

/**
 * Uses this key for everything written from now on. A ledger without events adopts the key.
 * @throws LedgerKeyRefused
 */
export async function adoptLedgerKey({ db }: Store, key: LedgerKey | undefined): Promise<void> {
  if (key && (await fingerprintIn(db)) === undefined) {
    const isEmpty = (await db.selectFrom("events").select("seq").limit(1).execute()).length === 0;
    if (isEmpty) await writeFingerprint(db, key);
  }
  const problem = await keyProblem(db, key);
  if (problem) throw new LedgerKeyRefused(problem);
  signWith(db, key);
}

export type KeyChange = Extract<EventName, "key-enabled" | "key-changed" | "key-disabled">;

/**
 * Replaces every MAC, in one transaction with its own event. The caller has verified the existing MACs, and no instance
 * is running.
 * @param key the new key; undefined to remove the MACs
 */
export async function replaceKey(
  { db }: Store,
  what: KeyChange,
  key: LedgerKey | undefined,
  at: { now: number; instance: string },
): Promise<void> {
  signWith(db, key);
  await db.transaction().execute(async (transaction) => {
    await transaction.deleteFrom("macs").execute();
    await transaction.deleteFrom("ledger_info").where("name", "=", "key").execute();
    if (key) {
      await writeFingerprint(transaction, key);
      await signEverything(transaction, key);
    }
    const detail = key ? { fingerprint: fingerprintOf(key) } : {};
    const origin = { from: "instance", id: at.instance } as const;
    await record(transaction, [{ what, at: at.now, actor: "bot", origin, detail }]);
  });
}

async function signEverything(transaction: Transaction<Schema>, key: LedgerKey): Promise<void> {
  for await (const page of allEvents(transaction)) {
    const macs = page.map((event) => ({ kind: "event" as const, ref: event.seq, mac: eventMac(key, event) }));
    await transaction.insertInto("macs").values(macs).execute();
  }
  for (const grant of await allGrants(transaction)) await signGrant(transaction, grant);
  for await (const id of decided(transaction)) {
    await signDecision(transaction, id);
    for (const approval of (await approvalsOfAll(transaction, [id])).get(id) ?? [])
      await signApproval(transaction, id, approval);
  }
}

/** Identifies a key without revealing it. */
function fingerprintOf(key: LedgerKey): string {
  return macOf(key, "fingerprint", []).slice(0, 16);
}

async function fingerprintIn(on: Runner): Promise<string | undefined> {
  const row = on.selectFrom("ledger_info").select("value").where("name", "=", "key");
  return (await row.executeTakeFirst())?.value;
}

async function writeFingerprint(on: Runner, key: LedgerKey): Promise<void> {
  await on
    .insertInto("ledger_info")
    .values({ name: "key", value: fingerprintOf(key) })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
}
