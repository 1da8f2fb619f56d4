/** How the operations of a bulk request have ended: how many, why they failed, and which can be retried. */
import { type AttemptResult, parseResult } from "../../../domain/attempt-result.ts";
import type { Merchant } from "../../../domain/directory/merchant.ts";
import type { Topic } from "../../../domain/guidance.ts";
import type { Database } from "../../../storage/schema.ts";
import { asMerchant, merchantName } from "../../directory/merchant-name.ts";
import { mayBeRetried } from "../../operations/other-operations.ts";
import { newestResult } from "../attempt-results.ts";

/** Operations that failed for the same reason. */
export interface OutcomeGroup {
  topic: Topic;
  count: number;
  /** The first of their sub-merchants. */
  first: readonly Merchant[];
  /** How one of them ended, with WeChat Pay's message. */
  example: AttemptResult | undefined;
}

/**
 * The failed operations of a request, grouped by topic, the largest group first.
 * @param max groups, and samples of each
 */
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

/** The ledger's own rows are trusted. Failures recorded before topics existed have no topic. */
export function topicOf(topic: string | null): Topic {
  return (topic ?? "unknown") as Topic;
}
