/** A request as people see it: its state, its people, its counts and its operation. */
import type { Approval, Counts } from "../../domain/approval.ts";
import { type AttemptResult, parseResult } from "../../domain/attempt-result.ts";
import type { Merchant } from "../../domain/directory/merchant.ts";
import type { ScenedChange } from "../../domain/goldplan/change.ts";
import type { Step } from "../../domain/goldplan/objects.ts";
import type { Database, OperationState, RequestState } from "../../storage/schema.ts";
import { openOperationStates } from "../../storage/schema.ts";
import { statement } from "../../storage/statement.ts";
import { asMerchant, merchantName } from "../directory/merchant-name.ts";
import { replacements } from "../operations/other-operations.ts";
import { approvalsOf } from "./approvals.ts";
import { newestResult, newestResultOfRound } from "./attempt-results.ts";
import { type Resubmission, resubmissionsOf } from "./bulk/resubmission.ts";
import { excludersOf } from "./bulk/sub-merchants.ts";
import { type DecisionView, decisionOf } from "./decision-view.ts";
import { type HoldView, holdOf } from "./holds.ts";
import { requestColumns } from "./request-columns.ts";
import { noRounds, type Rounds, roundsOf } from "./rounds.ts";

/** Times are milliseconds since the epoch. */
export interface RequestView extends ScenedChange, Rounds {
  id: string;
  /** Its public number, shown as `#1042`. */
  number: number;
  reason: string | undefined;
  /** The ticket that the reason contains, where one was required. */
  ticket: string | undefined;
  requestedBy: string;
  channelId: string;
  state: RequestState;
  createdAt: number;
  expiresAt: number;
  /** Undefined while it is undecided. */
  decision: DecisionView | undefined;
  /** Why it was rejected, in the approver's words. */
  decisionReason: string | undefined;
  endedAt: number | undefined;
  /** How many approvals it needs; fixed when it was submitted. */
  approvalsNeeded: number;
  /** The approvals that it has, oldest first, if it needs more than one. */
  approvals: readonly Approval[];
  /** Reminders due up to this time have been sent; see src/domain/reminder-schedule.ts. */
  remindedUntil: number | undefined;
  /** When approvers were last reminded, and when it was escalated to a user group. */
  remindedAt: number | undefined;
  escalatedAt: number | undefined;
  /** The timestamp by which Slack identifies its message, once posted. */
  messageTs: string | undefined;
  /** Counts from 1; each Retry by a person starts the next round. */
  round: number;
  counts: Counts;
  /**
   * The hold, if the approved request waits for an approver again and no calls are made. Undefined while it is not
   * held.
   */
  held: HoldView | undefined;
  /** The requests that resubmitted operations cancelled by a stop, oldest first. */
  resubmissions: readonly Resubmission[];
  /** Who excluded sub-merchants from the request; the person who excluded most comes first. */
  excludedBy: readonly string[];
  /** Its only operation, or the first that was not excluded. */
  operation: OperationView;
}

export interface OperationView extends Merchant {
  id: string;
  /** Of two operations on one sub-merchant, the later one has the higher number. */
  seq: number;
  state: OperationState;
  /** The step that its attempts make; once it has ended, the last step that was begun. */
  step: Step;
  round: number;
  /** Attempts of this step started in this round. */
  attempts: number;
  /** When its next attempt is due, while it is queued. */
  dueAt: number | undefined;
  endedAt: number | undefined;
  /** How the newest finished attempt of this round ended. */
  result: AttemptResult | undefined;
  /** A later request for the same sub-merchant was approved; retrying this one would undo that one. */
  superseded: boolean;
}

export async function findRequest(db: Database, requestId: string): Promise<RequestView | undefined> {
  return hydrate(db, (await rowOf(db, { requestId })).rows[0]);
}

/** A request whose row this transaction has locked, so it certainly exists. */
export async function lockedRequest(db: Database, requestId: string): Promise<RequestView> {
  const request = await findRequest(db, requestId);
  if (!request) throw new Error(`request ${requestId} disappeared while its row was locked`);
  return request;
}

/** A request by its public number, `#1042`. */
export async function findByNumber(db: Database, number: number): Promise<RequestView | undefined> {
  return hydrate(db, await requestRows(db).where("requests.number", "=", number).executeTakeFirst());
}

/** The requests with these public numbers, in no particular order. */
export async function findByNumbers(db: Database, numbers: readonly number[]): Promise<RequestView[]> {
  if (numbers.length === 0) return [];
  const rows = await requestRows(db).where("requests.number", "in", numbers).execute();
  const found = await Promise.all(rows.map((row) => hydrate(db, row)));
  return found.filter((request) => request !== undefined);
}

