/** Compares the grants with the grants that result from their events. */
import { type Grant, namespaces, sameTerms } from "../../../domain/grant.ts";
import type { Runner } from "../../../storage/statement.ts";
import { allGrants } from "../../grant-store.ts";
import { grantName, newestGrantEvents } from "../grant-events.ts";
import type { Difference } from "./request-differences.ts";

export async function grantDifferences(on: Runner): Promise<Difference[]> {
  const stored = new Map<string, Grant>();
  for (const grant of await allGrants(on)) stored.set(grantName(grant.holder, grant.role), grant);
  const events = await newestGrantEvents(on);
  const found: Difference[] = [];
  for (const name of new Set([...stored.keys(), ...events.keys()])) {
    const [ledger, trail] = [stored.get(name), events.get(name)?.grant];
    const isSame = ledger && trail ? ledger.by === trail.by && sameTerms(ledger, trail) : ledger === trail;
    if (!isSame) found.push({ of: "grant", id: name, field: "terms", ledger: termsOf(ledger), trail: termsOf(trail) });
  }
  return [...found, ...(await ofEnds(on, stored))];
}

/** The database hides a grant after the time in a separate column, which must equal the grant's end. */
async function ofEnds(on: Runner, stored: ReadonlyMap<string, Grant>): Promise<Difference[]> {
  const prefixes = Object.entries(namespaces).map(([kind, namespace]) => [`${namespace}:`, `${kind}:`] as const);
  const found: Difference[] = [];
  for (const [prefix, kind] of prefixes) {
    const rows = await on
      .selectFrom("keyv")
      .select(["key", "expires_at"])
      .where("key", ">=", prefix)
      .where("key", "<", `${prefix.slice(0, -1)};`)
      .execute();
    for (const { key, expires_at } of rows) {
      const id = kind + key.slice(prefix.length);
      const until = stored.get(id)?.until;
      if ((expires_at ?? undefined) !== until)
        found.push({ of: "grant", id, field: "expires_at", ledger: timeOf(expires_at), trail: timeOf(until) });
    }
  }
  return found;
}

function termsOf(grant: Grant | undefined): string | undefined {
  return grant && JSON.stringify({ by: grant.by, until: timeOf(grant.until), only: grant.only });
}

function timeOf(at: number | null | undefined): string | undefined {
  if (at === null || at === undefined) return undefined;
  const time = new Date(at);
  // A number that someone wrote may be no time.
  return Number.isNaN(time.valueOf()) ? String(at) : time.toISOString();
}
