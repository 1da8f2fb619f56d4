/**
 * The states that an operation can be in after each event of its request. Most events lead to one state. After a Retry,
 * the operation may still be failed or be queued again, because the event contains only the number of operations and
 * not their names. Pure.
 */
import { objects, type Step, type SwitchObject, stepAfter, steps, stepsOf } from "../../../domain/goldplan/objects.ts";
import type { OperationState } from "../../../storage/schema.ts";

/** An event as it is replayed. */
export interface ReplayedEvent {
  at: number;
  actor: string;
  what: string;
  operationId: string | null;
  /** The event's detail; empty if it is not JSON. */
  detail: Readonly<Record<string, unknown>>;
}

/** A state that an operation can be in. */
export interface ReplayedState {
  /** What its request switches, and the step that the operation has reached. */
  object: SwitchObject;
  step: Step;
  state: OperationState;
  round: number;
  /** Attempts started in this round, except those that were handed back. */
  attempts: number;
  /** How many of them belong to an earlier step. */
  attemptsBefore: number;
  /** In this round, an attempt was handed back: a stop at the same time may have missed the operation. */
  wasHandedBack: boolean;
  /** How a failed operation counts and its guidance topic; undefined in events of 0.1.0. */
  failure?: { outcome: string; topic: string } | undefined;
}

/** Before its request is decided, for a request of this object. */
export function untouched(object: SwitchObject): ReplayedState {
  const [step = "receipt"] = stepsOf(object);
  return { object, step, state: "waiting", round: 1, attempts: 0, attemptsBefore: 0, wasHandedBack: false };
}

/** What a request switches, by the event that submits it. Events before there was a choice do not say. */
export function objectIn({ object }: ReplayedEvent["detail"]): SwitchObject {
  return objects.find((each) => each === object) ?? "receipt";
}

/**
 * The states that an operation can be in after an event; empty if the event is impossible.
 * @param id the operation's ID
 */
export function statesAfter(
  states: readonly ReplayedState[],
  event: ReplayedEvent,
  id: string | undefined,
): ReplayedState[] {
  return states.flatMap((current) => after(current, event, id));
}

/**
 * Whether the events lead to an attempt, and each event is possible after the previous one.
 * @param events in order: those of a request as a whole, and those of one of its operations
 */
export function isStarted(
  events: readonly ReplayedEvent[],
  { operationId, round, number, step }: { operationId: string; round: number; number: number; step: Step },
): boolean {
  const submitted = events.find(({ what }) => what === "asked");
  let states: readonly ReplayedState[] = submitted ? [untouched(objectIn(submitted.detail))] : [];
  let isFound = false;
  for (const event of events) {
    states = statesAfter(states, event, operationId);
    if (states.length === 0) return false;
    const { detail, what } = event;
    const isIts = detail["round"] === round && detail["attempt"] === number && stepIn(detail) === step;
    isFound ||= what === "attempt-started" && isIts;
  }
  return isFound;
}

/** Whether an event is about one operation and changes its state. */
export function changesOperation({ what, operationId }: ReplayedEvent): boolean {
  return operationId !== null && Object.hasOwn(ownMoves, what);
}

function after(current: ReplayedState, event: ReplayedEvent, id: string | undefined): ReplayedState[] {
  const { what, operationId } = event;
  if (operationId === null)
    return Object.hasOwn(sharedMoves, what) ? (sharedMoves[what]?.(current, event, id) ?? []) : [current];
  return Object.hasOwn(ownMoves, what) ? (ownMoves[what]?.(current, event) ?? []) : [current];
}

/**
 * The effect of an event about the whole request on each of its operations. Operations in other states do not change.
 */
const sharedMoves: Readonly<
  Record<string, (current: ReplayedState, event: ReplayedEvent, id: string | undefined) => ReplayedState[]>
