/**
 * The details of a bulk request beyond its counts: sample numbers, previous results, failures, and the rows of its
 * files.
 */
import { type AttemptResult, parseResult } from "../../domain/attempt-result.ts";
import type { Merchant } from "../../domain/directory/merchant.ts";
import type { GivenMerchant } from "../../domain/directory/name-notes.ts";
import type { Change } from "../../domain/goldplan/change.ts";
import type { Step } from "../../domain/goldplan/objects.ts";
import type { Topic } from "../../domain/guidance.ts";
import type { Database, Schema } from "../../storage/schema.ts";
import { asMerchant, merchantName } from "../directory/merchant-name.ts";
import { mayBeRetried, newestEarlier } from "../operations/other-operations.ts";
import { newestResult } from "./attempt-results.ts";

/** Operations that failed for the same reason. */
export interface OutcomeGroup {
  topic: Topic;
  count: number;
  /** The first of their sub-merchants. */
  first: readonly Merchant[];
  /** How one of them ended, with WeChat Pay's message. */
  example: AttemptResult | undefined;
}

/** The sub-merchants of a request whose previous operation had the same result. */
export type PreviousResults = ({ kind: "set" } | { kind: "failed"; topic: Topic }) & {
  /** What was switched, or was to be switched by the step that failed. */
  change: Change;
  count: number;
  /** The first of them, each with the time of that result in milliseconds since the epoch. */
  first: readonly (Merchant & { at: number })[];
};

/** Which operations a file lists: all, those that were not excluded, or those that were stopped before they started. */
export type Listed = "all" | "still-in" | "not-started";

/** One row of a file: the operation on one sub-merchant and its result. */
export interface OperationResult extends Change, GivenMerchant {
  seq: number;
  state: Schema["operations"]["state"];
  /** The step that it has reached; once it has ended, the last step that was begun. */
  step: Step;
  /** Who excluded it from the request. */
  excludedBy: string | undefined;
  attempts: number;
  /** Milliseconds since the epoch. */
  endedAt: number | undefined;
  result: AttemptResult | undefined;
}

/** The first sub-merchants of a request that were not excluded. */
export async function firstNumbers(db: Database, requestId: string, max: number): Promise<string[]> {
  const rows = await sample(db, requestId, "is", max).execute();
  return rows.map((row) => row.sub_mchid);
}

/** The same with their names, for a message or a form. */
export function firstMerchants(db: Database, requestId: string, max: number): Promise<Merchant[]> {
  return named(sample(db, requestId, "is", max));
}

/** The first sub-merchants that were excluded from a request. */
export function firstExcluded(db: Database, requestId: string, max: number): Promise<Merchant[]> {
  return named(sample(db, requestId, "is not", max));
}

function sample(db: Database, requestId: string, excludedBy: "is" | "is not", max: number) {
  const rows = db.selectFrom("operations").select("sub_mchid").where("request_id", "=", requestId);
  return rows.where("left_out_by", excludedBy, null).orderBy("seq").limit(max);
}

async function named(rows: ReturnType<typeof sample>): Promise<Merchant[]> {
  const found = await rows.select(merchantName("operations.sub_mchid").as("name")).execute();
  return found.map(({ sub_mchid, name }) => asMerchant(sub_mchid, name));
}

/** Groups the sub-merchants of a request by their previous result, the largest group first. @param max samples per group */
export async function previousResults(db: Database, requestId: string, max: number): Promise<PreviousResults[]> {
  const alike = ["earlier.action", "earlier.object", "earlier.step", "earlier.state", "earlier.topic"] as const;
  const known = db
    .selectFrom("operations as mine")
    .innerJoin("operations as earlier", "earlier.sub_mchid", "mine.sub_mchid")
    .where("mine.request_id", "=", requestId)
    .where("mine.left_out_by", "is", null)
    .where("earlier.seq", "=", newestEarlier().where("latest.state", "in", ["succeeded", "failed"]))
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
    .select(merchantName("known.sub_mchid").as("name"))
    .where("nth", "<=", max)
    .orderBy("count", "desc")
    .orderBy("action")
    .orderBy("object")
    .orderBy("step")
    .orderBy("state")
    .orderBy("topic")
    .orderBy("nth")
    .execute();
  const groups = Map.groupBy(rows, ({ action, object, step, state, topic }) =>
    [action, object, step, state, topic].join(),
  );
  return [...groups.values()].flatMap((group): PreviousResults[] => {
    const [one] = group;
    if (!one) return [];
    const { action, object, step, state, topic, count } = one;
    const first = group.map(({ sub_mchid, name, ended_at }) => ({ ...asMerchant(sub_mchid, name), at: ended_at ?? 0 }));
    const result =
      state === "succeeded" ? { kind: "set" as const } : { kind: "failed" as const, topic: topicOf(topic) };
    const change = { action, object: state === "succeeded" ? object : step };
    return [{ ...result, change, count: Number(count), first }];
  });
}

