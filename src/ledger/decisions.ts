/** Decisions on requests: each is made once, by whoever is first, and nobody's comes after the time is over. */
import type { Transaction } from "kysely";
import type { Approval } from "../domain/approval.ts";
import type { EventName } from "../domain/events.ts";
import { everyApprover } from "../domain/notice.ts";
import type { OperationState, RequestState, Schema } from "../storage/schema.ts";
import { asTime, statement } from "../storage/statement.ts";
import { addApproval } from "./approvals.ts";
import { type Origin, record } from "./audit/audit-log.ts";
import { createExclusions, type Exclusion, type ExclusionResult } from "./exclusions.ts";
import type { LedgerNeeds } from "./ledger-context.ts";
import { supersededBy } from "./operations/statements.ts";
import {
  enqueueNotice,
  enqueueOutcome,
  enqueuePost,
  markMessageStale,
  markMessagesStale,
  settleMs,
} from "./outbox/enqueue.ts";
import { findRequest, type RequestView } from "./queries/request-view.ts";

export type Decision = "approve" | "reject" | "withdraw" | "break-glass";

export type DecisionResult =
  | { kind: "decided"; request: RequestView }
  /** The approval stands, or stood before, and the request waits for more of them. */
  | { kind: "counted" | "counted-before"; request: RequestView }
  /** Somebody was first, or its time had run out; the request says who, what and when. */
  | { kind: "too-late"; request: RequestView }
  | { kind: "unknown" };

export type StopResult =
  | { kind: "stopped"; request: RequestView }
  /** Nothing was waiting any more; the request says how things stand. */
  | { kind: "too-late"; request: RequestView }
  | { kind: "unknown" };

export interface DecisionInput {
  requestId: string;
  decision: Decision;
  by: string;
  origin: Origin;
  /** Why somebody rejects; nobody says why they do anything else. */
  reason?: string;
  /** Earlier approvals that count no longer, because whoever gave them could not give them today. */
  lapsed?: readonly Approval[];
}

export interface Decisions {
  /** An approval moves the request on once as many stand as it needs; anything else does at once. */
  decide(decision: DecisionInput): Promise<DecisionResult>;
  /** Before a decision on many: all that are named are left out, or none. */
  exclude(leaving: Exclusion): Promise<ExclusionResult>;
  /** Ends up to `limit` requests whose time ran out undecided; tells how many it found. */
  expireDue(limit: number): Promise<number>;
  /** Halts a request that is being carried out: what has not been started is cancelled, what has goes on. */
  stop(stop: { requestId: string; by: string; origin: Origin }): Promise<StopResult>;
}

const transitions = {
  approve: { request: "approved", operations: "queued", event: "approved" },
  "break-glass": { request: "approved", operations: "queued", event: "broke-glass" },
  reject: { request: "rejected", operations: "cancelled", event: "rejected" },
  withdraw: { request: "withdrawn", operations: "cancelled", event: "withdrawn" },
  expire: { request: "expired", operations: "cancelled", event: "expired" },
} as const satisfies Record<string, { request: RequestState; operations: OperationState; event: EventName }>;

