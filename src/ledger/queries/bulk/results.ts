/** The rows of a bulk request's files, page by page. */
import { type AttemptResult, parseResult } from "../../../domain/attempt-result.ts";
import type { GivenMerchant } from "../../../domain/directory/name-notes.ts";
import type { Change } from "../../../domain/goldplan/change.ts";
import type { Step } from "../../../domain/goldplan/objects.ts";
import type { Database, Schema } from "../../../storage/schema.ts";
import { asMerchant, merchantName } from "../../directory/merchant-name.ts";
import { newestResult } from "../attempt-results.ts";

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
