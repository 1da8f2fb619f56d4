/** Operations in the ledger: claimed under a lease, attempted, concluded, and tried again when a person says so. */
import { isUniqueViolation } from "../storage/open.ts";
import { type AuditEvent, record } from "./audit.ts";
import type { Action, CallResult } from "./call.ts";
import type { LedgerNeeds } from "./ledger.ts";
import { beginAttempt, dueStatements, endAttempt, endRequest, lease, release } from "./operation-statements.ts";
import { messageChanged, postWanted, settleMs } from "./posts.ts";
import { findRequest, type RequestView, resultOfRound } from "./request-view.ts";

/** An attempt that has been written down and may now be made, by nobody else, until its lease ends. */
export interface ClaimedAttempt {
  id: string;
  operationId: string;
  requestId: string;
  subMchid: string;
  action: Action;
  round: number;
  /** Counts from 1 in each round. */
  number: number;
  /** Which of the configured endpoints to call. */
  endpoint: number;
}

/** What becomes of an operation after an attempt. */
export type NextStep =
  | { kind: "succeed" }
  | { kind: "fail" }
  /** Another attempt, not before `dueAt` (milliseconds since the epoch). */
  | { kind: "again"; dueAt: number; endpoint: number };

export type Retried =
  | { kind: "retried"; request: RequestView }
  /** The round has been retried already, or a later request took its place; the request says how things stand. */
  | { kind: "too-late"; request: RequestView }
  | { kind: "unknown" };

export interface Operations {
  /** Takes up to `limit` operations that are due, or whose lease has run out, and writes down an attempt for each. */
  claimDue(claim: { limit: number; leaseMs: number }): Promise<ClaimedAttempt[]>;
  /** Writes down how an attempt ended; `lost` when its lease went to another, and then nothing but the attempt's record. */
  conclude(attempt: ClaimedAttempt, result: CallResult, next: NextStep): Promise<"concluded" | "lost">;
  /** Gives an attempt back that was claimed and never made; it is due at once. */
  handBack(attempt: ClaimedAttempt): Promise<void>;
  /** A person's Retry of a failed round, once. */
  retry(retry: { requestId: string; round: number; by: string }): Promise<Retried>;
  /** How a round ended, the present one or an earlier: the thread tells each, also when it is posted late. */
  resultOfRound(operationId: string, round: number): Promise<CallResult | undefined>;
  /** When something is next to be claimed, in milliseconds since the epoch. */
  nextDue(): Promise<number | undefined>;
}

