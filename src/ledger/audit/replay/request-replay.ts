/**
 * Replays the events of one request to determine the resulting state.
 *
 * Most events name the operations that they change. For the operations that a Retry queued again, the event contains
 * only their number: for these, every possible state is accepted, and the numbers are compared.
 */
import type { SwitchObject } from "../../../domain/goldplan/objects.ts";
import type { RequestState } from "../../../storage/schema.ts";
import {
  changesOperation,
  objectIn,
  type ReplayedEvent,
  type ReplayedState,
  statesAfter,
  untouched,
} from "./operation-replay.ts";

/** An operation after its events. */
export interface ReplayedOperation {
  /** The states that it can be in now, most likely first. */
  states: readonly ReplayedState[];
  /** The result of each attempt that has ended, by `round.number`. */
  results: Map<string, ReplayedResult>;
}

/** The kind of a result, and the SHA-256 of its JSON; undefined in events of 0.1.0. */
export interface ReplayedResult {
  kind: string;
  sha256: string | undefined;
}

/** An event that was impossible in its operation's state. */
export interface ImpossibleEvent {
  operationId: string;
  what: string;
  round: number;
  attempt: number;
  states: readonly ReplayedState[];
}

/** A request after its events. Fields have the names of the row's columns. */
export interface ReplayedRequest {
  columns: Record<ComparedColumn, string | number | null>;
  /** What it switches, as the column has it. */
  object: SwitchObject;
  /** Who excluded each sub-merchant, by sub-merchant. */
  excludedBy: Map<string, string>;
  subMchids: Set<string>;
  /** The time of each approval, by approver. */
  approvals: Map<string, number>;
  operations: Map<string, ReplayedOperation>;
  /** How many operations were cancelled after the approval, and how many a Retry queued again. */
  cancelled: number;
  requeued: number;
  /** The states that operations without an event of their own can be in. */
  untouched: readonly ReplayedState[];
  impossible: ImpossibleEvent[];
  /** How many events decide the request: at most one. */
  decisions: number;
  /** How many approvals the request needs, and the SHA-256 of its reason; undefined in events of 0.1.0. */
  needed: number | undefined;
  reasonHash: string | null | undefined;
  /** The hash of the ticket that its reason contained. */
  ticketHash: string | undefined;
}

export type ComparedColumn =
  | "action"
  | "object"
  | "scene"
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

type Decided = Exclude<RequestState, "pending" | "done">;

const decisions: Readonly<Record<string, Decided>> = {
  approved: "approved",
  "broke-glass": "approved",
  rejected: "rejected",
  withdrawn: "withdrawn",
  expired: "expired",
};

/** Undefined if there is no event that submits the request. @param events all events of a request, in order */
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
      object: objectIn(detail),
      scene: textOf(detail["scene"]),
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
    object: objectIn(detail),
    excludedBy: new Map(),
    subMchids,
    approvals: new Map(),
    operations: new Map(),
    cancelled: 0,
    requeued: 0,
    untouched: [untouched(objectIn(detail))],
    impossible: [],
    decisions: 0,
    needed: typeof detail["needed"] === "number" ? detail["needed"] : undefined,
    ticketHash: textOf(detail["ticketHash"]) ?? undefined,
    reasonHash: detail["needed"] === undefined ? undefined : textOf(detail["reasonHash"]),
  };
}

function apply(request: ReplayedRequest, event: ReplayedEvent): void {
  const { what, at, actor, detail } = event;
  const decided = Object.hasOwn(decisions, what) ? decisions[what] : undefined;
  const { columns } = request;
  if (decided) decide(request, event, decided);
  moveOperations(request, event);
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
    case "operation-succeeded":
      columns.succeeded = numberOf(columns.succeeded) + 1;
      columns.open = numberOf(columns.open) - 1;
      return;
    case "operation-failed":
      columns.failed = numberOf(columns.failed) + 1;
      columns.open = numberOf(columns.open) - 1;
  }
}

function decide(request: ReplayedRequest, { what, at, actor, detail }: ReplayedEvent, decided: Decided): void {
  const { columns } = request;
  request.decisions++;
  columns.state = decided;
  columns.decided_by = actor;
  columns.decided_at = at;
  columns.decision_reason = textOf(detail["reason"]);
  if (what === "broke-glass") columns.broke_glass = 1;
  if (decided !== "approved") columns.open = 0;
}

function cancel(request: ReplayedRequest, count: number): void {
  request.cancelled += count;
  request.columns.open = numberOf(request.columns.open) - count;
}

/** An event about the request changes all its operations; an event about an operation changes only that one. */
function moveOperations(request: ReplayedRequest, event: ReplayedEvent): void {
  const { operationId: id, what, detail } = event;
  if (id === null) {
    request.untouched = statesAfter(request.untouched, event, undefined);
    for (const [each, operation] of request.operations) operation.states = statesAfter(operation.states, event, each);
    return;
  }
  const operation = request.operations.get(id) ?? { states: request.untouched, results: new Map() };
  request.operations.set(id, operation);
  const [round, attempt] = [numberOf(detail["round"]), numberOf(detail["attempt"])];
  if (what === "attempt-ended" || what === "attempt-overtaken")
    operation.results.set(`${round}.${attempt}`, resultOf(detail));
  if (!changesOperation(event)) return;
  const states = statesAfter(operation.states, event, id);
  if (states.length > 0) operation.states = states;
  else request.impossible.push({ operationId: id, what, round, attempt, states: operation.states });
}

function resultOf({ result, resultHash }: ReplayedEvent["detail"]): ReplayedResult {
  return { kind: textOf(result) ?? "", sha256: textOf(resultHash) ?? undefined };
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
