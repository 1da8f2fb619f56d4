/** The one statement with which a pending request is decided or expires, and its consequences. */
import type { Transaction } from "kysely";
import type { EventName } from "../domain/events.ts";
import type { OperationState, RequestState, Schema } from "../storage/schema.ts";
import { type Origin, record } from "./audit/audit-log.ts";
import { signNewDecision } from "./audit/keys/approval-macs.ts";
import type { LedgerContext } from "./ledger-context.ts";
import { supersededBy } from "./operations/other-operations.ts";
import { enqueuePost, markMessageStale, markMessagesStale, settleMs } from "./outbox/enqueue.ts";

export type Decision = "approve" | "reject" | "withdraw" | "break-glass";

const transitions = {
  approve: { request: "approved", operations: "queued", event: "approved" },
  "break-glass": { request: "approved", operations: "queued", event: "broke-glass" },
  reject: { request: "rejected", operations: "cancelled", event: "rejected" },
  withdraw: { request: "withdrawn", operations: "cancelled", event: "withdrawn" },
  expire: { request: "expired", operations: "cancelled", event: "expired" },
} as const satisfies Record<
  Decision | "expire",
  { request: RequestState; operations: OperationState; event: EventName }
>;

export interface Transition {
  requestId: string;
  decision: Decision | "expire";
  by: string;
  origin: Origin;
  reason?: string | undefined;
  /** For `approve`: how many approvals the request has now. */
  approvals?: number;
}

/**
 * Decides or expires a request. Returns false, and changes nothing, if the request is no longer pending, if it is too
 * late for a decision or too early to expire, or if it needs more approvals.
 */
export async function transition(
  { clock, metrics }: LedgerContext,
  transaction: Transaction<Schema>,
  change: Transition,
): Promise<boolean> {
  const { requestId, decision, by, origin, reason } = change;
  const now = clock.now();
  const request = await updateRequest(transaction, change, now);
  if (!request) return false;
  if (transitions[decision].operations === "queued") await queueOperations(transaction, requestId, now);
  else {
    const cancelled = await cancelOperations(transaction, requestId, now);
    metrics?.operationsCancelled(request, cancelled);
  }
  // The requester is not notified of their own withdrawal.
  if (decision === "reject" || decision === "expire")
    await enqueuePost(transaction, { requestId, channelId: request.channel_id, kind: "outcome", round: 0, now });
  const detail = reason === undefined ? {} : { detail: { reason } };
  await record(transaction, [{ what: transitions[decision].event, at: now, actor: by, origin, requestId, ...detail }]);
  if (transitions[decision].operations === "queued") await signNewDecision(transaction, requestId);
  metrics?.requestMoved(request, transitions[decision].request);
  return true;
}

function updateRequest(transaction: Transaction<Schema>, change: Transition, now: number) {
  const { requestId, decision, by, reason, approvals = 1 } = change;
  const isEnd = transitions[decision].operations === "cancelled";
  const pending = transaction
    .updateTable("requests")
    .set({
      state: transitions[decision].request,
      decided_by: by,
      decided_at: now,
      decision_reason: reason ?? null,
      ...(isEnd ? { ended_at: now, open: 0 } : { confirmed_at: now }),
      ...(decision === "break-glass" ? { broke_glass: 1 } : {}),
    })
    .where("id", "=", requestId)
    .where("state", "=", "pending")
    .where("expires_at", decision === "expire" ? "<=" : ">", now)
    .returning(["channel_id", "action", "object"]);
  const decidable = decision === "approve" ? pending.where("approvals_needed", "<=", approvals) : pending;
  return decidable.executeTakeFirst();
}

async function queueOperations(transaction: Transaction<Schema>, requestId: string, now: number): Promise<void> {
  await transaction
    .updateTable("operations")
    .set({ state: "queued", due_at: now })
    .where("request_id", "=", requestId)
    .where("state", "=", "waiting")
    .execute();
  await markMessageStale(transaction, requestId, now + settleMs);
  await markMessagesStale(transaction, await supersededBy(transaction, requestId), now + settleMs);
}

async function cancelOperations(transaction: Transaction<Schema>, requestId: string, now: number): Promise<number> {
  const cancelled = await transaction
    .updateTable("operations")
    .set({ state: "cancelled", ended_at: now })
    .where("request_id", "=", requestId)
    .where("state", "=", "waiting")
    .executeTakeFirst();
  await markMessageStale(transaction, requestId, now);
  return Number(cancelled.numUpdatedRows);
}
