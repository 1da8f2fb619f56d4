/** Whether a bulk request waits only for its automatic retries, and until when. */
import { sql } from "kysely";
import type { Merchant } from "../../../domain/directory/merchant.ts";
import { stepAfter } from "../../../domain/goldplan/objects.ts";
import { lastRetryBy } from "../../../domain/retry-policy.ts";
import type { Database } from "../../../storage/schema.ts";
import { asMerchant, merchantName } from "../../directory/merchant-name.ts";

/** Times are milliseconds since the epoch. */
export interface RetriesLeft {
  count: number;
  /** The first few of their sub-merchants. */
  first: Merchant[];
  /** When the next attempt is due; undefined while one is running. */
  nextAt: number | undefined;
  /** When the last automatic attempt starts at the latest, unless WeChat Pay requests a longer wait. */
  untilAt: number;
}

/** Attempts of the present step. */
const tries = sql<number>`attempts - attempts_before`;

/** Undefined while any operation is still at its first attempt, or before its last step. @param max samples */
export async function retriesLeft(
  db: Database,
  requestId: string,
  { now, max }: { now: number; max: number },
): Promise<RetriesLeft | undefined> {
  const open = db
    .selectFrom("operations")
    .where("request_id", "=", requestId)
    .where("state", "in", ["queued", "running"]);
  const groups = await open
    .select(["state", "step", "object", tries.as("attempts")])
    .select((row) => [
      row.fn.countAll<number>().as("count"),
      row.fn.min("due_at").as("firstDueAt"),
      row.fn.max("due_at").as("lastDueAt"),
    ])
    .groupBy(["state", "step", "object", tries])
    .execute();
  const isAtFirst = groups.some(
    ({ state, attempts, step, object }) => attempts < (state === "queued" ? 1 : 2) || stepAfter(step, object),
  );
  if (groups.length === 0 || isAtFirst) return undefined;
  const first = await open
    .select(["sub_mchid", merchantName("operations.sub_mchid").as("name")])
    .orderBy("seq")
    .limit(max)
    .execute();
  const isRunning = groups.some(({ state }) => state === "running");
  return {
    count: groups.reduce((sum, { count }) => sum + Number(count), 0),
    first: first.map(({ sub_mchid, name }) => asMerchant(sub_mchid, name)),
    nextAt: isRunning ? undefined : Math.min(...groups.map(({ firstDueAt }) => firstDueAt ?? now)),
    untilAt: Math.max(
      ...groups.map(({ state, attempts, lastDueAt }) =>
        // A running attempt counts already; a queued one is its operation's next.
        lastRetryBy({ number: state === "running" ? attempts : attempts + 1, at: lastDueAt ?? now }),
      ),
    ),
  };
}
