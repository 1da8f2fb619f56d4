/** MACs of grants: each covers the holder, the role, the terms, and the newest event about that holder and role. */
import type { Transaction } from "kysely";
import { type Grant, key as keyOfGrant, namespaces } from "../../../domain/grant.ts";
import type { Schema } from "../../../storage/schema.ts";
import type { Runner } from "../../../storage/statement.ts";
import { grantName, newestGrantEvents } from "../grant-events.ts";
import { isMac, keyOf, type LedgerKey, macOf, macsOf, writeMac } from "./macs.ts";

/**
 * Writes the MAC of a grant whose event this transaction has recorded, or removes the MAC of a grant that has ended.
 * Does nothing without LEDGER_KEY.
 */
export async function signGrant(transaction: Transaction<Schema>, grant: Grant): Promise<void> {
  const key = keyOf(transaction);
  if (!key) return;
  const { holder, role } = grant;
  const event = (await newestGrantEvents(transaction, [holder.id])).get(grantName(holder, role));
  if (event?.grant) await writeMac(transaction, "grant", refOf(grant), grantMac(key, grant, event.seq));
  else await transaction.deleteFrom("macs").where("kind", "=", "grant").where("ref", "=", refOf(grant)).execute();
}

/** The grants with a valid MAC; without LEDGER_KEY, all grants. @param seqOf the number of a grant's newest event */
export async function grantsWithMac(
  on: Runner,
  grants: readonly Grant[],
  seqOf: (grant: Grant) => number,
): Promise<Grant[]> {
  const macs = keyOf(on) ? await macsOf(on, "grant", grants.map(refOf)) : new Map<string, string>();
  return grants.filter((grant) => isSignedGrant(on, grant, seqOf(grant), macs.get(refOf(grant)) ?? null));
}

/** Whether a grant has its MAC, or needs none: without LEDGER_KEY. @param seq the number of its newest event */
export function isSignedGrant(on: Runner, grant: Grant, seq: number, mac: string | null): boolean {
  const key = keyOf(on);
  return key === undefined || isMac(grantMac(key, grant, seq), mac ?? undefined);
}

function refOf({ holder, role }: Grant): string {
  return `${namespaces[holder.kind]}:${keyOfGrant(holder, role)}`;
}

function grantMac(key: LedgerKey, grant: Grant, seq: number): string {
  const { by, at, until, only } = grant;
  return macOf(key, "grant", [refOf(grant), by, at, until ?? null, only ?? null, String(seq)]);
}
