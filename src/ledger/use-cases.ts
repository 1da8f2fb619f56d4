/**
 * The changes that people make: each use case is one transaction, and its commit wakes the workers that have something
 * to do.
 */
import type { ApprovalRule } from "../domain/approval.ts";
import type { Clock } from "../domain/clock.ts";
import type { PayScene } from "../domain/goldplan/objects.ts";
import { type Escalation, firstReminderMs } from "../domain/reminder-schedule.ts";
import type { RecordStep } from "../domain/telemetry/tracing.ts";
import type { Ledger } from "./ledger.ts";
import type { NewRequest, SubmitResult } from "./requests/new-request.ts";

/** A requester's input, already checked; the request's terms are added when it is submitted. */
export type Submission = Omit<NewRequest, "ttlMs" | "remindAfterMs" | "approvalRule" | "scene">;

/** Each is for a person whom the caller has authorized. */
export interface UseCases {
  submit(submission: Submission): Promise<SubmitResult>;
  decide: Ledger["requests"]["decide"];
  exclude: Ledger["requests"]["exclude"];
  stop: Ledger["requests"]["stop"];
  retry: Ledger["operations"]["retry"];
  carryOut: Ledger["holding"]["carryOut"];
  cancelHeld: Ledger["holding"]["cancel"];
}

export interface UseCaseNeeds {
  ledger: Pick<Ledger, "requests" | "operations" | "holding">;
  /** How many have to approve a request. */
  approvalRule: ApprovalRule;
  /** How long a request may stay undecided, in milliseconds. */
  ttlMs: number;
  /** GOLDPLAN_SCENE. */
  scene: PayScene;
  /** Where an undecided request is escalated to; undefined if the settings contain no group. */
  escalation: Escalation | undefined;
  /** The ledger's clock. */
  clock: Pick<Clock, "now">;
  trace?: RecordStep | undefined;
  /** Wakes the reporter: Slack has to show a change. */
  changed(): void;
  /** Wakes the executor: there is a call to make. */
  approved(): void;
}

export function createUseCases(needs: UseCaseNeeds): UseCases {
  const { ledger, approvalRule, ttlMs, scene, escalation, clock, trace, changed, approved } = needs;
  const { requests, operations, holding } = ledger;

  const terms = { ttlMs, remindAfterMs: firstReminderMs(ttlMs, escalation), approvalRule, scene };

  async function committed<R extends Result>(
    name: keyof UseCases,
    transaction: Promise<R>,
    given?: { requestId: string },
  ): Promise<R> {
    const startedAt = clock.now();
    const result = await transaction;
    const { requestId } = given ?? { requestId: undefined, ...result };
    const attributes = { "receipt.result": result.kind };
    if (requestId !== undefined) trace?.({ name, requestId, startedAt, endedAt: clock.now(), attributes });
    const workers = toWake(result);
    if (workers !== "none") changed();
    if (workers === "reporter and executor") approved();
    return result;
  }

  return {
    submit: (submission) => committed("submit", requests.submit({ ...submission, ...terms })),
    decide: (decision) => committed("decide", requests.decide(decision), decision),
    exclude: (exclusion) => committed("exclude", requests.exclude(exclusion), exclusion),
    stop: (stop) => committed("stop", requests.stop(stop), stop),
    retry: (retry) => committed("retry", operations.retry(retry), retry),
    carryOut: (decision) => committed("carryOut", holding.carryOut(decision), decision),
    cancelHeld: (decision) => committed("cancelHeld", holding.cancel(decision), decision),
  };
}

type Result = Awaited<ReturnType<UseCases[keyof UseCases]>>;

function toWake(result: Result): "none" | "reporter" | "reporter and executor" {
  switch (result.kind) {
    case "decided":
      return result.request.state === "approved" ? "reporter and executor" : "reporter";
    case "retried":
    case "carried-out":
      return "reporter and executor";
    case "recorded":
    case "counted":
    case "counted-before":
    case "left-out":
    case "stopped":
    case "cancelled":
    // The transaction may have found that the request had expired, and recorded that.
    case "too-late":
      return "reporter";
    case "repeated":
    case "open-already":
    case "left-out-before":
    case "not-in-it":
    case "nothing-left":
    case "too-soon":
    case "unknown":
      return "none";
    default:
      return result satisfies never;
  }
}
