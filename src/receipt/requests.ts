/** Requests in the ledger: asked for once and decided once, whoever else tries at the same moment. */
import type { Transaction } from "kysely";
import type { OperationState, RequestState, Schema } from "../storage/schema.ts";
import { statement } from "../storage/statement.ts";
import { type EventName, record } from "./audit.ts";
import type { Action } from "./call.ts";
import type { LedgerNeeds } from "./ledger.ts";
import { messageChanged, postWanted, settleMs } from "./posts.ts";
import { findOpenRequest, findRequest, type LastSet, lastSetBefore, type RequestView } from "./request-view.ts";

/** What a person asks for, checked already. */
export interface Ask {
  /** Identifies the Slack payload that asks, so that one that is delivered again is recognised for good. */
  sourceKey: string;
  action: Action;
  subMchid: string;
  reason: string | undefined;
  requestedBy: string;
  channelId: string;
  /** How long it may stay undecided, in milliseconds. */
  ttlMs: number;
}

export type Asked =
  | { kind: "recorded"; requestId: string }
  /** The same payload was recorded before; nothing was written. */
  | { kind: "repeated"; requestId: string }
  /** The sub-merchant has an open request already; nothing was written. */
  | { kind: "open-already"; request: RequestView };

export type Decision = "approve" | "reject" | "withdraw";

export type Decided =
  | { kind: "decided"; request: RequestView }
  /** Somebody was first, or its time had run out; the request says who, what and when. */
  | { kind: "too-late"; request: RequestView }
  | { kind: "unknown" };

export interface Requests {
  ask(ask: Ask): Promise<Asked>;
  decide(decision: { requestId: string; decision: Decision; by: string }): Promise<Decided>;
  /** Ends up to `limit` requests whose time ran out undecided; tells how many it found. */
  expireDue(limit: number): Promise<number>;
  find(requestId: string): Promise<RequestView | undefined>;
  lastSetBefore(request: RequestView): Promise<LastSet | undefined>;
}

const transitions = {
  approve: { request: "approved", operations: "queued", event: "approved" },
  reject: { request: "rejected", operations: "cancelled", event: "rejected" },
  withdraw: { request: "withdrawn", operations: "cancelled", event: "withdrawn" },
  expire: { request: "expired", operations: "cancelled", event: "expired" },
} as const satisfies Record<string, { request: RequestState; operations: OperationState; event: EventName }>;

/** A request that ends just as another is asked for makes a second try worth while; more than a few is a bug. */
const triesMost = 5;

/** Leaves a transaction without keeping it; never leaves this file. */
class OpenAlready extends Error {}

