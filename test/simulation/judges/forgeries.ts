/** Judges what the bot made of a forged grant, and whether the ledger matches its audit trail when all has settled. */
import type { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { badMacs } from "../../../src/ledger/audit/keys/mac-verification.ts";
import { type LedgerKey, signWith } from "../../../src/ledger/audit/keys/macs.ts";
import { differences } from "../../../src/ledger/audit/replay/differences.ts";
import type { Schema, Store } from "../../../src/storage/schema.ts";
import { sqliteDialect } from "../../../src/storage/sqlite/dialect.ts";
import { type PersonId, people } from "../plans/planned.ts";
import type { Judgement } from "./judgement.ts";
import type { Records } from "./records.ts";

/** Whose forged grants a history may have: Eve has no role. */
const forgedRoles = ["requester", "approver"] as const;
const forgedFor: PersonId = "UEVE";

/** SQL by which someone gives Eve roles, past the bot. */
export const forgery = forgedRoles
  .map((role) => {
    const value = JSON.stringify({ value: { by: "settings", at: 0 } });
    return `insert into keyv (key, value) values ('grant:${forgedFor}:${role}', '${value}')`;
  })
  .join(";");

/** Each difference between the ledger and its trail, as a sentence. */
export async function differencesIn(database: DatabaseSync, key: LedgerKey | undefined): Promise<string[]> {
  const db = new Kysely<Schema>({ dialect: sqliteDialect(database) });
  const store: Store = { db, engine: "sqlite", close: async () => {} };
  const found: string[] = [];
  for await (const { of, id, field, ledger, trail } of differences(store, () => {}))
    found.push(`${of} ${id}: ${field} is ${ledger}, and the audit trail leads to ${trail}`);
  if (!key) return found;
  signWith(db, key);
  for await (const bad of badMacs(store))
    found.push(
      bad.of === "event" ? `event ${bad.event.seq}: its MAC is wrong` : `${bad.of} ${bad.id}: its MAC is wrong`,
    );
  return found;
}

/** An error that the bot logs because of a forged grant, and no other. */
export function isAboutForgery(line: string, { struck }: Pick<Records, "struck">): boolean {
  return struck.has("grant-forged") && line.includes("does not match the audit trail") && line.includes(forgedFor);
}

export function judgeForgeries({ differences, events, plan, requests, struck }: Records, found: Judgement): void {
  const isForged = (difference: string) => difference.startsWith(`grant user:${forgedFor}:`);
  found.untrue.push(...differences.filter((difference) => !isForged(difference)));
  const named = differences.filter(isForged).length;
  // With LEDGER_KEY, each of them also lacks its MAC.
  const expected = struck.has("grant-forged") ? forgedRoles.length * (plan.hasKey ? 2 : 1) : 0;
  if (named !== expected) found.lost.push(`the audit names ${named} forged grants instead of ${expected}`);
  for (const { what, actor } of events)
    if (/^(approved|rejected|left-out|stopped|retried)$/.test(what) && !mayDecide(actor))
      found.untrue.push(`${actor}, whose role is forged, did this: ${what}`);
  for (const { requestedBy, reason } of requests)
    if (requestedBy === forgedFor) found.untrue.push(`${forgedFor}, whose role is forged, requested ${reason}`);
}

function mayDecide(actor: string): boolean {
  return actor === "bot" || (people[actor as PersonId] as readonly string[] | undefined)?.length !== 0;
}