/** The failed operations of a request, grouped by topic, the largest group first. @param max groups, and samples of each */
export async function failures(
  db: Database,
  requestId: string,
  max: { groups: number; samples: number },
): Promise<OutcomeGroup[]> {
  const rows = await db
    .selectFrom("operations")
    .select(["topic", (row) => row.fn.countAll<number>().as("count")])
    .where("request_id", "=", requestId)
    .where("state", "=", "failed")
    .groupBy("topic")
    .orderBy("count", "desc")
    .orderBy("topic")
    .limit(max.groups)
    .execute();
  return Promise.all(
    rows.map(async ({ topic, count }) => {
      const samples = await db
        .selectFrom("operations")
        .select(["sub_mchid", newestResult().as("result_json"), merchantName("operations.sub_mchid").as("name")])
        .where("request_id", "=", requestId)
        .where("state", "=", "failed")
        .where("topic", topic === null ? "is" : "=", topic)
        .orderBy("seq")
        .limit(max.samples)
        .execute();
      const results = samples.map(({ result_json }) => parseResult(result_json));
      return {
        topic: topicOf(topic),
        count: Number(count),
        first: samples.map(({ sub_mchid, name }) => asMerchant(sub_mchid, name)),
        // A result with a Request-ID is more useful to WeChat Pay's support.
        example: results.find((result) => result && "requestId" in result && result.requestId) ?? results[0],
      };
    }),
  );
}

/** How many failed operations a Retry would queue again, if no later request for them is pending. */
export async function retryable(db: Database, requestId: string): Promise<number> {
  const row = await db
    .selectFrom("operations")
    .select((operation) => operation.fn.countAll<number>().as("count"))
    .where("request_id", "=", requestId)
    // A later request that is still waiting does not change the message of this one, so its Retry button stays.
    .where(mayBeRetried(["waiting", "cancelled"]))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/**
 * How many operations have ended since a time, and when the first of them did.
 * @param isRetry counts only operations in their second round or later
 */
export async function endedSince(
  db: Database,
  requestId: string,
  since: number,
  isRetry: boolean,
): Promise<{ count: number; firstAt: number }> {
  const { count, firstAt } = await db
    .selectFrom("operations")
    .select((row) => [row.fn.countAll<number>().as("count"), row.fn.min("ended_at").as("firstAt")])
    .where("request_id", "=", requestId)
    .where("state", "in", ["succeeded", "failed"])
    .where("round", isRetry ? ">" : ">=", 1)
    .where("ended_at", ">=", since)
    .executeTakeFirstOrThrow();
  return { count: Number(count), firstAt: firstAt ?? since };
}

/** Up to `max` operations after `afterSeq`, in their order: one page of a file. */
export async function results(
  db: Database,
  requestId: string,
  { of, afterSeq, max }: { of: Listed; afterSeq: number; max: number },
): Promise<OperationResult[]> {
  let listed = db.selectFrom("operations").where("request_id", "=", requestId).where("seq", ">", afterSeq);
  if (of !== "all") listed = listed.where("left_out_by", "is", null);
  if (of === "not-started") listed = listed.where("state", "=", "cancelled");
  const rows = await listed
    .select(["seq", "sub_mchid", "action", "object", "step", "state", "left_out_by", "attempts", "ended_at"])
    .select((row) => [
      newestResult().as("result_json"),
      merchantName("operations.sub_mchid").as("name"),
      row
        .selectFrom("given_names")
        .select("given_as")
        .whereRef("given_names.request_id", "=", "operations.request_id")
        .whereRef("given_names.sub_mchid", "=", "operations.sub_mchid")
        .as("given_as"),
    ])
    .orderBy("seq")
    .limit(max)
    .execute();
  return rows.map((row) => ({
    seq: row.seq,
    ...asMerchant(row.sub_mchid, row.name),
    givenAs: row.given_as ?? undefined,
    action: row.action,
    object: row.object,
    step: row.step,
    state: row.state,
    excludedBy: row.left_out_by ?? undefined,
    attempts: row.attempts,
    endedAt: row.ended_at ?? undefined,
    result: parseResult(row.result_json),
  }));
}

/** Who excluded sub-merchants from a request; the person who excluded most comes first. */
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

/** The ledger's own rows are trusted. Failures recorded before topics existed have no topic. */
function topicOf(topic: string | null): Topic {
  return (topic ?? "unknown") as Topic;
}