export function createRequests({ store: { db }, clock, chance }: LedgerNeeds): Requests {
  async function write(transaction: Transaction<Schema>, ask: Ask): Promise<Asked> {
    const now = clock.now();
    const requestId = chance.id();
    const operationId = chance.id();
    const { sourceKey, requestedBy, channelId, action, subMchid } = ask;
    const request = await insertRequest(transaction, {
      id: requestId,
      sourceKey,
      action,
      reason: ask.reason ?? null,
      requestedBy,
      channelId,
      now,
      expiresAt: now + ask.ttlMs,
    });
    if (request.numAffectedRows === 0n) {
      const rows = transaction.selectFrom("requests").select("id").where("source_key", "=", sourceKey);
      return { kind: "repeated", requestId: (await rows.executeTakeFirstOrThrow()).id };
    }
    const operation = await insertOperation(transaction, { id: operationId, requestId, subMchid, action });
    if (operation.numAffectedRows === 0n) throw new OpenAlready();
    await postWanted(transaction, { requestId, channelId, kind: "message", round: 0, now });
    await record(transaction, [
      { what: "asked", at: now, actor: requestedBy, requestId, operationId, detail: { action, subMchid } },
    ]);
    return { kind: "recorded", requestId };
  }

  /** Moves a pending request on, if nobody did before: by a person within its time, by itself after. */
  async function moveOn(
    transaction: Transaction<Schema>,
    { requestId, decision, by }: { requestId: string; decision: keyof typeof transitions; by: string },
  ): Promise<boolean> {
    const now = clock.now();
    const to = transitions[decision];
    const isEnd = to.operations === "cancelled";
    const won = await transaction
      .updateTable("requests")
      .set({ state: to.request, decided_by: by, decided_at: now, ended_at: isEnd ? now : null })
      .where("id", "=", requestId)
      .where("state", "=", "pending")
      .where("expires_at", decision === "expire" ? "<=" : ">", now)
      .returning("channel_id")
      .executeTakeFirst();
    if (!won) return false;
    await transaction
      .updateTable("operations")
      .set(isEnd ? { state: to.operations, ended_at: now } : { state: to.operations, due_at: now })
      .where("request_id", "=", requestId)
      .where("state", "=", "waiting")
      .execute();
    const superseded = decision === "approve" ? await supersededBy(transaction, requestId) : [];
    await messageChanged(transaction, [requestId, ...superseded], isEnd ? now : now + settleMs);
    // Who withdraws knows of it; the others' end is news to the requester.
    if (decision === "reject" || decision === "expire")
      await postWanted(transaction, { requestId, channelId: won.channel_id, kind: "outcome", round: 0, now });
    await record(transaction, [{ what: to.event, at: now, actor: by, requestId }]);
    return true;
  }

  return {
    async ask(ask) {
      for (let tries = 1; tries <= triesMost; tries++) {
        try {
          return await db.transaction().execute((transaction) => write(transaction, ask));
        } catch (error) {
          if (!(error instanceof OpenAlready)) throw error;
        }
        const request = await findOpenRequest(db, ask.subMchid);
        if (request) return { kind: "open-already", request };
        // It ended between the two looks: now there is room for this one.
      }
      throw new Error(`the open request for ${ask.subMchid} came and went ${triesMost} times`);
    },

    async decide(decision) {
      const won = await db.transaction().execute(async (transaction) => {
        if (await moveOn(transaction, decision)) return true;
        await moveOn(transaction, { requestId: decision.requestId, decision: "expire", by: "bot" });
        return false;
      });
      const request = await findRequest(db, decision.requestId);
      if (!request) return { kind: "unknown" };
      return { kind: won ? "decided" : "too-late", request };
    },

    async expireDue(limit) {
      const due = await db
        .selectFrom("requests")
        .select("id")
        .where("state", "=", "pending")
        .where("expires_at", "<=", clock.now())
        .orderBy("expires_at")
        .limit(limit)
        .execute();
      for (const { id: requestId } of due) {
        const expiry = { requestId, decision: "expire", by: "bot" } as const;
        await db.transaction().execute((transaction) => moveOn(transaction, expiry));
      }
      return due.length;
    },

    find: (requestId) => findRequest(db, requestId),
    lastSetBefore: (request) => lastSetBefore(db, request),
  };
}

const insertRequest = statement<{
  id: string;
  sourceKey: string;
  action: Action;
  reason: string | null;
  requestedBy: string;
  channelId: string;
  now: number;
  expiresAt: number;
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
    })
    .onConflict((conflict) => conflict.column("source_key").doNothing()),
);

const insertOperation = statement<{ id: string; requestId: string; subMchid: string; action: Action }>()(
  (db, operation) =>
    db
      .insertInto("operations")
      .values({
        id: operation.id,
        request_id: operation.requestId,
        sub_mchid: operation.subMchid,
        action: operation.action,
        state: "waiting",
        round: 1,
        attempts: 0,
        due_at: null,
        endpoint: 0,
        lease_owner: null,
        lease_until: null,
        ended_at: null,
      })
      // The one unique index that can refuse it is that of the sub-merchant's open operation.
      .onConflict((conflict) => conflict.doNothing()),
);

/** The requests whose failure is the latest word on these sub-merchants so far: their Retry cannot work any longer. */
async function supersededBy(transaction: Transaction<Schema>, requestId: string): Promise<string[]> {
  const rows = await transaction
    .selectFrom("operations as mine")
    .innerJoin("operations as earlier", "earlier.sub_mchid", "mine.sub_mchid")
    .select("earlier.request_id")
    .where("mine.request_id", "=", requestId)
    .where("earlier.state", "=", "failed")
    .where("earlier.seq", "=", (row) =>
      row
        .selectFrom("operations as latest")
        .select((latest) => latest.fn.max("latest.seq").as("seq"))
        .whereRef("latest.sub_mchid", "=", "mine.sub_mchid")
        .whereRef("latest.seq", "<", "mine.seq")
        .where("latest.state", "!=", "cancelled"),
    )
    .execute();
  return rows.map((row) => row.request_id);
}
