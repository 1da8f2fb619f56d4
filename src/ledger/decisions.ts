/** Decides on a request: the first decision before its expiry wins. */
import type { Transaction } from "kysely";
import type { Approval } from "../domain/approval.ts";
import { everyApprover } from "../domain/notice.ts";
import type { Schema } from "../storage/schema.ts";
import { addApproval } from "./approvals.ts";
import type { Origin } from "./audit/audit-log.ts";
import { expireRequest } from "./expiry.ts";
import { type LedgerContext, theBot } from "./ledger-context.ts";
import { enqueueNotice, markMessageStale } from "./outbox/enqueue.ts";
import { findRequest, type RequestView } from "./queries/request-view.ts";
import { type Decision, transition } from "./transition.ts";

export type { Decision } from "./transition.ts";

export type DecisionResult =
  | { kind: "decided"; request: RequestView }
  /** The approval counts, or was counted before, and the request needs more approvals. */
  | { kind: "counted" | "counted-before"; request: RequestView }
  /** Someone else decided first, or the request expired; its view shows who, what and when. */
  | { kind: "too-late"; request: RequestView }
  | { kind: "unknown" };

export interface DecisionInput {
  requestId: string;
  decision: Decision;
  by: string;
  origin: Origin;
  /** Why the request is rejected; other decisions have no reason. */
  reason?: string;
  /** Earlier approvals that no longer count, because their approvers are no longer allowed to give them. */
  lapsed?: readonly Approval[];
}

/** An approval decides the request once it has as many as it needs; any other decision takes effect at once. */
export async function decide(context: LedgerContext, input: DecisionInput): Promise<DecisionResult> {
  // The view is read in the same transaction, so that a decision is never reported as failed because reading it failed.
  return context.store.db.transaction().execute(async (transaction) => {
    const result = await applyDecision(context, transaction, input);
    if (!result) await expireRequest(context, transaction, input.requestId);
    const request = await findRequest(transaction, input.requestId);
    return request ? { kind: result ?? "too-late", request } : { kind: "unknown" };
  });
}

type Applied = "decided" | "counted" | "counted-before" | undefined;

/** Returns undefined if the decision comes too late. */
async function applyDecision(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  input: DecisionInput,
): Promise<Applied> {
  const { decision, lapsed = [], ...change } = input;
  if (decision === "approve") return approve(context, transaction, change, lapsed);
  if (!(await transition(context, transaction, { decision, ...change }))) return undefined;
  if (decision === "break-glass") await notifyApprovers(context, transaction, input);
  return "decided";
}

/** A single approval decides at once if one is enough. Otherwise each is recorded, and the last one decides. */
async function approve(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  { requestId, by, origin }: Pick<DecisionInput, "requestId" | "by" | "origin">,
  lapsed: readonly Approval[],
): Promise<Applied> {
  const approval = { requestId, decision: "approve", by, origin } as const;
  if (await transition(context, transaction, approval)) return "decided";
  const now = context.clock.now();
  const byItself = theBot(context);
  const added = await addApproval(transaction, { requestId, by, origin, lapsed, byItself, now });
  if (!added) return undefined;
  if (await transition(context, transaction, { ...approval, approvals: added.standing })) return "decided";
  await markMessageStale(transaction, requestId, now);
  return added.isNew ? "counted" : "counted-before";
}

/** Every approver is notified when break glass is used: they act as the second person afterwards. */
async function notifyApprovers(
  { clock }: LedgerContext,
  transaction: Transaction<Schema>,
  { requestId, by }: DecisionInput,
): Promise<void> {
  const notice = { about: "broke-glass", by } as const;
  const id = `${requestId}:broke-glass`;
  await enqueueNotice(transaction, { id, requestId, to: everyApprover, notice, now: clock.now() });
}
