/** Approvals of a request that needs several; each person counts once. */
import type { Transaction } from "kysely";
import type { Approval } from "../domain/approval.ts";
import type { Schema } from "../storage/schema.ts";
import { type Origin, record } from "./audit/audit-log.ts";
import { approvalsWithMac, signApproval } from "./audit/keys/approval-macs.ts";
import { approvalsOf } from "./queries/approvals.ts";

/**
 * Records an approval of a pending request that needs several, and removes those that have lapsed. Returns how many
 * approvals the request has now, or undefined if it needs only one, is no longer pending, or has expired.
 */
export async function addApproval(
  transaction: Transaction<Schema>,
  approval: {
    requestId: string;
    by: string;
    origin: Origin;
    lapsed: readonly Approval[];
    /** The author of the events that remove lapsed approvals. */
    byItself: { by: string; origin: Origin };
    now: number;
  },
): Promise<{ isNew: boolean; standing: number } | undefined> {
  const { requestId, by, origin, lapsed, byItself, now } = approval;
  // Updating the request's row locks it: of two concurrent approvals, the second waits here and then counts the first.
  const locked = await transaction
    .updateTable("requests")
    .set((request) => ({ approvals_needed: request.ref("approvals_needed") }))
    .where("id", "=", requestId)
    .where("state", "=", "pending")
    .where("approvals_needed", ">", 1)
    .where("expires_at", ">", now)
    .executeTakeFirst();
  if (locked.numUpdatedRows === 0n) return undefined;

  for (const { by: approver, at } of lapsed) {
    const gone = await transaction
      .deleteFrom("approvals")
      .where("request_id", "=", requestId)
      .where("approver", "=", approver)
      .where("at", "=", at)
      .executeTakeFirst();
    if (gone.numDeletedRows === 0n) continue;
    const lapse = { what: "approval-lapsed", at: now, actor: byItself.by, origin: byItself.origin } as const;
    await record(transaction, [{ ...lapse, requestId, detail: { approver } }]);
  }
  const inserted = await transaction
    .insertInto("approvals")
    .values({ request_id: requestId, approver: by, at: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  const isNew = inserted.numInsertedOrUpdatedRows !== 0n;
  if (isNew) {
    await record(transaction, [{ what: "approval-given", at: now, actor: by, origin, requestId }]);
    await signApproval(transaction, requestId, { by, at: now });
  }
  const standing = await approvalsWithMac(transaction, requestId, await approvalsOf(transaction, requestId));
  return { isNew, standing: standing.length };
}
