/** Submits requests for one or many sub-merchants, once each, however often Slack delivers the payload. */
import { sql, type Transaction } from "kysely";
import { type ApprovalRule, approvalsNeeded } from "../domain/approval.ts";
import type { Change } from "../domain/goldplan/change.ts";
import { type PayScene, switchesGoldPlan } from "../domain/goldplan/objects.ts";
import { firstRequestNumber } from "../storage/migrations/0015-trust.ts";
import { commitOrRollBack, type RolledBack, rollBack } from "../storage/rollback.ts";
import type { Database, Schema } from "../storage/schema.ts";
import { asTime, isOnPostgres, statement } from "../storage/statement.ts";
import { isDeadlock } from "../storage/store-errors.ts";
import { type Origin, record } from "./audit/audit-log.ts";
import { textHash } from "./audit/hash-chain.ts";
import { type GivenNames, recordGivenNames } from "./directory/given-names.ts";
import type { LedgerContext } from "./ledger-context.ts";
import { isAnyoneOn } from "./notification-preferences.ts";
import { insertOperations } from "./operations/insertion.ts";
import { enqueueNotice, enqueuePosts, markMessageStale } from "./outbox/enqueue.ts";
import { findOpenRequest, type RequestView } from "./queries/request-view.ts";

/** A request that has passed all checks. */
export interface NewRequest extends Change {
  /** Identifies the Slack payload, so that a payload delivered again is recognized at any time. */
  sourceKey: string;
  /** The scene of 点金计划, recorded with a request that switches it. */
  scene: PayScene;
  /** From 1 to `subMchidsMax`, each once. */
  subMchids: readonly string[];
  reason: string | undefined;
  /** The names that the requester gave beside numbers. */
  givenNames?: GivenNames | undefined;
  /** The ticket that the reason contains. */
  ticket?: string | undefined;
  requestedBy: string;
  /** The channel that the request is posted in; it may have been submitted elsewhere. */
  channelId: string;
  origin: Origin;
  /** How long the request may stay undecided, in milliseconds. */
  ttlMs: number;
  /** When the first reminder is due, in milliseconds from now; at once if anyone wants each request. */
  remindAfterMs: number;
  approvalRule: ApprovalRule;
  /** The stopped request whose sub-merchants this one resubmits; `sourceKey` is then that round's resubmission key. */
  resubmits?: { requestId: string; channelId: string; round: number } | undefined;
}

export type SubmitResult =
  /** `skipped` already have an open request and are not part of this one. */
  | { kind: "recorded"; requestId: string; skipped: string[] }
  /** The same payload was recorded before; nothing was written. */
  | { kind: "repeated"; requestId: string }
  /** Every sub-merchant already has an open request; `request` is the first one's. Nothing was written. */
  | { kind: "open-already"; subMchid: string; request: RequestView };

/** If the open request ends while a new one is submitted, trying again helps; needing more tries than this is a bug. */
const triesMax = 5;

