/** The status of a sub-merchant: what the bot last did with each of its objects, and what is under way. */
import type { ExpressionBuilder } from "kysely";
import { objectsWith, type Step, steps } from "../../domain/goldplan/objects.ts";
import { type Database, openOperationStates, type Schema } from "../../storage/schema.ts";
import { entriesOf, type HistoryEntry, type Operations, operationsOf } from "./history.ts";

/** The last time that the bot switched one object of a sub-merchant, and a later failure to do so. */
export interface PreviousResult {
  step: Step;
  /** The last operation that switched it; `endedAt` is when it did. */
  lastSet: HistoryEntry | undefined;
  /** The last failure, if it is later than `lastSet`. */
  failure: HistoryEntry | undefined;
}

export interface Status {
  /** By object, in the order of the steps. */
  previous: readonly PreviousResult[];
  /** The open operation; there is at most one. */
  underWay: HistoryEntry | undefined;
  /** The latest operation, if it was excluded from its request. */
  leftOut: HistoryEntry | undefined;
}

/**
 * What the bot last did with each object of a sub-merchant, its open operation, and whether the latest operation was
 * excluded.
 */
export async function status(db: Database, subMchid: string): Promise<Status> {
  const of = operationsOf(db).where("sub_mchid", "=", subMchid);
  const [previous, underWay, newest] = await Promise.all([
    previousResults(db, subMchid, steps),
    latest(db, of.where("state", "in", openOperationStates)),
    latest(db, of),
  ]);
  return { previous, underWay, leftOut: newest?.excludedBy === undefined ? undefined : newest };
}

export function previousResults(db: Database, subMchid: string, of: readonly Step[]): Promise<PreviousResult[]> {
  return Promise.all(of.map((step) => previousResult(db, subMchid, step)));
}

async function previousResult(db: Database, subMchid: string, step: Step): Promise<PreviousResult> {
  const operations = operationsOf(db).where("sub_mchid", "=", subMchid);
  const [set, failure] = await Promise.all([
    latest(db, operations.where("object", "in", objectsWith(step)).where(hasSwitched(step))),
    latest(db, operations.where("state", "=", "failed").where("step", "=", step)),
  ]);
  const isNews = failure !== undefined && failure.seq > (set?.seq ?? 0);
  return { step, lastSet: set && { ...set, endedAt: setAt(set, step) }, failure: isNews ? failure : undefined };
}

/** The operations that have made a step: all that succeeded, and for the receipt also those that went on to 点金计划. */
function hasSwitched(step: Step) {
  return ({ and, or, eb }: ExpressionBuilder<Schema, "operations">) =>
    step === "goldplan"
      ? eb("state", "=", "succeeded")
      : or([eb("state", "=", "succeeded"), and([eb("object", "=", "both"), eb("step", "=", "goldplan")])]);
}

function setAt({ receiptDoneAt, endedAt }: HistoryEntry, step: Step): number | undefined {
  return step === "receipt" ? (receiptDoneAt ?? endedAt) : endedAt;
}

async function latest(db: Database, operations: Operations): Promise<HistoryEntry | undefined> {
  const [entry] = await entriesOf(db, operations.orderBy("seq", "desc").limit(1), "desc");
  return entry;
}
