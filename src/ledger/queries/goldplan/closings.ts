/** What the ledger knows of 点金计划: recent closings, and where it has been opened. */
import type { ExpressionBuilder } from "kysely";
import { objectsWith } from "../../../domain/goldplan/objects.ts";
import { type Reopening, reopenAfterMs } from "../../../domain/goldplan/reopening.ts";
import type { Database, Schema } from "../../../storage/schema.ts";

/** Sub-merchants that a message names. */
const namedMax = 3;

/** The closings by this bot after which 点金计划 of an operation's sub-merchant cannot be opened yet. */
function closingsOf({ selectFrom }: ExpressionBuilder<Schema, "operations">, now: number) {
  return selectFrom("operations as closing")
    .select("closing.ended_at")
    .whereRef("closing.sub_mchid", "=", "operations.sub_mchid")
    .where("closing.object", "in", objectsWith("goldplan"))
    .where("closing.action", "=", "CLOSE")
    .where("closing.state", "=", "succeeded")
    .where("closing.ended_at", ">", now - reopenAfterMs);
}

/** Whether an operation's next step opens 点金计划 too soon after this bot closed it. */
export function isTooSoon(now: number) {
  return (operation: ExpressionBuilder<Schema, "operations">) =>
    operation.and([
      operation("operations.action", "=", "OPEN"),
      operation("operations.step", "=", "goldplan"),
      operation.exists(closingsOf(operation, now)),
    ]);
}

/**
 * The sub-merchants of a request that opens 点金计划 too soon; undefined if there are none.
 * @param of which operations count: all that are left, or those that failed in their last step
 */
export async function reopening(
  db: Database,
  requestId: string,
  { now, of }: { now: number; of: "left" | "failed" },
): Promise<Reopening | undefined> {
  let operations = db
    .selectFrom("operations")
    .where("request_id", "=", requestId)
    .where("left_out_by", "is", null)
    .where("action", "=", "OPEN")
    .where("object", "in", objectsWith("goldplan"));
  if (of === "failed") operations = operations.where("state", "=", "failed").where("step", "=", "goldplan");
  const closed = await operations
    .select(["sub_mchid", (row) => closingsOf(row, now).orderBy("closing.ended_at", "desc").limit(1).as("closed_at")])
    .where((row) => row.exists(closingsOf(row, now)))
    .orderBy("seq")
    .execute();
  if (closed.length === 0) return undefined;
  const closedAt = closed.reduce((latest, { closed_at }) => Math.max(latest, Number(closed_at)), 0);
  const first = closed.slice(0, namedMax).map(({ sub_mchid }) => sub_mchid);
  return { count: closed.length, first, closedAt, from: closedAt + reopenAfterMs };
}

/** The sub-merchants whose receipts a request opened, and whose 点金计划 this bot did not open or has closed since. */
export async function withoutGoldPlan(db: Database, requestId: string): Promise<string[]> {
  const rows = await db
    .selectFrom("operations")
    .select("sub_mchid")
    .where("request_id", "=", requestId)
    .where("object", "=", "receipt")
    .where("action", "=", "OPEN")
    .where("state", "=", "succeeded")
    .where(({ eb, selectFrom }) =>
      eb(
        selectFrom("operations as set")
          .select("set.action")
          .whereRef("set.sub_mchid", "=", "operations.sub_mchid")
          .where("set.object", "in", objectsWith("goldplan"))
          .where("set.state", "=", "succeeded")
          .orderBy("set.seq", "desc")
          .limit(1),
        "is distinct from",
        "OPEN",
      ),
    )
    .orderBy("seq")
    .execute();
  return rows.map(({ sub_mchid }) => sub_mchid);
}

/**
 * The requests that have ended and whose messages depend on 点金计划 of these sub-merchants: they opened receipts alone, or
 * failed to open 点金计划.
 */
export async function endedAbout(db: Database, subMchids: readonly string[]): Promise<string[]> {
  if (subMchids.length === 0) return [];
  const rows = await db
    .selectFrom("operations")
    .innerJoin("requests", "requests.id", "operations.request_id")
    .select("requests.id")
    .distinct()
    .where("operations.sub_mchid", "in", subMchids)
    .where("operations.action", "=", "OPEN")
    .where("requests.state", "=", "done")
    .where(({ and, eb, or }) =>
      or([
        and([eb("operations.object", "=", "receipt"), eb("operations.state", "=", "succeeded")]),
        and([eb("operations.step", "=", "goldplan"), eb("operations.state", "=", "failed")]),
      ]),
    )
    .orderBy("requests.id")
    .execute();
  return rows.map(({ id }) => id);
}