export async function submit(context: LedgerContext, request: NewRequest): Promise<SubmitResult> {
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

/** Whether the payload with this key was recorded as a request. */
export async function isRecorded(db: Database, sourceKey: string): Promise<boolean> {
  return (await bySource(db, sourceKey).executeTakeFirst()) !== undefined;
}

function bySource(db: Database, sourceKey: string) {
  return db.selectFrom("requests").select("id").where("source_key", "=", sourceKey);
}

type Written = Exclude<SubmitResult, { kind: "open-already" }> | "all-open";

/** Writes a request, its operations and its posts, or nothing if every sub-merchant already has an open request. */
async function insert(context: LedgerContext, request: NewRequest): Promise<Written | "try-again"> {
  try {
    return await commitOrRollBack(context.store.db, (transaction) => write(context, transaction, request));
  } catch (error) {
    if (isDeadlock(error)) return "try-again";
    throw error;
  }
}

async function write(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  request: NewRequest,
): Promise<Written | RolledBack<Written>> {
  const now = context.clock.now();
  const requestId = context.random.id();
  const { sourceKey, requestedBy, channelId, action, object, subMchids, approvalRule } = request;
  const scene = switchesGoldPlan(object) ? request.scene : null;
  const inserted = await insertRequest(transaction, {
    id: requestId,
    sourceKey,
    action,
    object,
    scene,
    reason: request.reason ?? null,
    ticket: request.ticket ?? null,
    requestedBy,
    channelId,
    now,
    expiresAt: now + request.ttlMs,
    nextReminderAt: now + request.remindAfterMs,
    total: subMchids.length,
    approvalsNeeded: approvalsNeeded(approvalRule, subMchids.length),
  });
  if (inserted.numAffectedRows === 0n) {
    const { id } = await bySource(transaction, sourceKey).executeTakeFirstOrThrow();
    return { kind: "repeated", requestId: id };
  }
  const taken = await insertOperations(context, transaction, {
    requestId,
    action,
    object,
    scene,
    requestedBy,
    subMchids,
  });
  if (taken.size === 0) return rollBack("all-open");
  if (taken.size < subMchids.length) await shrink(transaction, requestId, { total: taken.size, approvalRule });
  if (request.givenNames) await recordGivenNames(transaction, requestId, taken, request.givenNames);
  const kinds = taken.size > 1 ? (["message", "list"] as const) : (["message"] as const);
  await enqueuePosts(
    transaction,
    kinds.map((kind) => ({ requestId, channelId, kind, round: 0, now })),
  );
  if (request.resubmits)
    await showResubmission(transaction, request.resubmits, { as: requestId, by: requestedBy, now });
  const event = { what: "asked", at: now, actor: requestedBy, origin: request.origin, requestId } as const;
  const again = request.resubmits && { resubmits: request.resubmits.requestId };
  await record(transaction, [
    {
      ...event,
      detail: {
        action,
        ...(scene && { object, scene }),
        subMchids: [...taken],
        ...termsOf(request, taken.size),
        ...again,
      },
    },
  ]);
  context.metrics?.requestMoved({ action, object }, "pending");
  return { kind: "recorded", requestId, skipped: subMchids.filter((subMchid) => !taken.has(subMchid)) };
}

/** The facts that the audit trail has to confirm in addition to the sub-merchants. */
function termsOf({ approvalRule, reason, ticket }: NewRequest, total: number) {
  const needed = approvalsNeeded(approvalRule, total);
  return { needed, reasonHash: textHash(reason), ...(ticket !== undefined && { ticketHash: textHash(ticket) }) };
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

const nextNumber = sql<number>`(select coalesce(max(number), ${sql.lit(firstRequestNumber - 1)}) + 1 from requests)`;

const insertRequest = statement<
  Pick<Change, keyof Change> & {
    id: string;
    sourceKey: string;
    scene: PayScene | null;
    reason: string | null;
    ticket: string | null;
    requestedBy: string;
    channelId: string;
    now: number;
    expiresAt: number;
    nextReminderAt: number;
    total: number;
    approvalsNeeded: number;
  }
>()((db, request) =>
  db
    .insertInto("requests")
    .values({
      id: request.id,
      // SQLite's trigger would need a second write to number it.
      ...(isOnPostgres(db) ? {} : { number: nextNumber }),
      source_key: request.sourceKey,
      action: request.action,
      object: request.object,
      scene: request.scene,
      reason: request.reason,
      ticket: request.ticket,
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
      // At once if anyone wants each request. Even then a job sends it: finding the recipients takes calls to Slack,
      // and the requester must not wait for them.
      attend_at: sql`case when ${isAnyoneOn} then ${asTime(request.now)} else ${asTime(request.nextReminderAt)} end`,
    })
    .onConflict((conflict) => conflict.column("source_key").doNothing()),
);
