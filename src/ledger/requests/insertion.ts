/** The rows, the first posts and the event of new requests. */
import { sql, type Transaction } from "kysely";
import { approvalsNeeded } from "../../domain/approval.ts";
import { switchesGoldPlan } from "../../domain/goldplan/objects.ts";
import { firstRequestNumber } from "../../storage/migrations/0015-trust.ts";
import type { Database, Schema } from "../../storage/schema.ts";
import { given, isOnPostgres, type Runner, setStatement } from "../../storage/statement.ts";
import { type AuditEvent, record } from "../audit/audit-log.ts";
import { textHash } from "../audit/hash-chain.ts";
import { isAnyoneOn } from "../notification-preferences.ts";
import { enqueuePosts, type RequestPost } from "../outbox/enqueue.ts";
import type { NewRequest } from "./new-request.ts";

/** A request that gets the ID `id` at `now`. */
export interface Identified {
  id: string;
  now: number;
  request: NewRequest;
}

/** A request whose rows are inserted, with the sub-merchants that it contains. */
export interface Inserted extends Identified {
  subMchids: readonly string[];
}

export function bySource(db: Database, sourceKey: string) {
  return db.selectFrom("requests").select("id").where("source_key", "=", sourceKey);
}

/** Inserts requests in this order, and returns the IDs of those whose payload was not recorded before. */
export async function insertRequests(on: Runner, requests: readonly Identified[]): Promise<Set<string>> {
  const inserted = await insert(on, requests.map(asRow), {});
  return new Set(inserted.map(({ id }) => id));
}

/** The scene of 点金计划, for a request that switches it. */
export function sceneOf({ object, scene }: NewRequest): NewRequest["scene"] | null {
  return switchesGoldPlan(object) ? scene : null;
}

/** Enqueues the messages of inserted requests, with a list for several sub-merchants, and records the submission. */
export async function recordSubmission(transaction: Transaction<Schema>, requests: readonly Inserted[]): Promise<void> {
  await enqueuePosts(transaction, requests.flatMap(firstPosts));
  await record(transaction, requests.map(askedEvent));
}

function firstPosts({ id: requestId, now, request: { channelId }, subMchids }: Inserted): RequestPost[] {
  const kinds = subMchids.length > 1 ? (["message", "list"] as const) : (["message"] as const);
  return kinds.map((kind) => ({ requestId, channelId, kind, round: 0, now }));
}

function askedEvent({ id, now, request, subMchids }: Inserted): AuditEvent {
  const { action, object, approvalRule, reason, ticket, requestedBy, origin, resubmits } = request;
  const scene = sceneOf(request);
  return {
    what: "asked",
    at: now,
    actor: requestedBy,
    origin,
    requestId: id,
    detail: {
      action,
      ...(scene && { object, scene }),
      subMchids,
      // The audit trail has to confirm these in addition to the sub-merchants.
      needed: approvalsNeeded(approvalRule, subMchids.length),
      reasonHash: textHash(reason),
      ...(ticket !== undefined && { ticketHash: textHash(ticket) }),
      ...(resubmits && { resubmits: resubmits.requestId }),
    },
  };
}

function asRow({ id, now, request }: Identified, i: number) {
  const { subMchids, approvalRule } = request;
  return {
    id,
    nth: i + 1,
    source_key: request.sourceKey,
    action: request.action,
    object: request.object,
    scene: sceneOf(request),
    reason: request.reason ?? null,
    ticket: request.ticket ?? null,
    requested_by: request.requestedBy,
    channel_id: request.channelId,
    created_at: now,
    expires_at: now + request.ttlMs,
    total: subMchids.length,
    approvals_needed: approvalsNeeded(approvalRule, subMchids.length),
    remind_at: now + request.remindAfterMs,
  };
}

const columns = {
  id: "text",
  nth: "bigint",
  source_key: "text",
  action: "text",
  object: "text",
  scene: "text",
  reason: "text",
  ticket: "text",
  requested_by: "text",
  channel_id: "text",
  created_at: "bigint",
  expires_at: "bigint",
  total: "bigint",
  approvals_needed: "bigint",
  remind_at: "bigint",
} as const;

const insert = setStatement<ReturnType<typeof asRow>>()((db, rows, _: Record<string, never>) => {
  const copied = sql`id, source_key, action, object, scene, reason, ticket, requested_by, channel_id, created_at,
    expires_at, total, approvals_needed`;
  // PostgreSQL numbers them itself; SQLite's trigger would write each a second time.
  const lastNumber = sql`(select coalesce(max(number), ${sql.lit(firstRequestNumber - 1)}) from requests)`;
  const [number, itsNumber] = isOnPostgres(db) ? [sql``, sql``] : [sql`number, `, sql`${lastNumber} + nth, `];
  return {
    // At once if anyone wants each request. Even then a job sends it: finding the recipients takes calls to Slack, and
    // the requester must not wait for them.
    compile: () =>
      sql<{ id: string }>`with ${given(rows, columns)}
        insert into requests (${number}${copied}, state, open, attend_at)
        select ${itsNumber}${copied}, 'pending', total, case when ${isAnyoneOn} then created_at else remind_at end
        from given where id is not null on conflict (source_key) do nothing returning id`.compile(db),
  };
});
