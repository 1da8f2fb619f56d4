/** How the operations before those of a bulk request ended, for the approvers. */
import type { Merchant } from "../../../domain/directory/merchant.ts";
import type { Change } from "../../../domain/goldplan/change.ts";
import type { Topic } from "../../../domain/guidance.ts";
import type { Database } from "../../../storage/schema.ts";
import { asMerchant, merchantName } from "../../directory/merchant-name.ts";
import { newestEarlier } from "../../operations/other-operations.ts";
import { topicOf } from "./outcomes.ts";

/** The sub-merchants of a request whose previous operation had the same result. */
export type PreviousResults = ({ kind: "set" } | { kind: "failed"; topic: Topic }) & {
  /** What was switched, or was to be switched by the step that failed. */
  change: Change;
  count: number;
  /** The first of them, each with the time of that result in milliseconds since the epoch. */
  first: readonly (Merchant & { at: number })[];
};

/**
 * Groups the sub-merchants of a request by their previous result, the largest group first.
 * @param max samples per group
 */
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
