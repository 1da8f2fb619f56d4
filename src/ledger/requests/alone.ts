/** Submits a request in a transaction of its own, whatever it contains and whatever else is open. */
import type { Transaction } from "kysely";
import { type ApprovalRule, approvalsNeeded } from "../../domain/approval.ts";
import { commitOrRollBack, type RolledBack, rollBack } from "../../storage/rollback.ts";
import type { Schema } from "../../storage/schema.ts";
import { isRolledBack } from "../../storage/store-errors.ts";
import { recordGivenNames } from "../directory/given-names.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { insertOperations } from "../operations/insertion.ts";
import { enqueueNotice, markMessageStale } from "../outbox/enqueue.ts";
import { findOpenRequest } from "../queries/request-view.ts";
import { bySource, insertRequests, recordSubmission, sceneOf } from "./insertion.ts";
import type { NewRequest, SubmitResult } from "./new-request.ts";

/** If the open request ends while a new one is submitted, trying again helps; needing more tries than this is a bug. */
const triesMax = 5;

export async function submitAlone(context: LedgerContext, request: NewRequest): Promise<SubmitResult> {
  const { db } = context.store;
  const [first] = request.subMchids;
  if (first === undefined) throw new RangeError("a request needs at least one sub-merchant");
  for (let tries = 1; tries <= triesMax; tries++) {
    const result = await insert(context, request);
    if (result === "try-again") continue;
    if (result !== "all-open") return result;
    const open = await findOpenRequest(db, first);
    if (open) return { kind: "open-already", subMchid: first, request: open };
    // The open request ended before it could be read, so that this one can be recorded now.
  }
  throw new Error(`the open request for ${first} appeared and disappeared ${triesMax} times`);
}

type Written = Exclude<SubmitResult, { kind: "open-already" }> | "all-open";

/** Writes a request, its operations and its posts, or nothing if every sub-merchant already has an open request. */
async function insert(context: LedgerContext, request: NewRequest): Promise<Written | "try-again"> {
  try {
    return await commitOrRollBack(context.store.db, (transaction) => write(context, transaction, request));
  } catch (error) {
    if (isRolledBack(error)) return "try-again";
    throw error;
  }
}

async function write(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  request: NewRequest,
): Promise<Written | RolledBack<Written>> {
  const now = context.clock.now();
  const identified = { id: context.random.id(), now, request };
  const { id: requestId } = identified;
  const { sourceKey, requestedBy, action, object, subMchids, approvalRule } = request;
  if ((await insertRequests(transaction, [identified])).size === 0) {
    const { id } = await bySource(transaction, sourceKey).executeTakeFirstOrThrow();
    return { kind: "repeated", requestId: id };
  }
  const taken = await insertOperations(context, transaction, {
    requestId,
    action,
    object,
    scene: sceneOf(request),
    requestedBy,
    subMchids,
  });
  if (taken.size === 0) return rollBack("all-open");
  if (taken.size < subMchids.length) await shrink(transaction, requestId, { total: taken.size, approvalRule });
  if (request.givenNames) await recordGivenNames(transaction, requestId, taken, request.givenNames);
  if (request.resubmits)
    await showResubmission(transaction, request.resubmits, { as: requestId, by: requestedBy, now });
  await recordSubmission(transaction, [{ ...identified, subMchids: [...taken] }]);
  context.metrics?.requestMoved({ action, object }, "pending");
  return { kind: "recorded", requestId, skipped: subMchids.filter((subMchid) => !taken.has(subMchid)) };
}

/** The stopped request's message and thread link to the request that continues it. */
async function showResubmission(
  transaction: Transaction<Schema>,
  { requestId, channelId, round }: NonNullable<NewRequest["resubmits"]>,
  { as, by, now }: { as: string; by: string; now: number },
): Promise<void> {
  await markMessageStale(transaction, requestId, now);
  const notice = { about: "resubmitted", as, by } as const;
  await enqueueNotice(transaction, { id: `${requestId}:resubmitted:${round}`, requestId, to: channelId, notice, now });
}

/** Reduces a request to the sub-merchants that had no open request. */
async function shrink(
  transaction: Transaction<Schema>,
  requestId: string,
  { total, approvalRule }: { total: number; approvalRule: ApprovalRule },
): Promise<void> {
  await transaction
    .updateTable("requests")
    .set({ total, open: total, approvals_needed: approvalsNeeded(approvalRule, total) })
    .where("id", "=", requestId)
    .execute();
  if (total === 1) {
    // A request for one sub-merchant is not queued like a bulk request.
    const single = transaction.updateTable("operations").set({ queue_rank: 0 });
    await single.where("request_id", "=", requestId).execute();
  }
}
