/** Prunes a whole ledger, and audits it, for the tests of retention. */
import { badMacs } from "../../../src/ledger/audit/keys/mac-verification.ts";
import { keyOf } from "../../../src/ledger/audit/keys/macs.ts";
import { differences } from "../../../src/ledger/audit/replay/differences.ts";
import { verify } from "../../../src/ledger/audit/verification.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import type { Store } from "../../../src/storage/schema.ts";
import type { Bench } from "../builders.ts";

export const dayMs = 86_400_000;
export const retainMs = 400 * dayMs;

/** Slack shows everything, and more than RETAIN passes. */
export async function age({ db, clock }: Pick<Bench, "db" | "clock">): Promise<void> {
  await show({ db });
  clock.advance(retainMs + dayMs);
}

export async function show({ db }: Pick<Bench, "db">): Promise<void> {
  await db
    .updateTable("posts")
    .set((row) => ({ shown: row.ref("wanted") }))
    .execute();
}

export async function sealAll({ sealing }: Pick<Ledger, "sealing">): Promise<void> {
  while ((await sealing.sealNext(500)) > 0);
}

/** Seals, then prunes batch by batch until nothing is left to examine; returns how much was pruned. */
export async function pruneAll(bench: Pick<Ledger, "sealing" | "retention">, forMs = retainMs) {
  await sealAll(bench);
  const pruned = { requests: 0, operations: 0, events: 0 };
  for (const prune of [bench.retention.pruneRequests, bench.retention.pruneEvents] as const) {
    let after: never | undefined;
    do {
      const step = await prune({ retainMs: forMs, after });
      if (step.kind === "elsewhere") return pruned;
      for (const what of ["requests", "operations", "events"] as const) pruned[what] += step[what];
      after = step.next as never;
    } while (after !== undefined);
  }
  return pruned;
}

/** Everything that `npm run audit` would name, by kind. */
export async function audited(store: Store, expected?: string): Promise<string[]> {
  const found: string[] = [];
  const trail = await verify(store.db, expected);
  if (trail.kind !== "intact") found.push(trail.kind);
  for await (const { of, id, field } of differences(store, () => {})) found.push(`${of} ${id} ${field}`);
  if (keyOf(store.db)) for await (const { of } of badMacs(store)) found.push(`MAC of ${of}`);
  return found;
}

/** The IDs of the requests in the ledger, in the order of their numbers. */
export async function requestIds({ db }: Pick<Bench, "db">): Promise<string[]> {
  const rows = await db.selectFrom("requests").select("id").orderBy("number").execute();
  return rows.map(({ id }) => id);
}