> = {
  approved: (current) => [from(current, "waiting", "queued")],
  "broke-glass": (current) => [from(current, "waiting", "queued")],
  rejected: (current) => [from(current, "waiting", "cancelled")],
  withdrawn: (current) => [from(current, "waiting", "cancelled")],
  expired: (current) => [from(current, "waiting", "cancelled")],
  stopped(current) {
    if (current.state !== "queued" || current.attempts > current.attemptsBefore) return [current];
    const cancelled: ReplayedState = { ...current, state: "cancelled" };
    // A second stop in the same round passes over an operation between its steps.
    return current.wasHandedBack || current.attemptsBefore > 0 ? [cancelled, current] : [cancelled];
  },
  held(current, { detail }, id) {
    const isRunning = current.state === "running" && id !== undefined;
    const wasTaken = isRunning && Array.isArray(detail["running"]) && detail["running"].includes(id);
    return [wasTaken ? { ...current, state: "held" } : from(current, "queued", "held")];
  },
  "carried-out": (current) => [from(current, "held", "queued")],
  // The operations that had started have already ended, each with its own event.
  "cancelled-held": (current) => [from(current, "held", "cancelled")],
  "held-expired": (current) => [from(current, "held", "cancelled")],
  retried(current) {
    if (current.state !== "failed") return [current];
    const { object, step, round } = current;
    const again = { object, step, round: round + 1, attempts: 0, attemptsBefore: 0, wasHandedBack: false };
    return [current, { ...again, state: "queued" }];
  },
};

function from(current: ReplayedState, before: OperationState, state: OperationState): ReplayedState {
  return current.state === before ? { ...current, state } : current;
}

/** The effect of an event about this operation; empty if the event is impossible. */
const ownMoves: Readonly<Record<string, (current: ReplayedState, event: ReplayedEvent) => ReplayedState[]>> = {
  "attempt-started"(current, { detail }) {
    const isDue = current.state === "queued" || current.state === "running";
    const isNext = detail["round"] === current.round && detail["attempt"] === current.attempts + 1;
    return isDue && isNext && stepIn(detail) === current.step
      ? [{ ...current, state: "running", attempts: current.attempts + 1 }]
      : [];
  },
  "attempt-ended"(current, event) {
    // If an operation ends while it is held, its last attempt is abandoned first.
    if (current.state === "held" && isCurrent(current, event) && event.detail["next"] === "fail") return [current];
    if (!isRunning(current, event)) return [];
    const { result, next } = event.detail;
    if (next === "continue") return result === "accepted" ? continued(current) : [];
    return [next === "again" ? { ...current, state: "queued" } : current];
  },
  "attempt-handed-back"(current, event) {
    if (!isRunning(current, event)) return [];
    return [{ ...current, state: "queued", attempts: current.attempts - 1, wasHandedBack: true }];
  },
  "operation-succeeded"(current, event) {
    const isLast = stepAfter(current.step, current.object) === undefined;
    return isLast && isRunning(current, event) ? [{ ...current, state: "succeeded" }] : [];
  },
  "operation-failed"(current, event) {
    const { outcome, topic } = event.detail;
    const failure = typeof outcome === "string" && typeof topic === "string" ? { outcome, topic } : undefined;
    // A stop or the end of a hold ends an operation without another call; an earlier one may have been carried out.
    const isUncalled = (current.state === "held" || current.state === "queued") && isCurrent(current, event);
    return isUncalled || isRunning(current, event) ? [{ ...current, state: "failed", failure }] : [];
  },
};

/** After a step that another one follows. */
function continued(current: ReplayedState): ReplayedState[] {
  const step = stepAfter(current.step, current.object);
  return step ? [{ ...current, state: "queued", step, attemptsBefore: current.attempts, wasHandedBack: false }] : [];
}

/** Events name the step only if it is not the receipt. */
function stepIn({ step }: ReplayedEvent["detail"]): Step | undefined {
  return step === undefined ? "receipt" : steps.find((each) => each === step);
}

function isRunning(current: ReplayedState, event: ReplayedEvent): boolean {
  return current.state === "running" && isCurrent(current, event);
}

/** Whether an event belongs to the newest attempt. */
function isCurrent(current: ReplayedState, { detail }: ReplayedEvent): boolean {
  return detail["round"] === current.round && detail["attempt"] === current.attempts;
}
