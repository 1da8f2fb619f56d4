/** Expires requests that were not decided in time. */
import type { Transaction } from "kysely";
import type { Schema } from "../storage/schema.ts";
import { statement } from "../storage/statement.ts";
import { type LedgerContext, onceCommitted, theBot } from "./ledger-context.ts";
import { transition } from "./transition.ts";

/** Expires up to `limit` requests that are due and returns how many were due. */
export async function expireDue(context: LedgerContext, limit: number): Promise<number> {
  const { db } = context.store;
  const { rows } = await selectExpired(db, { now: context.clock.now(), limit });
  for (const { id } of rows)
    await onceCommitted(context, (counting) =>
      db.transaction().execute((transaction) => expireRequest(counting, transaction, id)),
    );
  return rows.length;
}

/** Expires a request if it is still pending and its time is up; returns whether it did. */
export function expireRequest(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  requestId: string,
): Promise<boolean> {
  return transition(context, transaction, { requestId, decision: "expire", ...theBot(context) });
}

const selectExpired = statement<{ now: number; limit: number }>()((db, { now, limit }) =>
  db
    .selectFrom("requests")
    .select("id")
    .where("state", "=", "pending")
    .where("expires_at", "<=", now)
    .orderBy("expires_at")
    .limit(limit),
);
