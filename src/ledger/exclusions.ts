/** Leaving single sub-merchants out of a request for many while it waits for a decision; the rest waits on. */
import type { Transaction } from "kysely";
import type { Database, Schema } from "../storage/schema.ts";
import { type Origin, record } from "./audit/audit-log.ts";
import type { LedgerNeeds } from "./ledger-context.ts";
import { enqueuePost, markMessageStale } from "./outbox/enqueue.ts";
import { findRequest, type RequestView } from "./queries/request-view.ts";

export type ExclusionResult =
  | { kind: "left-out"; request: RequestView; count: number }
  /** The same person left out the same before: the form came twice. Nothing was changed. */
  | { kind: "left-out-before"; request: RequestView }
  /** Nothing was changed: these are not in the request, or were left out of it before. */
  | { kind: "not-in-it"; unknown: string[]; before: string[] }
  /** Nothing was changed: the request would be for nobody. */
  | { kind: "nothing-left" }
  /** It was decided meanwhile, or its time had run out; the request says who, what and when. */
  | { kind: "too-late"; request: RequestView }
  | { kind: "unknown" };

export interface Exclusion {
  requestId: string;
  subMchids: readonly string[];
  by: string;
  origin: Origin;
}

/** Leaves a transaction without keeping it; never leaves this file. */
class NotKept extends Error {
  readonly answer: ExclusionResult;
  constructor(answer: ExclusionResult) {
    super(answer.kind);
    this.answer = answer;
  }
}

/** Values of one statement: SQLite takes some 32,000 at once. */
const numbersAtOnce = 500;

/**
 * All of them are left out, or none; what is left out is free at once for another request.
 * @param expire ends a request whose time has run out
 */
export function createExclusions(
  { store: { db }, clock }: Pick<LedgerNeeds, "store" | "clock">,
  expire: (transaction: Transaction<Schema>, requestId: string) => Promise<boolean>,
) {
  async function write(transaction: Transaction<Schema>, asked: Exclusion): Promise<ExclusionResult> {
    const { requestId, by, origin } = asked;
    const subMchids = [...new Set(asked.subMchids)];
    const now = clock.now();
    // Writing the request's row locks it: whoever decides or leaves out at the same time waits here, or had their turn.
    const locked = await transaction
      .updateTable("requests")
      .set((request) => ({ left_out: request.ref("left_out") }))
      .where("id", "=", requestId)
      .where("state", "=", "pending")
      .where("expires_at", ">", now)
      .executeTakeFirst();
    if (locked.numUpdatedRows === 0n) {
      await expire(transaction, requestId);
      const request = await findRequest(transaction, requestId);
      return request ? { kind: "too-late", request } : { kind: "unknown" };
    }
    const changed = await cancel(transaction, { requestId, subMchids, by, now });
    if (changed.size < subMchids.length) {
      const unchanged = subMchids.filter((subMchid) => !changed.has(subMchid));
      const excludedBy = await excludedBefore(transaction, requestId, unchanged);
      if (changed.size === 0 && unchanged.every((subMchid) => excludedBy.get(subMchid) === by)) {
        const request = await findRequest(transaction, requestId);
        if (request) return { kind: "left-out-before", request };
      }
      throw new NotKept({
        kind: "not-in-it",
        unknown: unchanged.filter((subMchid) => !excludedBy.has(subMchid)),
        before: unchanged.filter((subMchid) => excludedBy.has(subMchid)),
      });
    }
    const {
      open,
      left_out: round,
      channel_id: channelId,
    } = await transaction
      .updateTable("requests")
      .set((request) => ({
        open: request("open", "-", changed.size),
        left_out: request("left_out", "+", changed.size),
      }))
      .where("id", "=", requestId)
      .returning(["open", "left_out", "channel_id"])
      .executeTakeFirstOrThrow();
    if (open === 0) throw new NotKept({ kind: "nothing-left" });
    await markMessageStale(transaction, requestId, now);
    // Who decides next looks at what is left, and no longer at what was asked for.
    await enqueuePost(transaction, { requestId, channelId, kind: "list", round, now });
    await record(transaction, [{ what: "left-out", at: now, actor: by, origin, requestId, detail: { subMchids } }]);
    const request = await findRequest(transaction, requestId);
    if (!request) throw new Error(`request ${requestId} went while its row was held`);
    return { kind: "left-out", request, count: changed.size };
  }

  /** Resolves to the sub-merchants that waited until now. */
  async function cancel(
    transaction: Transaction<Schema>,
    { requestId, subMchids, by, now }: Pick<Exclusion, "requestId" | "subMchids" | "by"> & { now: number },
  ): Promise<Set<string>> {
    const changed = new Set<string>();
    for (let first = 0; first < subMchids.length; first += numbersAtOnce) {
      const rows = await transaction
        .updateTable("operations")
        .set({ state: "cancelled", ended_at: now, left_out_by: by })
        .where("request_id", "=", requestId)
        .where("sub_mchid", "in", subMchids.slice(first, first + numbersAtOnce))
        .where("state", "=", "waiting")
        .returning("sub_mchid")
        .execute();
      for (const { sub_mchid } of rows) changed.add(sub_mchid);
    }
    return changed;
  }

  return async (asked: Exclusion): Promise<ExclusionResult> => {
    if (asked.subMchids.length === 0) throw new RangeError("at least one sub-merchant is left out");
    try {
      return await db.transaction().execute((transaction) => write(transaction, asked));
    } catch (error) {
      if (error instanceof NotKept) return error.answer;
      throw error;
    }
  };
}

/** By sub-merchant, of those that were left out of a request. */
async function excludedBefore(
  db: Database,
  requestId: string,
  subMchids: readonly string[],
): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  for (let first = 0; first < subMchids.length; first += numbersAtOnce) {
    const rows = await db
      .selectFrom("operations")
      .select(["sub_mchid", "left_out_by"])
      .where("request_id", "=", requestId)
      .where("sub_mchid", "in", subMchids.slice(first, first + numbersAtOnce))
      .where("left_out_by", "is not", null)
      .execute();
    for (const { sub_mchid, left_out_by } of rows) found.set(sub_mchid, left_out_by);
  }
  return found;
}
