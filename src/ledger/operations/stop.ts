/** Stopping an approved request: operations that have not started are cancelled, the others continue. */
import type { Transaction } from "kysely";
import type { Schema } from "../../storage/schema.ts";
import { asTime } from "../../storage/statement.ts";
import { type Origin, record } from "../audit/audit-log.ts";
import { cancelHeldIn } from "../holding/release.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { enqueueOutcome, enqueuePost, markMessageStale, markMessagesStale } from "../outbox/enqueue.ts";
import { findRequest, type RequestView } from "../queries/request-view.ts";
import { supersededBy } from "./statements.ts";

export interface StopInput {
  requestId: string;
  by: string;
  origin: Origin;
}

export type StopResult =
  | { kind: "stopped"; request: RequestView }
  /** No operation was left to cancel; the view shows the request's present state. */
  | { kind: "too-late"; request: RequestView }
  | { kind: "unknown" };

/** Cancels every operation of a request that has not started, or that is held. */
export async function stop(context: LedgerContext, input: StopInput): Promise<StopResult> {
  return context.store.db.transaction().execute(async (transaction) => {
    const now = context.clock.now();
    const held = await cancelHeldIn(context, transaction, input);
    const notStarted = await cancelNotStarted(transaction, input.requestId, now);
    if (notStarted > 0) await recordStop(transaction, { ...input, count: notStarted, now });
    const count = held + notStarted;
    const request = await findRequest(transaction, input.requestId);
    if (!request) return { kind: "unknown" };
    return { kind: count > 0 ? "stopped" : "too-late", request };
  });
}

async function cancelNotStarted(transaction: Transaction<Schema>, requestId: string, now: number): Promise<number> {
  const cancelled = await transaction
    .updateTable("operations")
    .set({ state: "cancelled", due_at: null, ended_at: now })
    .where("request_id", "=", requestId)
    .where("state", "=", "queued")
    .where("attempts", "=", 0)
    .executeTakeFirst();
  return Number(cancelled.numUpdatedRows);
}

/** @param stop `count` operations were cancelled by it */
async function recordStop(
  transaction: Transaction<Schema>,
  stop: StopInput & { count: number; now: number },
): Promise<void> {
  const { requestId, by, origin, count, now } = stop;
  const stopped = await transaction
    .updateTable("requests")
    .set((request) => ({
      open: request("open", "-", count),
      stopped_by: by,
      stopped_at: now,
      state: request
        .case()
        .when("open", "=", count)
        .then("done" as const)
        .else(request.ref("state"))
        .end(),
      ended_at: request.case().when("open", "=", count).then(asTime(now)).else(null).end(),
    }))
    .where("id", "=", requestId)
    .returning(["channel_id", "state", "round"])
    .executeTakeFirstOrThrow();
  await markMessageStale(transaction, requestId, now);
  // Cancelled operations no longer supersede earlier ones, which get their Retry button back.
  await markMessagesStale(transaction, await supersededBy(transaction, requestId), now);
  const { channel_id: channelId, round } = stopped;
  await enqueuePost(transaction, { requestId, channelId, kind: "not-started", round, now });
  if (stopped.state === "done") {
    await enqueueOutcome(transaction, { requestId, channelId, round, now, isBulk: true });
  }
  await record(transaction, [{ what: "stopped", at: now, actor: by, origin, requestId, detail: { cancelled: count } }]);
}
