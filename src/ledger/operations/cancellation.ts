/** Completes the cancellation of operations of an approved request, by someone or because a hold expired. */
import type { Transaction } from "kysely";
import type { Schema } from "../../storage/schema.ts";
import { asTime } from "../../storage/statement.ts";
import { type Origin, record } from "../audit/audit-log.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { enqueueAgain, enqueueOutcome, markMessageStale, markMessagesStale } from "../outbox/enqueue.ts";
import { supersededBy } from "./other-operations.ts";

export interface Cancellation {
  requestId: string;
  /** `stopped` cancels operations that have not started; the others end a hold and cancel the held operations. */
  what: "stopped" | "cancelled-held" | "held-expired";
  /** How many operations were cancelled. */
  count: number;
  /** How many operations that had started failed at the same time, and how many of these are uncertain. */
  failed?: number;
  uncertain?: number;
  by: string;
  origin: Origin;
  now: number;
}

/** Records the cancellation in the same transaction. After its last open operation, the request is done. */
export async function recordCancelled(
  { metrics }: Pick<LedgerContext, "metrics">,
  transaction: Transaction<Schema>,
  cancellation: Cancellation,
): Promise<void> {
  const { requestId, what, count, failed = 0, uncertain = 0, by, origin, now } = cancellation;
  const ended = count + failed;
  const request = await transaction
    .updateTable("requests")
    .set((row) => ({
      ...(what === "stopped" ? {} : { held_at: null, held_until: null }),
      ...(what === "held-expired" ? {} : { stopped_by: by, stopped_at: now }),
      open: row("open", "-", ended),
      failed: row("failed", "+", failed),
      uncertain: row("uncertain", "+", uncertain),
      state: row
        .case()
        .when("open", "=", ended)
        .then("done" as const)
        .else(row.ref("state"))
        .end(),
      ended_at: row.case().when("open", "=", ended).then(asTime(now)).else(null).end(),
    }))
    .where("id", "=", requestId)
    .returning(["action", "object", "channel_id", "state", "round", "total"])
    .executeTakeFirstOrThrow();
  await markMessageStale(transaction, requestId, now);
  // Cancelled operations no longer supersede earlier ones, which get their Retry button back.
  await markMessagesStale(transaction, await supersededBy(transaction, requestId), now);
  const { channel_id: channelId, round } = request;
  const isBulk = request.total > 1;
  // A stop and the end of a hold can come in one round; the list then contains what either left undone.
  if (isBulk && count > 0) await enqueueAgain(transaction, { requestId, channelId, kind: "not-started", round, now });
  if (request.state === "done") await enqueueOutcome(transaction, { requestId, channelId, round, now, isBulk });
  await record(transaction, [{ what, at: now, actor: by, origin, requestId, detail: { cancelled: count } }]);
  metrics?.operationsCancelled(request, count);
  if (request.state === "done") metrics?.requestMoved(request, "done");
}