/** The open request for a sub-merchant; a unique index allows only one. */
export async function findOpenRequest(db: Database, subMchid: string): Promise<RequestView | undefined> {
  const rows = requestRows(db).where("requests.id", "=", (row) =>
    row
      .selectFrom("operations as open")
      .select("open.request_id")
      .where("open.sub_mchid", "=", subMchid)
      .where("open.state", "in", openOperationStates),
  );
  return hydrate(db, await rows.executeTakeFirst());
}

function requestRows(db: Database) {
  return db
    .selectFrom("requests")
    .innerJoin("operations", (join) =>
      join.onRef("operations.request_id", "=", "requests.id").on("operations.seq", "=", (row) =>
        row
          .selectFrom("operations as first")
          .select((first) => first.fn.min("first.seq").as("seq"))
          .whereRef("first.request_id", "=", "requests.id")
          .where("first.left_out_by", "is", null),
      ),
    )
    .leftJoin("posts", (join) => join.onRef("posts.request_id", "=", "requests.id").on("posts.kind", "=", "message"))
    .select(requestColumns)
    .select([
      "posts.ts",
      "operations.id as operation_id",
      "operations.seq",
      "operations.sub_mchid",
      "operations.state as operation_state",
      "operations.step",
      "operations.round as operation_round",
      "operations.attempts",
      "operations.attempts_before",
      "operations.due_at",
      "operations.ended_at as operation_ended_at",
    ])
    .select((row) => [
      row
        .case()
        // It may have failed in a round without a call, because of an earlier one.
        .when("operations.state", "=", "failed")
        .then(newestResult())
        .else(newestResultOfRound())
        .end()
        .as("result_json"),
      merchantName("operations.sub_mchid").as("merchant_name"),
      replacements(["waiting", "cancelled"]).limit(1).as("superseded_by"),
    ]);
}

const rowOf = statement<{ requestId: string }>()((db, { requestId }) =>
  requestRows(db).where("requests.id", "=", requestId),
);

type RequestRow = NonNullable<Awaited<ReturnType<ReturnType<typeof requestRows>["executeTakeFirst"]>>>;

async function hydrate(db: Database, row: RequestRow | undefined): Promise<RequestView | undefined> {
  if (!row) return undefined;
  return view(row, {
    approvals: row.approvals_needed > 1 ? await approvalsOf(db, row.id) : [],
    excludedBy: row.left_out > 0 ? await excludersOf(db, row.id) : [],
    held: await holdOf(db, row),
    ...(hasRounds(row) ? await roundsOf(db, row.id) : noRounds),
    resubmissions: isCarriedOut(row) && cancelledOf(row) > 0 ? await resubmissionsOf(db, row.id, row.round) : [],
  });
}

/**
 * Most requests have one round, in which nothing is stopped and nothing fails: their events need not be read. What
 * fails may have failed because a hold expired.
 */
function hasRounds(row: RequestRow): boolean {
  const isUsual = row.round === 1 && row.stopped_at === null && cancelledOf(row) === 0 && row.failed === 0;
  return isCarriedOut(row) && !isUsual;
}

function isCarriedOut({ state }: RequestRow): boolean {
  return state === "approved" || state === "done";
}

function cancelledOf({ total, left_out, open, succeeded, failed }: RequestRow): number {
  return total - left_out - open - succeeded - failed;
}

function view(
  row: RequestRow,
  others: Rounds & Pick<RequestView, "approvals" | "excludedBy" | "held" | "resubmissions">,
): RequestView {
  return {
    id: row.id,
    number: row.number,
    action: row.action,
    object: row.object,
    scene: row.scene ?? undefined,
    reason: row.reason ?? undefined,
    ticket: row.ticket ?? undefined,
    requestedBy: row.requested_by,
    channelId: row.channel_id,
    state: row.state,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    decision: decisionOf(row, others.approvals),
    decisionReason: row.decision_reason ?? undefined,
    endedAt: row.ended_at ?? undefined,
    approvalsNeeded: row.approvals_needed,
    ...others,
    remindedUntil: row.attended_at ?? undefined,
    remindedAt: row.reminded_at ?? undefined,
    escalatedAt: row.escalated_at ?? undefined,
    messageTs: row.ts ?? undefined,
    round: row.round,
    counts: {
      total: row.total,
      excluded: row.left_out,
      open: row.open,
      succeeded: row.succeeded,
      failed: row.failed,
      uncertain: row.uncertain,
      cancelled: cancelledOf(row),
    },
    operation: {
      id: row.operation_id,
      seq: row.seq,
      ...asMerchant(row.sub_mchid, row.merchant_name),
      state: row.operation_state,
      step: row.step,
      round: row.operation_round,
      attempts: row.attempts - row.attempts_before,
      dueAt: row.due_at ?? undefined,
      endedAt: row.operation_ended_at ?? undefined,
      result: parseResult(row.result_json),
      superseded: row.superseded_by !== null,
    },
  };
}
