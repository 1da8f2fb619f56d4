/**
 * Which requests may be pruned: they ended longer ago than RETAIN, Slack shows how, and each of their operations was
 * followed by another one on the same object of the same sub-merchant that says at least as much about its present
 * state.
 */
import { type ExpressionBuilder, sql } from "kysely";
import { objectsWith, type Step, steps } from "../../domain/goldplan/objects.ts";
import type { Schema } from "../../storage/schema.ts";
import { isOnPostgres, type Runner } from "../../storage/statement.ts";
import { resubmittedId } from "../queries/bulk/resubmission.ts";

/** A place among the ended requests, in the order of their end. */
export interface EndedPlace {
  endedAt: number;
  id: string;
}

export interface EndedQuery {
  /** Ended at this time or earlier, in milliseconds since the epoch. */
  before: number;
  /** The request after which to continue; undefined for the first. */
  after: EndedPlace | undefined;
  requestsMax: number;
  /** Operations of all requests together; a request with more comes alone. */
  operationsMax: number;
}

/** Ended requests, the first to end first. */
export async function endedRequests(
  on: Runner,
  { before, after, requestsMax, operationsMax }: EndedQuery,
): Promise<EndedPlace[]> {
  let ended = on.selectFrom("requests").select(["id", "ended_at", "total"]).where("ended_at", "<=", before);
  if (after) ended = ended.where(sql<boolean>`(ended_at, id) > (${after.endedAt}, ${after.id})`);
  const rows = await ended.orderBy("ended_at").orderBy("id").limit(requestsMax).execute();
  let operations = 0;
  const tooMany = rows.findIndex(({ total }) => {
    operations += total;
    return operations > operationsMax;
  });
  const fitting = tooMany < 0 ? rows : rows.slice(0, Math.max(tooMany, 1));
  return fitting.map(({ id, ended_at }) => ({ id, endedAt: ended_at ?? before }));
}

/** The IDs of those of these requests that may be pruned. */
export async function prunable(on: Runner, ids: readonly string[], before: number): Promise<string[]> {
  return unlessResubmission(on, await removableRows(on, ids, before).execute());
}

/** The same, in a transaction: until its end, nobody can change them. Those that somebody is changing are left out. */
export async function lockPrunable(on: Runner, ids: readonly string[], before: number): Promise<string[]> {
  const rows = removableRows(on, ids, before);
  return unlessResubmission(on, await (isOnPostgres(on) ? rows.forUpdate().skipLocked() : rows).execute());
}

function removableRows(on: Runner, ids: readonly string[], before: number) {
  return on
    .selectFrom("requests")
    .select(["id", "source_key"])
    .where("id", "in", ids)
    .where("state", "in", ["done", "rejected", "withdrawn", "expired"])
    .where("open", "=", 0)
    .where("held_at", "is", null)
    .where("ended_at", "<=", before)
    .where(hasNoNewestOperation)
    .where(isShown);
}

/** No operation is the newest that says something about one of the objects that it switches. */
function hasNoNewestOperation({ not, exists, selectFrom }: ExpressionBuilder<Schema, "requests">) {
  const newest = selectFrom("operations as own")
    .select("own.id")
    .whereRef("own.request_id", "=", "requests.id")
    .where((own) =>
      own.or(
        steps.map((step) =>
          own.and([own("own.object", "in", objectsWith(step)), own.not(own.exists(laterOperation(own, step)))]),
        ),
      ),
    );
  return not(exists(newest));
}

function laterOperation({ selectFrom }: ExpressionBuilder<Schema & { own: Schema["operations"] }, "own">, step: Step) {
  return selectFrom("operations as later")
    .select("later.id")
    .whereRef("later.sub_mchid", "=", "own.sub_mchid")
    .whereRef("later.seq", ">", "own.seq")
    .where("later.object", "in", objectsWith(step))
    .where(sql<boolean>`${weightOf("later", step)} >= ${weightOf("own", step)}`);
}

/**
 * How much an operation says about an object: that it was switched, that switching it failed, or nothing. A later
 * operation that says less does not replace it.
 */
function weightOf(operation: "own" | "later", step: Step) {
  const [state, object, reached] = ["state", "object", "step"].map((column) => sql.ref(`${operation}.${column}`));
  const hasGoneOn = step === "receipt" ? sql`${object} = 'both' and ${reached} = 'goldplan'` : sql`false`;
  return sql<number>`(case when ${state} = 'succeeded' or ${hasGoneOn} then 3
    when ${state} = 'failed' and ${reached} = ${sql.lit(step)} then 2 else 0 end)`;
}

/** Whether Slack shows the request as it ended, or has refused to. */
function isShown({ not, exists, selectFrom, ref }: ExpressionBuilder<Schema, "requests">) {
  const waiting = selectFrom("posts").select("posts.id").where("posts.request_id", "=", ref("requests.id"));
  return not(exists(waiting.whereRef("shown", "<", "wanted")));
}

/** While a stopped request exists, its resubmissions show that nobody has to resubmit it. */
async function unlessResubmission(on: Runner, rows: readonly { id: string; source_key: string }[]): Promise<string[]> {
  const stopped = rows.flatMap(({ source_key }) => resubmittedId(source_key) ?? []);
  const existing =
    stopped.length === 0 ? [] : await on.selectFrom("requests").select("id").where("id", "in", stopped).execute();
  const kept = new Set(existing.map(({ id }) => id));
  return rows.filter(({ source_key }) => !kept.has(resubmittedId(source_key) ?? "")).map(({ id }) => id);
}
