/** What a request for many sub-merchants shows beyond its counts: samples, what is known of them, and how they ended. */
import type { ExpressionBuilder } from "kysely";
import { type Action, type AttemptResult, parseResult } from "../../domain/attempt-result.ts";
import { type Topic, topicsBeyondRetry } from "../../domain/guidance.ts";
import type { Database, OperationState, Schema } from "../../storage/schema.ts";

/** How many operations ended in the same way. */
export interface OutcomeGroup {
  topic: Topic;
  count: number;
}

/** How many sub-merchants of a request the ledger knows the same of, by their latest operation that ended before. */
export type PreviousResults = ({ kind: "set"; action: Action } | { kind: "failed"; action: Action; topic: Topic }) & {
  count: number;
  /** The first of them, and since when it is so, in milliseconds since the epoch. */
  first: readonly { subMchid: string; at: number }[];
};

/** Which operations a file lists: every one, those that were not left out, or those that a stop came before. */
export type Listed = "all" | "still-in" | "not-started";

/** How one sub-merchant's operation stands, for a file. */
export interface OperationResult {
  seq: number;
  subMchid: string;
  action: Action;
  state: Schema["operations"]["state"];
  /** Who left it out of the request. */
  excludedBy: string | undefined;
  attempts: number;
  /** Milliseconds since the epoch. */
  endedAt: number | undefined;
  result: AttemptResult | undefined;
}

export interface BulkViews {
  /** The first sub-merchants of a request, but for what was left out. */
  firstNumbers(requestId: string, max: number): Promise<string[]>;
  /** The first sub-merchants that were left out of it. */
  firstExcluded(requestId: string, max: number): Promise<string[]>;
  /** The commonest first, each with up to `most` of its sub-merchants. */
  previousResults(requestId: string, max: number): Promise<PreviousResults[]>;
  /** Failures by what they are told by, the commonest first. */
  failures(requestId: string): Promise<OutcomeGroup[]>;
  /** How many failed operations a Retry would try again, where no later request is waiting for a decision meanwhile. */
  retryable(requestId: string): Promise<number>;
  /**
   * How many have been carried out to their end since a moment, and when the first of them was. @param isAgain of those
   * that somebody has had tried again
   */
  endedSince(requestId: string, since: number, isAgain: boolean): Promise<{ count: number; firstAt: number }>;
  /** Up to `most` operations after one, in their order: those of a file. */
  results(requestId: string, page: { of: Listed; afterSeq: number; max: number }): Promise<OperationResult[]>;
}

