/**
 * Replaying the events of one request into the state that they must lead to.
 *
 * Events name what happened, and mostly to whom. Two facts are known by their number alone: which operations a Retry
 * queued again, and which a Stop cancelled. There, each state that is possible is accepted, and the numbers are compared.
 */
import type { OperationState, RequestState } from "../../../storage/schema.ts";

/** An event as it is replayed. */
export interface ReplayedEvent {
  at: number;
  actor: string;
  what: string;
  operationId: string | null;
  /** The event's detail; empty if it is not JSON. */
  detail: Readonly<Record<string, unknown>>;
}

/** An operation as its events leave it. */
export interface ReplayedOperation {
  state: OperationState;
  round: number;
  /** The kind of result of each attempt that has ended, by `round.number`. */
  results: Map<string, string>;
}

/** A request as its events leave it; columns have the names of its row. */
export interface ReplayedRequest {
  columns: Record<ComparedColumn, string | number | null>;
  /** By sub-merchant: who excluded it. */
  excludedBy: Map<string, string>;
  subMchids: Set<string>;
  /** By approver: when. */
  approvals: Map<string, number>;
  operations: Map<string, ReplayedOperation>;
  /** How many operations were cancelled after the approval, and how many queued again by a Retry. */
  cancelled: number;
  requeued: number;
  /** The state of the operations without an event of their own. */
  untouched: OperationState;
  hasBeenHeld: boolean;
  /** How many events decide it: one at most. */
  decisions: number;
  /** How many approvals it needs, and the SHA-256 of its reason; undefined in events of 0.1.0. */
  needed: number | undefined;
  reasonHash: string | null | undefined;
}

export type ComparedColumn =
  | "action"
  | "requested_by"
  | "state"
  | "decided_by"
  | "decided_at"
  | "decision_reason"
  | "stopped_by"
  | "stopped_at"
  | "broke_glass"
  | "round"
  | "total"
  | "open"
  | "succeeded"
  | "failed"
  | "left_out";

type Decided = { state: Exclude<RequestState, "pending" | "done">; operations: "queued" | "cancelled" };

const decisions: Readonly<Record<string, Decided>> = {
  approved: { state: "approved", operations: "queued" },
  "broke-glass": { state: "approved", operations: "queued" },
  rejected: { state: "rejected", operations: "cancelled" },
  withdrawn: { state: "withdrawn", operations: "cancelled" },
  expired: { state: "expired", operations: "cancelled" },
};

/** Undefined if no event says that the request was submitted. @param events all of a request's, in order */
export function replay(events: readonly ReplayedEvent[]): ReplayedRequest | undefined {
  const submitted = events.find(({ what }) => what === "asked");
  if (!submitted) return undefined;
  const request = asSubmitted(submitted);
  for (const event of events) apply(request, event);
  const { columns } = request;
  if (columns.state === "approved" && columns.open === 0) columns.state = "done";
  return request;
}

function asSubmitted({ actor, detail }: ReplayedEvent): ReplayedRequest {
  const subMchids = new Set(textsOf(detail["subMchids"]));
  return {
    columns: {
      action: textOf(detail["action"]),
      requested_by: actor,
      state: "pending",
      decided_by: null,
      decided_at: null,
      decision_reason: null,
      stopped_by: null,
      stopped_at: null,
      broke_glass: 0,
      round: 1,
      total: subMchids.size,
      open: subMchids.size,
      succeeded: 0,
      failed: 0,
      left_out: 0,
    },
    excludedBy: new Map(),
    subMchids,
    approvals: new Map(),
    operations: new Map(),
    cancelled: 0,
    requeued: 0,
    untouched: "waiting",
    hasBeenHeld: false,
    decisions: 0,
    needed: typeof detail["needed"] === "number" ? detail["needed"] : undefined,
    reasonHash: detail["needed"] === undefined ? undefined : textOf(detail["reasonHash"]),
  };
}

function apply(request: ReplayedRequest, event: ReplayedEvent): void {
  const { what, at, actor, detail } = event;
  const decided = Object.hasOwn(decisions, what) ? decisions[what] : undefined;
  const { columns } = request;
  if (decided) decide(request, event, decided);
  switch (what) {
    case "approval-given":
      request.approvals.set(actor, at);
      return;
    case "approval-lapsed":
      request.approvals.delete(textOf(detail["approver"]) ?? "");
      return;
    case "left-out":
      for (const subMchid of textsOf(detail["subMchids"])) request.excludedBy.set(subMchid, actor);
      columns.left_out = request.excludedBy.size;
      columns.open = request.subMchids.size - request.excludedBy.size;
      return;
    case "stopped":
      columns.stopped_by = actor;
      columns.stopped_at = at;
      cancel(request, numberOf(detail["cancelled"]));
      return;
    case "held":
      request.hasBeenHeld = true;
      return;
    case "cancelled-held":
      columns.stopped_by = actor;
      columns.stopped_at = at;
      cancel(request, numberOf(detail["cancelled"]));
      return;
    case "held-expired":
      cancel(request, numberOf(detail["cancelled"]));
      return;
    case "retried": {
      const again = numberOf(detail["operations"]);
      request.requeued += again;
      columns.round = numberOf(detail["round"]);
      columns.open = numberOf(columns.open) + again;
      columns.failed = numberOf(columns.failed) - again;
      return;
    }
    default:
      if (event.operationId !== null) applyToOperation(request, event, event.operationId);
  }
}

function decide(request: ReplayedRequest, { what, at, actor, detail }: ReplayedEvent, decided: Decided): void {
  const { columns } = request;
  request.decisions++;
  request.untouched = decided.operations;
  columns.state = decided.state;
  columns.decided_by = actor;
  columns.decided_at = at;
  columns.decision_reason = textOf(detail["reason"]);
  if (what === "broke-glass") columns.broke_glass = 1;
  if (decided.operations === "cancelled") columns.open = 0;
}

function cancel(request: ReplayedRequest, count: number): void {
  request.cancelled += count;
  request.columns.open = numberOf(request.columns.open) - count;
}

function applyToOperation(request: ReplayedRequest, { what, detail }: ReplayedEvent, id: string): void {
  const operation = request.operations.get(id) ?? { state: "queued", round: 1, results: new Map() };
  request.operations.set(id, operation);
  const round = numberOf(detail["round"]);
  const { columns } = request;
  if (what === "attempt-ended" || what === "attempt-overtaken")
    operation.results.set(`${round}.${numberOf(detail["attempt"])}`, textOf(detail["result"]) ?? "");
  switch (what) {
    case "attempt-started":
      operation.state = "running";
      operation.round = round;
      return;
    case "attempt-ended":
      if (detail["next"] === "again") operation.state = "queued";
      return;
    case "attempt-handed-back":
      operation.state = "queued";
      return;
    case "operation-succeeded":
      operation.state = "succeeded";
      columns.succeeded = numberOf(columns.succeeded) + 1;
      columns.open = numberOf(columns.open) - 1;
      return;
    case "operation-failed":
      operation.state = "failed";
      columns.failed = numberOf(columns.failed) + 1;
      columns.open = numberOf(columns.open) - 1;
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
