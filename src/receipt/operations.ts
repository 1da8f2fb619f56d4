/** Operations in the ledger: claimed under a lease, attempted, concluded, and tried again when a person says so. */
import { sql, type Transaction } from "kysely";
import type { Schema } from "../storage/schema.ts";
import { type AuditEvent, record } from "./audit.ts";
import type { Action, CallResult } from "./call.ts";
import type { LedgerNeeds } from "./ledger.ts";
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
  return {
    async claimDue({ limit, leaseMs }) {
      return db.transaction().execute(async (transaction) => {
        const now = clock.now();
        const due = transaction
          .selectFrom("operations")
          .select("id")
          .where((operation) =>
            operation.or([
              operation.and([operation("state", "=", "queued"), operation("due_at", "<=", now)]),
              operation.and([operation("state", "=", "running"), operation("lease_until", "<=", now)]),
            ]),
          )
          .orderBy("seq")
          .limit(limit);
        const ids = await (engine === "postgres" ? due.forUpdate().skipLocked() : due).execute();
        if (ids.length === 0) return [];
        const claimed: ClaimedAttempt[] = [];
        for (const { id } of ids) {
          const attemptId = chance.id();
          const operation = await transaction
            .updateTable("operations")
            .set((row) => ({
              state: "running",
              attempts: row("attempts", "+", 1),
              lease_owner: attemptId,
              lease_until: now + leaseMs,
              due_at: null,
            }))
            .where("id", "=", id)
            .returning(["request_id", "sub_mchid", "action", "round", "attempts", "endpoint"])
            .executeTakeFirstOrThrow();
          claimed.push({
            id: attemptId,
            operationId: id,
            requestId: operation.request_id,
            subMchid: operation.sub_mchid,
            action: operation.action,
            round: operation.round,
            number: operation.attempts,
            endpoint: operation.endpoint,
          });
        }
        await transaction
          .insertInto("attempts")
          .values(
            claimed.map(({ id, operationId, round, number, endpoint }) => ({
              id,
              operation_id: operationId,
              round,
              number,
              endpoint,
              started_at: now,
              ended_at: null,
              result_json: null,
            })),
          )
          .execute();
        await record(
          transaction,
          claimed.map((attempt) => event("attempt-started", attempt, now)),
        );
        return claimed;
      });
    },

    async conclude(attempt, result, next) {
      return db.transaction().execute(async (transaction) => {
        const now = clock.now();
        await transaction
          .updateTable("attempts")
          .set({ ended_at: now, result_json: JSON.stringify(result) })
          .where("id", "=", attempt.id)
          .execute();
        const held = await transaction
          .updateTable("operations")
          .set(
            next.kind === "again"
              ? { state: "queued", ...unleased, due_at: next.dueAt, endpoint: next.endpoint }
              : { state: next.kind === "succeed" ? "succeeded" : "failed", ended_at: now, ...unleased },
          )
          .where("id", "=", attempt.operationId)
          .where("state", "=", "running")
          .where("lease_owner", "=", attempt.id)
          .executeTakeFirst();
        if (held.numUpdatedRows === 0n) {
          await record(transaction, [event("attempt-overtaken", attempt, now, { result: result.kind })]);
          return "lost";
        }
        const events = [event("attempt-ended", attempt, now, { result: result.kind, next: next.kind })];
        if (next.kind !== "again") {
          events.push(event(next.kind === "succeed" ? "operation-succeeded" : "operation-failed", attempt, now));
          events.push(...(await endRequest(transaction, attempt, now)));
        }
        await messageChanged(transaction, [attempt.requestId], now);
        await record(transaction, events);
        return "concluded";
      });
    },

    async handBack(attempt) {
      await db
        .updateTable("operations")
        .set({ state: "queued", ...unleased, due_at: clock.now() })
        .where("id", "=", attempt.operationId)
        .where("state", "=", "running")
        .where("lease_owner", "=", attempt.id)
        .execute();
    },

    async retry({ requestId, round, by }) {
      const won = await db.transaction().execute(async (transaction) => {
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
      const request = await findRequest(db, requestId);
      if (!request) return { kind: "unknown" };
      return { kind: won ? "retried" : "too-late", request };
    },

    resultOfRound: (operationId, round) => resultOfRound(db, operationId, round),

    async nextDue() {
      const row = await db
        .selectFrom("operations")
        .select(sql<number | null>`min(case state when 'queued' then due_at else lease_until end)`.as("due"))
        .where("state", "in", ["queued", "running"])
        .executeTakeFirst();
      return row?.due ?? undefined;
    },
  };
}

const unleased = { lease_owner: null, lease_until: null, due_at: null } as const;

/** Once its last operation has ended the request is done, and the thread tells how. */
async function endRequest(
  transaction: Transaction<Schema>,
  { requestId, round }: ClaimedAttempt,
  now: number,
): Promise<AuditEvent[]> {
  const done = await transaction
    .updateTable("requests")
    .set({ state: "done", ended_at: now })
    .where("id", "=", requestId)
    .where("state", "=", "approved")
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("operations")
            .select("id")
            .where("request_id", "=", requestId)
            .where("state", "in", ["waiting", "queued", "running"]),
        ),
      ),
    )
    .returning("channel_id")
    .executeTakeFirst();
  if (!done) return [];
  await postWanted(transaction, { requestId, channelId: done.channel_id, kind: "outcome", round, now });
  return [{ what: "request-done", at: now, actor: "bot", requestId }];
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
