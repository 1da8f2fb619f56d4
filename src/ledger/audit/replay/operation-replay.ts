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
export interface Place {
  /** What its request switches, and the step that the operation has reached. */
  object: SwitchObject;
  step: Step;
  state: OperationState;
  round: number;
  /** Attempts started in this round, except those that were released. */
  attempts: number;
  /** How many of them belong to an earlier step. */
  attemptsBefore: number;
  /** In this round, an attempt was released: a stop at the same time may have missed the operation. */
  wasHandedBack: boolean;
  /** How a failed operation counts and its guidance topic; undefined in events of 0.1.0. */
  failure?: { outcome: string; topic: string } | undefined;
}

/** Before its request is decided, for a request of this object. */
export function untouched(object: SwitchObject): Place {
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
export function placesAfter(places: readonly Place[], event: ReplayedEvent, id: string | undefined): Place[] {
  return places.flatMap((place) => after(place, event, id));
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
  let places: readonly Place[] = submitted ? [untouched(objectIn(submitted.detail))] : [];
  let isFound = false;
  for (const event of events) {
    places = placesAfter(places, event, operationId);
    if (places.length === 0) return false;
    const { detail, what } = event;
    const isIts = detail["round"] === round && detail["attempt"] === number && stepIn(detail) === step;
    isFound ||= what === "attempt-started" && isIts;
  }
  return isFound;
}

/** Parses an object from JSON; empty for anything else, which the bot did not write. */
export function parsed(json: string | null): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** Whether an event is about one operation and changes its state. */
export function movesOperation({ what, operationId }: ReplayedEvent): boolean {
  return operationId !== null && Object.hasOwn(ownMoves, what);
}

function after(place: Place, event: ReplayedEvent, id: string | undefined): Place[] {
  const { what, operationId } = event;
  if (operationId === null)
    return Object.hasOwn(sharedMoves, what) ? (sharedMoves[what]?.(place, event, id) ?? []) : [place];
  return Object.hasOwn(ownMoves, what) ? (ownMoves[what]?.(place, event) ?? []) : [place];
}

/**
 * The effect of an event about the whole request on each of its operations. Operations in other states do not change.
 */
const sharedMoves: Readonly<Record<string, (place: Place, event: ReplayedEvent, id: string | undefined) => Place[]>> = {
  approved: (place) => [from(place, "waiting", "queued")],
  "broke-glass": (place) => [from(place, "waiting", "queued")],
  rejected: (place) => [from(place, "waiting", "cancelled")],
  withdrawn: (place) => [from(place, "waiting", "cancelled")],
  expired: (place) => [from(place, "waiting", "cancelled")],
  stopped(place) {
    if (place.state !== "queued" || place.attempts > place.attemptsBefore) return [place];
    const cancelled: Place = { ...place, state: "cancelled" };
    // A second stop in the same round passes over an operation between its steps.
    return place.wasHandedBack || place.attemptsBefore > 0 ? [cancelled, place] : [cancelled];
  },
  held(place, { detail }, id) {
    const isRunning = place.state === "running" && id !== undefined;
    const wasTaken = isRunning && Array.isArray(detail["running"]) && detail["running"].includes(id);
    return [wasTaken ? { ...place, state: "held" } : from(place, "queued", "held")];
  },
  "carried-out": (place) => [from(place, "held", "queued")],
  // The operations that had started have already ended, each with its own event.
  "cancelled-held": (place) => [from(place, "held", "cancelled")],
  "held-expired": (place) => [from(place, "held", "cancelled")],
  retried(place) {
    if (place.state !== "failed") return [place];
    const { object, step, round } = place;
    const again = { object, step, round: round + 1, attempts: 0, attemptsBefore: 0, wasHandedBack: false };
    return [place, { ...again, state: "queued" }];
  },
};

function from(place: Place, before: OperationState, state: OperationState): Place {
  return place.state === before ? { ...place, state } : place;
}

/** The effect of an event about this operation; empty if the event is impossible. */
const ownMoves: Readonly<Record<string, (place: Place, event: ReplayedEvent) => Place[]>> = {
  "attempt-started"(place, { detail }) {
    const isDue = place.state === "queued" || place.state === "running";
    const isNext = detail["round"] === place.round && detail["attempt"] === place.attempts + 1;
    return isDue && isNext && stepIn(detail) === place.step
      ? [{ ...place, state: "running", attempts: place.attempts + 1 }]
      : [];
  },
  "attempt-ended"(place, event) {
    // If an operation ends while it is held, its last attempt is abandoned first.
    if (place.state === "held" && isCurrent(place, event) && event.detail["next"] === "fail") return [place];
    if (!isRunning(place, event)) return [];
    const { result, next } = event.detail;
    if (next === "continue") return result === "accepted" ? continued(place) : [];
    return [next === "again" ? { ...place, state: "queued" } : place];
  },
  "attempt-handed-back"(place, event) {
    if (!isRunning(place, event)) return [];
    return [{ ...place, state: "queued", attempts: place.attempts - 1, wasHandedBack: true }];
  },
  "operation-succeeded"(place, event) {
    const isLast = stepAfter(place.step, place.object) === undefined;
    return isLast && isRunning(place, event) ? [{ ...place, state: "succeeded" }] : [];
  },
  "operation-failed"(place, event) {
    const { outcome, topic } = event.detail;
    const failure = typeof outcome === "string" && typeof topic === "string" ? { outcome, topic } : undefined;
    // A stop or the end of a hold ends an operation without another call; an earlier one may have been carried out.
    const isUncalled = (place.state === "held" || place.state === "queued") && isCurrent(place, event);
    return isUncalled || isRunning(place, event) ? [{ ...place, state: "failed", failure }] : [];
  },
};

/** After a step that another one follows. */
function continued(place: Place): Place[] {
  const step = stepAfter(place.step, place.object);
  return step ? [{ ...place, state: "queued", step, attemptsBefore: place.attempts, wasHandedBack: false }] : [];
}

/** Events name the step only if it is not the receipt. */
function stepIn({ step }: ReplayedEvent["detail"]): Step | undefined {
  return step === undefined ? "receipt" : steps.find((each) => each === step);
}

function isRunning(place: Place, event: ReplayedEvent): boolean {
  return place.state === "running" && isCurrent(place, event);
}

/** Whether an event belongs to the newest attempt. */
function isCurrent(place: Place, { detail }: ReplayedEvent): boolean {
  return detail["round"] === place.round && detail["attempt"] === place.attempts;
}