export function createBulkViews(db: Database): BulkViews {
  async function first(requestId: string, excludedBy: "is" | "is not", max: number): Promise<string[]> {
    const rows = db
      .selectFrom("operations")
      .select("sub_mchid")
      .where("request_id", "=", requestId)
      .where("left_out_by", excludedBy, null);
    return (await rows.orderBy("seq").limit(max).execute()).map((row) => row.sub_mchid);
  }

  return {
    firstNumbers: (requestId, max) => first(requestId, "is", max),
    firstExcluded: (requestId, max) => first(requestId, "is not", max),

    async previousResults(requestId, max) {
      const alike = ["earlier.action", "earlier.state", "earlier.topic"] as const;
      const known = db
        .selectFrom("operations as mine")
        .innerJoin("operations as earlier", "earlier.sub_mchid", "mine.sub_mchid")
        .where("mine.request_id", "=", requestId)
        .where("mine.left_out_by", "is", null)
        .where("earlier.seq", "=", (row) =>
          row
            .selectFrom("operations as latest")
            .select((latest) => latest.fn.max("latest.seq").as("seq"))
            .whereRef("latest.sub_mchid", "=", "mine.sub_mchid")
            .whereRef("latest.seq", "<", "mine.seq")
            .where("latest.state", "in", ["succeeded", "failed"]),
        )
        .select([...alike, "earlier.ended_at", "mine.sub_mchid"])
        .select((row) => [
          row.fn
            .countAll<number>()
            .over((group) => group.partitionBy(alike))
            .as("count"),
          row.fn
            .agg<number>("row_number")
            .over((group) => group.partitionBy(alike).orderBy("mine.seq"))
            .as("nth"),
        ]);
      const rows = await db
        .selectFrom(known.as("known"))
        .selectAll()
        .where("nth", "<=", max)
        .orderBy("count", "desc")
        .orderBy("action")
        .orderBy("state")
        .orderBy("topic")
        .orderBy("nth")
        .execute();
      const groups = Map.groupBy(rows, ({ action, state, topic }) => [action, state, topic].join());
      return [...groups.values()].flatMap((group): PreviousResults[] => {
        const [one] = group;
        if (!one) return [];
        const { action, state, topic, count } = one;
        const first = group.map(({ sub_mchid, ended_at }) => ({ subMchid: sub_mchid, at: ended_at ?? 0 }));
        const what =
          state === "succeeded" ? { kind: "set" as const } : { kind: "failed" as const, topic: topicOf(topic) };
        return [{ ...what, action, count: Number(count), first }];
      });
    },

    async failures(requestId) {
      const rows = await db
        .selectFrom("operations")
        .select(["topic", (row) => row.fn.countAll<number>().as("count")])
        .where("request_id", "=", requestId)
        .where("state", "=", "failed")
        .groupBy("topic")
        .orderBy("count", "desc")
        .orderBy("topic")
        .execute();
      return rows.map(({ topic, count }) => ({ topic: topicOf(topic), count: Number(count) }));
    },

    async retryable(requestId) {
      const row = await db
        .selectFrom("operations")
        .select((operation) => operation.fn.countAll<number>().as("count"))
        .where("request_id", "=", requestId)
        // While a later request only waits, its message is as it was, and the Retry on it too.
        .where(mayBeRetried(["waiting", "cancelled"]))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },

    async endedSince(requestId, since, isAgain) {
      const { count, firstAt } = await db
        .selectFrom("operations")
        .select((row) => [row.fn.countAll<number>().as("count"), row.fn.min("ended_at").as("firstAt")])
        .where("request_id", "=", requestId)
        .where("state", "in", ["succeeded", "failed"])
        .where("round", isAgain ? ">" : ">=", 1)
        .where("ended_at", ">=", since)
        .executeTakeFirstOrThrow();
      return { count: Number(count), firstAt: firstAt ?? since };
    },

    async results(requestId, { of, afterSeq, max }) {
      let listed = db.selectFrom("operations").where("request_id", "=", requestId).where("seq", ">", afterSeq);
      if (of !== "all") listed = listed.where("left_out_by", "is", null);
      if (of === "not-started") listed = listed.where("state", "=", "cancelled");
      const rows = await listed
        .select(["seq", "sub_mchid", "action", "state", "left_out_by", "attempts", "ended_at"])
        .select((row) =>
          row
            .selectFrom("attempts")
            .select("result_json")
            .whereRef("attempts.operation_id", "=", "operations.id")
            .where("result_json", "is not", null)
            .orderBy("attempts.round", "desc")
            .orderBy("attempts.number", "desc")
            .limit(1)
            .as("result_json"),
        )
        .orderBy("seq")
        .limit(max)
        .execute();
      return rows.map((row) => ({
        seq: row.seq,
        subMchid: row.sub_mchid,
        action: row.action,
        state: row.state,
        excludedBy: row.left_out_by ?? undefined,
        attempts: row.attempts,
        endedAt: row.ended_at ?? undefined,
        result: parseResult(row.result_json),
      }));
    },
  };
}

/** Who left some of a request out, whoever left out the most first. */
export async function excludersOf(db: Database, requestId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("operations")
    .select(["left_out_by", (row) => row.fn.countAll<number>().as("count")])
    .where("request_id", "=", requestId)
    .where("left_out_by", "is not", null)
    .groupBy("left_out_by")
    .orderBy("count", "desc")
    .orderBy("left_out_by")
    .execute();
  return rows.flatMap(({ left_out_by }) => left_out_by ?? []);
}

/**
 * The operations that a Retry tries again: failed, with a chance to succeed as they stand, and not overtaken by a later
 * one for the same sub-merchant.
 * @param unless the states in which a later one has not overtaken them
 */
export function mayBeRetried(unless: readonly OperationState[]) {
  return ({ eb, and, or, not, exists, selectFrom }: ExpressionBuilder<Schema, "operations">) =>
    and([
      eb("state", "=", "failed"),
      or([eb("topic", "is", null), eb("topic", "not in", [...topicsBeyondRetry])]),
      not(
        exists(
          selectFrom("operations as later")
            .select("later.id")
            .whereRef("later.sub_mchid", "=", "operations.sub_mchid")
            .whereRef("later.seq", ">", "operations.seq")
            .where("later.state", "not in", unless),
        ),
      ),
    ]);
}

/** The ledger's own writing is trusted; what was written before there were topics has none. */
function topicOf(topic: string | null): Topic {
  return (topic ?? "unknown") as Topic;
}
