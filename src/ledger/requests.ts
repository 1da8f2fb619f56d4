/** Requests in the ledger: asked for once, for one sub-merchant or many, however often Slack delivers the asking. */
import type { Transaction } from "kysely";
import { type ApprovalRule, approvalsNeeded } from "../domain/approval.ts";
import type { Action } from "../domain/attempt-result.ts";
import type { Schema } from "../storage/schema.ts";
import { statement } from "../storage/statement.ts";
import { isDeadlock } from "../storage/store-errors.ts";
import { type Origin, record } from "./audit/audit-log.ts";
import { createDecisions, type Decisions } from "./decisions.ts";
import type { LedgerNeeds } from "./ledger-context.ts";
import { enqueuePost } from "./outbox/enqueue.ts";
import { findOpenRequest, findRequest, type RequestView } from "./queries/request-view.ts";

/** What a person asks for, checked already. */
export interface NewRequest {
  /** Identifies the Slack payload that asks, so that one that is delivered again is recognised for good. */
  sourceKey: string;
  action: Action;
  /** From 1 to `subMchidsMost` of them, none twice. */
  subMchids: readonly string[];
  reason: string | undefined;
  requestedBy: string;
  /** Where it is posted; it may have been asked elsewhere. */
  channelId: string;
  origin: Origin;
  /** How long it may stay undecided, in milliseconds. */
  ttlMs: number;
  /** After how long attention is first drawn to it, in milliseconds. */
  remindAfterMs: number;
  /** How many have to approve it. */
  approvalRule: ApprovalRule;
}

export type SubmitResult =
  /** `leftOut` have an open request already, and are not part of this one. */
  | { kind: "recorded"; requestId: string; skipped: string[] }
  /** The same payload was recorded before; nothing was written. */
  | { kind: "repeated"; requestId: string }
  /** Every sub-merchant has an open request already, the first of them this one; nothing was written. */
  | { kind: "open-already"; subMchid: string; request: RequestView };

export interface Requests extends Decisions {
  submit(ask: NewRequest): Promise<SubmitResult>;
  find(requestId: string): Promise<RequestView | undefined>;
}

/** A request that ends just as another is asked for makes a second try worth while; more than a few is a bug. */
const triesMax = 5;
/** Rows of one statement: SQLite takes some 32,000 values at once. */
const rowsAtOnce = 500;

/** Leaves a transaction without keeping it; never leaves this file. */
class OpenAlready extends Error {}