export function createOperations({ store: { db, engine }, clock, chance }: LedgerNeeds): Operations {
  const due = dueStatements(engine);

  return {
    async claimDue({ limit, leaseMs }) {
      return db.transaction().execute(async (transaction) => {
        const now = clock.now();
        const ids = [...(await due.queued(transaction, { now, most: limit })).rows];
        // What another instance left behind; each kind has an index of its own.
        if (ids.length < limit) ids.push(...(await due.left(transaction, { now, most: limit - ids.length })).rows);
        const claimed: ClaimedAttempt[] = [];
        for (const { id: operationId } of ids) {
          const attemptId = chance.id();
          const [operation] = (await lease(transaction, { operationId, attemptId, until: now + leaseMs })).rows;
          if (!operation) throw new Error(`operation ${operationId} went while its row was held`);
          const { request_id: requestId, sub_mchid: subMchid, action, round, attempts: number, endpoint } = operation;
          const attempt = { id: attemptId, operationId, requestId, subMchid, action, round, number, endpoint };
          await beginAttempt(transaction, { id: attemptId, operationId, round, number, endpoint, now });
          await record(transaction, [event("attempt-started", attempt, now)]);
          claimed.push(attempt);
        }
        return claimed;
      });
    },

    async conclude(attempt, result, next) {
      return db.transaction().execute(async (transaction) => {
        const now = clock.now();
        await endAttempt(transaction, { id: attempt.id, now, result: JSON.stringify(result) });
        const held = await release(transaction, {
          operationId: attempt.operationId,
          attemptId: attempt.id,
          ...(next.kind === "again"
            ? { state: "queued", dueAt: next.dueAt, endpoint: next.endpoint, endedAt: null }
            : { state: next.kind === "succeed" ? "succeeded" : "failed", dueAt: null, endpoint: 0, endedAt: now }),
        });
        if (held.numAffectedRows === 0n) {
          await record(transaction, [event("attempt-overtaken", attempt, now, { result: result.kind })]);
          return "lost";
        }
        const events = [event("attempt-ended", attempt, now, { result: result.kind, next: next.kind })];
        if (next.kind !== "again") {
          const { requestId, round } = attempt;
          events.push(event(next.kind === "succeed" ? "operation-succeeded" : "operation-failed", attempt, now));
          const [done] = (await endRequest(transaction, { requestId, now })).rows;
          if (done) {
            await postWanted(transaction, { requestId, channelId: done.channel_id, kind: "outcome", round, now });
            events.push({ what: "request-done", at: now, actor: "bot", requestId });
          }
        }
        await messageChanged(transaction, [attempt.requestId], now);
        await record(transaction, events);
        return "concluded";
      });
    },

    async handBack(attempt) {
      await db.transaction().execute(async (transaction) => {
        const now = clock.now();
        const { operationId, id: attemptId, endpoint } = attempt;
        const back = { state: "queued", dueAt: now, endpoint, endedAt: null } as const;
        const held = await release(transaction, { operationId, attemptId, ...back });
        if (held.numAffectedRows === 0n) return;
        await record(transaction, [event("attempt-handed-back", attempt, now)]);
      });
    },

    async retry({ requestId, round, by }) {
      const retried = db.transaction().execute(async (transaction) => {
        const now = clock.now();
        const operation = await transaction
          .updateTable("operations")
          .set({ state: "queued", round: round + 1, attempts: 0, due_at: now, endpoint: 0, ended_at: null })
          .where("request_id", "=", requestId)
          .where("state", "=", "failed")
          .where("round", "=", round)
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom("operations as later")
                  .select("later.id")
                  .whereRef("later.sub_mchid", "=", "operations.sub_mchid")
                  .whereRef("later.seq", ">", "operations.seq")
                  .where("later.state", "!=", "cancelled"),
              ),
            ),
          )
          .returning("id")
          .executeTakeFirst();
        if (!operation) return false;
        await transaction
          .updateTable("requests")
          .set({ state: "approved", ended_at: null })
          .where("id", "=", requestId)
          .where("state", "=", "done")
          .execute();
        await messageChanged(transaction, [requestId], now + settleMs);
        await record(transaction, [
          { what: "retried", at: now, actor: by, requestId, operationId: operation.id, detail: { round: round + 1 } },
        ]);
        return true;
      });
      // An ask for the same sub-merchant that is being committed just now cannot be seen, but its index entry can.
      const won = await retried.catch((error: unknown) => {
        if (isUniqueViolation(error)) return false;
        throw error;
      });
      const request = await findRequest(db, requestId);
      if (!request) return { kind: "unknown" };
      return { kind: won ? "retried" : "too-late", request };
    },

    resultOfRound: (operationId, round) => resultOfRound(db, operationId, round),

    async nextDue() {
      const operations = db.selectFrom("operations");
      const { queued, leased } = await db
        .selectNoFrom([
          operations
            .select((row) => row.fn.min("due_at").as("at"))
            .where("state", "=", "queued")
            .as("queued"),
          operations
            .select((row) => row.fn.min("lease_until").as("at"))
            .where("state", "=", "running")
            .as("leased"),
        ])
        .executeTakeFirstOrThrow();
      const next = Math.min(queued ?? Number.POSITIVE_INFINITY, leased ?? Number.POSITIVE_INFINITY);
      return Number.isFinite(next) ? next : undefined;
    },
  };
}

function event(
  what: AuditEvent["what"],
  attempt: ClaimedAttempt,
  at: number,
  detail?: Record<string, unknown>,
): AuditEvent {
  const { requestId, operationId, number, round } = attempt;
  return { what, at, actor: "bot", requestId, operationId, detail: { round, attempt: number, ...detail } };
}
