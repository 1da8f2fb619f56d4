/** Excludes sub-merchants from a bulk request that is waiting for a decision; the others remain in the request. */
import type { Transaction } from "kysely";
import { commitOrRollBack, type RolledBack, rollBack } from "../storage/rollback.ts";
import type { Database, Schema } from "../storage/schema.ts";
import { type Origin, record } from "./audit/audit-log.ts";
import { expireRequest } from "./expiry.ts";
import type { LedgerContext } from "./ledger-context.ts";
import { enqueuePost, markMessageStale } from "./outbox/enqueue.ts";
import { findRequest, lockedRequest, type RequestView } from "./queries/request-view.ts";

export type ExclusionResult =
  | { kind: "left-out"; request: RequestView; count: number }
  /** The same person excluded all of these before: the form was submitted twice. Nothing was changed. */
  | { kind: "left-out-before"; request: RequestView }
  /** Nothing was changed: `unknown` are not in the request, `before` were excluded earlier. */
  | { kind: "not-in-it"; unknown: string[]; before: string[] }
  /** Nothing was changed: no sub-merchant would remain. */
  | { kind: "nothing-left" }
  /** The request was decided or has expired in the meantime; its view shows who, what and when. */
  | { kind: "too-late"; request: RequestView }
  | { kind: "unknown" };

export interface Exclusion {
  requestId: string;
  subMchids: readonly string[];
  by: string;
  origin: Origin;
}

/** Values per statement: SQLite accepts about 32,000. */
const numbersPerStatement = 500;

/** Excludes all of the sub-merchants or none; another request for them can be submitted at once. */
export async function exclude(context: LedgerContext, exclusion: Exclusion): Promise<ExclusionResult> {
  if (exclusion.subMchids.length === 0) throw new RangeError("an exclusion needs at least one sub-merchant");
  const { db } = context.store;
  const subMchids = [...new Set(exclusion.subMchids)];
  return commitOrRollBack(db, (transaction) => write(context, transaction, { ...exclusion, subMchids }));
}

async function write(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  exclusion: Exclusion,
): Promise<ExclusionResult | RolledBack<ExclusionResult>> {
  const { requestId, subMchids, by, origin } = exclusion;
  const now = context.clock.now();
  if (!(await lockPending(transaction, requestId, now))) return tooLate(context, transaction, requestId);
  const excluded = await cancelWaiting(transaction, { requestId, subMchids, by, now });
  if (excluded.size < subMchids.length) {
    const result = await explain(transaction, exclusion, excluded);
    return result.kind === "left-out-before" ? result : rollBack(result);
  }
  const request = await countExcluded(transaction, requestId, excluded.size);
  if (request.open === 0) return rollBack({ kind: "nothing-left" });
  await markMessageStale(transaction, requestId, now);
  // The thread lists the remaining sub-merchants, so that the next approver does not use an outdated list.
  const { channel_id: channelId, left_out: round } = request;
  await enqueuePost(transaction, { requestId, channelId, kind: "list", round, now });
  await record(transaction, [{ what: "left-out", at: now, actor: by, origin, requestId, detail: { subMchids } }]);
  context.metrics?.operationsCancelled(request, excluded.size);
  return { kind: "left-out", request: await lockedRequest(transaction, requestId), count: excluded.size };
}

/** Updating the request's row locks it: concurrent decisions and exclusions wait until this transaction ends. */
async function lockPending(transaction: Transaction<Schema>, requestId: string, now: number): Promise<boolean> {
  const locked = await transaction
    .updateTable("requests")
    .set((request) => ({ left_out: request.ref("left_out") }))
    .where("id", "=", requestId)
    .where("state", "=", "pending")
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return locked.numUpdatedRows > 0n;
}

async function tooLate(
  context: LedgerContext,
  transaction: Transaction<Schema>,
  requestId: string,
): Promise<ExclusionResult> {
  await expireRequest(context, transaction, requestId);
  const request = await findRequest(transaction, requestId);
  return request ? { kind: "too-late", request } : { kind: "unknown" };
}

/** Cancels the operations that are waiting and returns their sub-merchants. */
async function cancelWaiting(
  transaction: Transaction<Schema>,
  { requestId, subMchids, by, now }: Omit<Exclusion, "origin"> & { now: number },
): Promise<Set<string>> {
  const cancelled = new Set<string>();
  for (let first = 0; first < subMchids.length; first += numbersPerStatement) {
    const rows = await transaction
      .updateTable("operations")
      .set({ state: "cancelled", ended_at: now, left_out_by: by })
      .where("request_id", "=", requestId)
      .where("sub_mchid", "in", subMchids.slice(first, first + numbersPerStatement))
      .where("state", "=", "waiting")
      .returning("sub_mchid")
      .execute();
    for (const { sub_mchid } of rows) cancelled.add(sub_mchid);
  }
  return cancelled;
}

/** Why not all of the sub-merchants could be excluded. @param excluded the sub-merchants that could be */
async function explain(
  transaction: Transaction<Schema>,
  { requestId, subMchids, by }: Exclusion,
  excluded: ReadonlySet<string>,
): Promise<Extract<ExclusionResult, { kind: "left-out-before" | "not-in-it" }>> {
  const unchanged = subMchids.filter((subMchid) => !excluded.has(subMchid));
  const excludedBy = await excludedBefore(transaction, requestId, unchanged);
  if (excluded.size === 0 && unchanged.every((subMchid) => excludedBy.get(subMchid) === by))
    return { kind: "left-out-before", request: await lockedRequest(transaction, requestId) };
  return {
    kind: "not-in-it",
    unknown: unchanged.filter((subMchid) => !excludedBy.has(subMchid)),
    before: unchanged.filter((subMchid) => excludedBy.has(subMchid)),
  };
}

function countExcluded(transaction: Transaction<Schema>, requestId: string, count: number) {
  return transaction
    .updateTable("requests")
    .set((request) => ({ open: request("open", "-", count), left_out: request("left_out", "+", count) }))
    .where("id", "=", requestId)
    .returning(["action", "object", "open", "left_out", "channel_id"])
    .executeTakeFirstOrThrow();
}

/** Who excluded each of the sub-merchants that were excluded from the request. */
async function excludedBefore(
  db: Database,
  requestId: string,
  subMchids: readonly string[],
): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  for (let first = 0; first < subMchids.length; first += numbersPerStatement) {
    const rows = await db
      .selectFrom("operations")
      .select(["sub_mchid", "left_out_by"])
      .where("request_id", "=", requestId)
      .where("sub_mchid", "in", subMchids.slice(first, first + numbersPerStatement))
      .where("left_out_by", "is not", null)
      .execute();
    for (const { sub_mchid, left_out_by } of rows) found.set(sub_mchid, left_out_by);
  }
  return found;
}