export function createRequests(needs: LedgerNeeds): Requests {
  const { store, clock, random } = needs;
  const { db } = store;

  async function write(transaction: Transaction<Schema>, ask: NewRequest): Promise<SubmitResult> {
    const now = clock.now();
    const requestId = random.id();
    const { sourceKey, requestedBy, channelId, action, subMchids, approvalRule } = ask;
    const request = await insertRequest(transaction, {
      id: requestId,
      sourceKey,
      action,
      reason: ask.reason ?? null,
      requestedBy,
      channelId,
      now,
      expiresAt: now + ask.ttlMs,
      nextReminderAt: now + ask.remindAfterMs,
      total: subMchids.length,
      approvalsNeeded: approvalsNeeded(approvalRule, subMchids.length),
    });
    if (request.numAffectedRows === 0n) {
      const rows = transaction.selectFrom("requests").select("id").where("source_key", "=", sourceKey);
      return { kind: "repeated", requestId: (await rows.executeTakeFirstOrThrow()).id };
    }
    const taken = await insertOperations(transaction, { requestId, action, requestedBy, subMchids });
    if (taken.size === 0) throw new OpenAlready();
    if (taken.size < subMchids.length) {
      const approvals_needed = approvalsNeeded(approvalRule, taken.size);
      const changes = { total: taken.size, open: taken.size, approvals_needed };
      await transaction.updateTable("requests").set(changes).where("id", "=", requestId).execute();
      if (taken.size === 1) {
        // What is left is a request for one, in the queue too.
        const alone = transaction.updateTable("operations").set({ queue_rank: 0 });
        await alone.where("request_id", "=", requestId).execute();
      }
    }
    await enqueuePost(transaction, { requestId, channelId, kind: "message", round: 0, now });
    if (taken.size > 1) await enqueuePost(transaction, { requestId, channelId, kind: "list", round: 0, now });
    const asked = { what: "asked", at: now, actor: requestedBy, origin: ask.origin, requestId } as const;
    await record(transaction, [{ ...asked, detail: { action, subMchids: [...taken] } }]);
    return { kind: "recorded", requestId, skipped: subMchids.filter((subMchid) => !taken.has(subMchid)) };
  }

  /** Resolves to the sub-merchants that had no open operation. In one order for all, so that nobody waits in a circle. */
  async function insertOperations(
    transaction: Transaction<Schema>,
    asked: { requestId: string; action: Action; requestedBy: string; subMchids: readonly string[] },
  ): Promise<Set<string>> {
    const { requestId, action, requestedBy, subMchids } = asked;
    const [only, ...more] = subMchids;
    if (only !== undefined && more.length === 0) {
      const operation = { id: random.id(), requestId, subMchid: only, action, requestedBy };
      const { numAffectedRows } = await insertOperation(transaction, operation);
      return new Set(numAffectedRows === 0n ? [] : [only]);
    }
    const sorted = subMchids.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
    const taken = new Set<string>();
    for (let first = 0; first < sorted.length; first += rowsAtOnce) {
      const rows = sorted.slice(first, first + rowsAtOnce);
      const inserted = await transaction
        .insertInto("operations")
        .values(
          rows.map((subMchid) => ({
            ...waiting,
            id: random.id(),
            request_id: requestId,
            sub_mchid: subMchid,
            action,
            requested_by: requestedBy,
            queue_rank: 1,
          })),
        )
        .onConflict((conflict) => conflict.doNothing())
        .returning("sub_mchid")
        .execute();
      for (const row of inserted) taken.add(row.sub_mchid);
    }
    return taken;
  }

  return {
    ...createDecisions(needs),

    async submit(ask) {
      const [first] = ask.subMchids;
      if (first === undefined) throw new RangeError("a request is for one sub-merchant at least");
      for (let tries = 1; tries <= triesMax; tries++) {
        try {
          return await db.transaction().execute((transaction) => write(transaction, ask));
        } catch (error) {
          if (isDeadlock(error)) continue;
          if (!(error instanceof OpenAlready)) throw error;
        }
        const request = await findOpenRequest(db, first);
        if (request) return { kind: "open-already", subMchid: first, request };
        // It ended between the two looks: now there is room for this one.
      }
      throw new Error(`the open request for ${first} came and went ${triesMax} times`);
    },

    find: (requestId) => findRequest(db, requestId),
  };
}

const waiting = {
  state: "waiting",
  round: 1,
  attempts: 0,
  due_at: null,
  endpoint: 0,
  lease_owner: null,
  lease_until: null,
  ended_at: null,
} as const;

const insertRequest = statement<{
  id: string;
  sourceKey: string;
  action: Action;
  reason: string | null;
  requestedBy: string;
  channelId: string;
  now: number;
  expiresAt: number;
  nextReminderAt: number;
  total: number;
  approvalsNeeded: number;
}>()((db, request) =>
  db
    .insertInto("requests")
    .values({
      id: request.id,
      source_key: request.sourceKey,
      action: request.action,
      reason: request.reason,
      requested_by: request.requestedBy,
      channel_id: request.channelId,
      state: "pending",
      created_at: request.now,
      expires_at: request.expiresAt,
      decided_by: null,
      decided_at: null,
      ended_at: null,
      total: request.total,
      open: request.total,
      approvals_needed: request.approvalsNeeded,
      attend_at: request.nextReminderAt,
    })
    .onConflict((conflict) => conflict.column("source_key").doNothing()),
);

const insertOperation = statement<{
  id: string;
  requestId: string;
  subMchid: string;
  action: Action;
  requestedBy: string;
}>()((db, operation) =>
  db
    .insertInto("operations")
    .values({
      ...waiting,
      id: operation.id,
      request_id: operation.requestId,
      sub_mchid: operation.subMchid,
      action: operation.action,
      requested_by: operation.requestedBy,
    })
    // The one unique index that can refuse it is that of the sub-merchant's open operation.
    .onConflict((conflict) => conflict.doNothing()),
);