export function createDecisions(needs: LedgerNeeds): Decisions {
  const { store, clock, instance } = needs;
  const { db } = store;
  const byItself = { by: "bot", origin: { from: "instance", id: instance } } as const;

  /** Moves a pending request on, if nobody did before: by a person within its time, by itself after. */
  async function transition(
    transaction: Transaction<Schema>,
    move: Pick<DecisionInput, "requestId" | "by" | "origin" | "reason"> & {
      decision: keyof typeof transitions;
      approvals?: number;
    },
  ): Promise<boolean> {
    const { requestId, decision, by, origin, reason, approvals = 1 } = move;
    const now = clock.now();
    const to = transitions[decision];
    const isEnd = to.operations === "cancelled";
    const moved = transaction
      .updateTable("requests")
      .set({
        state: to.request,
        decided_by: by,
        decided_at: now,
        decision_reason: reason ?? null,
        ...(isEnd ? { ended_at: now, open: 0 } : {}),
        ...(decision === "break-glass" ? { broke_glass: 1 } : {}),
      })
      .where("id", "=", requestId)
      .where("state", "=", "pending")
      .where("expires_at", decision === "expire" ? "<=" : ">", now)
      .returning("channel_id");
    const won = await (decision === "approve"
      ? moved.where("approvals_needed", "<=", approvals)
      : moved
    ).executeTakeFirst();
    if (!won) return false;
    await transaction
      .updateTable("operations")
      .set(isEnd ? { state: to.operations, ended_at: now } : { state: to.operations, due_at: now })
      .where("request_id", "=", requestId)
      .where("state", "=", "waiting")
      .execute();
    await markMessageStale(transaction, requestId, isEnd ? now : now + settleMs);
    if (!isEnd) await markMessagesStale(transaction, await supersededBy(transaction, requestId), now + settleMs);
    // Who withdraws knows of it; the others' end is news to the requester.
    if (decision === "reject" || decision === "expire")
      await enqueuePost(transaction, { requestId, channelId: won.channel_id, kind: "outcome", round: 0, now });
    const detail = reason === undefined ? {} : { detail: { reason } };
    await record(transaction, [{ what: to.event, at: now, actor: by, origin, requestId, ...detail }]);
    return true;
  }

  function expire(transaction: Transaction<Schema>, requestId: string): Promise<boolean> {
    return transition(transaction, { requestId, decision: "expire", ...byItself });
  }

  /** The only approval that is needed decides at once; of several, each stands in the ledger, and the last one decides. */
  async function approve(transaction: Transaction<Schema>, { requestId, by, origin, lapsed = [] }: DecisionInput) {
    const approval = { requestId, decision: "approve", by, origin } as const;
    if (await transition(transaction, approval)) return "decided";
    const now = clock.now();
    const added = await addApproval(transaction, { requestId, by, origin, lapsed, byItself, now });
    if (!added) return undefined;
    if (await transition(transaction, { ...approval, approvals: added.standing })) return "decided";
    await markMessageStale(transaction, requestId, now);
    return added.isNew ? "counted" : "counted-before";
  }

  /** Every approver hears of it: they are the second person, afterwards. */
  async function breakGlass(transaction: Transaction<Schema>, made: DecisionInput): Promise<boolean> {
    const { requestId, by, origin } = made;
    if (!(await transition(transaction, { requestId, decision: "break-glass", by, origin }))) return false;
    const notice = { about: "broke-glass", by } as const;
    const id = `${requestId}:broke-glass`;
    await enqueueNotice(transaction, { id, requestId, to: everyApprover, notice, now: clock.now() });
    return true;
  }

  function applyDecision(transaction: Transaction<Schema>, made: DecisionInput) {
    if (made.decision === "approve") return approve(transaction, made);
    return made.decision === "break-glass" ? breakGlass(transaction, made) : transition(transaction, made);
  }

  async function stopRequest(
    transaction: Transaction<Schema>,
    { requestId, by, origin }: Parameters<Decisions["stop"]>[0],
  ): Promise<boolean> {
    const now = clock.now();
    const cancelled = await transaction
      .updateTable("operations")
      .set({ state: "cancelled", due_at: null, ended_at: now })
      .where("request_id", "=", requestId)
      .where("state", "=", "queued")
      .where("attempts", "=", 0)
      .executeTakeFirst();
    const count = Number(cancelled.numUpdatedRows);
    if (count === 0) return false;
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
    // What is not carried out any more stands in no earlier Retry's way.
    await markMessagesStale(transaction, await supersededBy(transaction, requestId), now);
    const { channel_id: channelId, round } = stopped;
    await enqueuePost(transaction, { requestId, channelId, kind: "not-started", round, now });
    if (stopped.state === "done") {
      await enqueueOutcome(transaction, { requestId, channelId, round, now, isBulk: true });
    }
    await record(transaction, [
      { what: "stopped", at: now, actor: by, origin, requestId, detail: { cancelled: count } },
    ]);
    return true;
  }

  return {
    async decide(decision) {
      // Read in the same transaction: who has decided must not hear of a failure because a look after the commit failed.
      return db.transaction().execute(async (transaction) => {
        const won = await applyDecision(transaction, decision);
        if (!won) await expire(transaction, decision.requestId);
        const request = await findRequest(transaction, decision.requestId);
        if (!request) return { kind: "unknown" };
        if (won === "counted" || won === "counted-before") return { kind: won, request };
        return { kind: won ? "decided" : "too-late", request };
      });
    },

    exclude: createExclusions(needs, expire),

    async expireDue(limit) {
      const due = (await selectExpired(db, { now: clock.now(), limit })).rows;
      for (const { id: requestId } of due) {
        await db.transaction().execute((transaction) => expire(transaction, requestId));
      }
      return due.length;
    },

    async stop(stop) {
      return db.transaction().execute(async (transaction) => {
        const isStopped = await stopRequest(transaction, stop);
        const request = await findRequest(transaction, stop.requestId);
        if (!request) return { kind: "unknown" };
        return { kind: isStopped ? "stopped" : "too-late", request };
      });
    },
  };
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
