/** The elements of a history's plan. */
import type { Action } from "../../../src/domain/attempt-result.ts";
import type { ApprovalPolicy } from "../../../src/domain/four-eyes.ts";
import type { SwitchObject } from "../../../src/domain/goldplan/objects.ts";
import type { FaultName } from "../world/faults.ts";
import type { Rim } from "../world/schedule.ts";

export type Button = "approve" | "reject" | "leave-out" | "withdraw" | "retry" | "stop" | "carry-out" | "cancel-held";

/** Times are milliseconds: `atMs` since the history began, `afterMs` since what they wait for. */
export interface Plan {
  /** Chooses what runs next and where faults occur. */
  seed: number;
  faults: FaultName[];
  /** How often each fault occurs where it can. */
  faultShare: number;
  policy: ApprovalPolicy;
  ttlMs: number;
  callsPerSecond: number;
  /** How far the second instance's clock is ahead of the first's. */
  skewMs: number;
  requests: PlannedRequest[];
  machines: PlannedTrouble[];
  /**
   * From `atMs` on, no instance runs for `forMs`, which is longer than STALE_AFTER. `following`: from `atMs` after
   * somebody first pressed this button.
   */
  outage?: { atMs: number; forMs: number; following?: Button };
  /** At `atMs` every instance stops; after `forMs`, a copy of the ledger as it was then is restored. */
  restore?: { atMs: number; forMs: number };
  /** Events, grants and approvals are signed under LEDGER_KEY. */
  hasKey?: boolean;
}

export interface PlannedRequest {
  atMs: number;
  by: string;
  on: number;
  /** One, or several in one request. */
  subMerchants: number[];
  action: Action;
  /** The receipt, unless another object is named. */
  object?: SwitchObject;
  /** The payload is delivered again, to the other instance. */
  again: { afterMs: number } | null;
  presses: PlannedPress[];
}

/** A press on the request's message, once it has the button. */
export interface PlannedPress {
  button: Button;
  /** Waits until somebody has pressed this one, too. */
  following?: Button;
  by: string;
  on: number;
  afterMs: number;
  /** Deliveries, one after the other to alternating instances: double clicks or redelivered payloads. */
  times: number;
  /** On a copy of the message that is not the newest. */
  isStale: boolean;
  /** For exclusions: the sub-merchants, by their positions in the request. */
  leaves?: number[];
}

/** A kind of step, or a commit that assigns a call or a post to the instance. */
export type StrikeRim = Rim | "any" | "call leased" | "post leased";

export type PlannedTrouble =
  /** From `atMs` on, the instance dies before or after its next step of this kind. */
  | { kind: "crash"; on: number; atMs: number; rim: StrikeRim; isAfter: boolean; downMs: number }
  /** Like a crash, but the process only pauses and then continues. */
  | { kind: "pause"; on: number; atMs: number; rim: StrikeRim; isAfter: boolean; forMs: number }
  /** Stopped as an operator does it, and restarted. */
  | { kind: "restart"; on: number; atMs: number; downMs: number };

/** The people and their roles. Eve has none. */
export const people = {
  UANN: ["requester", "approver"],
  UBOB: ["requester", "approver"],
  UCAROL: ["approver"],
  UDAN: ["requester"],
  UEVE: [],
} as const;

export type PersonId = keyof typeof people;
