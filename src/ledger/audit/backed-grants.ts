/**
 * Grants are believed only if the audit log backs them: a row that someone inserted into the database gives no role.
 */
import type { Clock } from "../../domain/clock.ts";
import type { Grant } from "../../domain/grant.ts";
import type { Database } from "../../storage/schema.ts";
import type { Runner } from "../../storage/statement.ts";
import { lockGrants } from "../grant-store.ts";
import { type GrantEvent, grantName, isBackedBy, newestGrantEvents } from "./grant-events.ts";
import { grantsWithMac } from "./keys/grant-macs.ts";

export interface BackingContext {
  db: Database;
  clock: Pick<Clock, "now">;
  /** Called for a grant that gives no role because the audit log or its MAC does not back it. */
  unbacked?: ((grant: Grant) => void) | undefined;
}

/** More holders than this are not listed in a statement: all grant events are read instead. */
const listedMax = 100;

/** The grants that the audit log backs. @param read reads the grants, in the transaction that it gets */
export async function backedGrants(context: BackingContext, read: (on: Runner) => Promise<Grant[]>): Promise<Grant[]> {
  const { db, unbacked } = context;
  const first = await split(context, db, await read(db));
  if (first.others.length === 0) return first.backed;
  // A grant may have changed between the two reads: with changes locked out, both are of the same moment.
  const sure = await db.transaction().execute(async (transaction) => {
    await lockGrants(transaction);
    return split(context, transaction, await read(transaction));
  });
  for (const grant of sure.others) unbacked?.(grant);
  return sure.backed;
}

/** Whether the audit log backs this grant; call it while changes of grants are locked out. */
export async function isBacked(context: Pick<BackingContext, "clock">, on: Runner, grant: Grant): Promise<boolean> {
  return (await split(context, on, [grant])).backed.length > 0;
}

async function split(
  { clock }: Pick<BackingContext, "clock">,
  on: Runner,
  grants: readonly Grant[],
): Promise<{ backed: Grant[]; others: Grant[] }> {
  if (grants.length === 0) return { backed: [], others: [] };
  const ids = [...new Set(grants.map(({ holder }) => holder.id))];
  const events = await newestGrantEvents(on, ids.length > listedMax ? undefined : ids);
  const eventOf = ({ holder, role }: Grant): GrantEvent | undefined => events.get(grantName(holder, role));
  const now = clock.now();
  // The database hides an ended grant by a column of its own, which may have been changed.
  const lasts = ({ until }: Grant) => until === undefined || until > now;
  const told = grants.filter((grant) => lasts(grant) && isBackedBy(grant, eventOf(grant)));
  const backed = await grantsWithMac(on, told, (grant) => eventOf(grant)?.seq ?? 0);
  const isIn = new Set(backed);
  return { backed, others: grants.filter((grant) => !isIn.has(grant)) };
}
