/**
 * The events that the parts of the bot report for metrics. src/metrics/ counts them; this file does not depend on how.
 */
import type { Change } from "../goldplan/change.ts";
import type { Step } from "../goldplan/objects.ts";
import type { Topic } from "../guidance.ts";
import type { EndedAs } from "../retry-policy.ts";

export const interactionTypes = ["command", "click", "form", "shortcut"] as const;
export type InteractionType = (typeof interactionTypes)[number];

/**
 * `not-understood`: a usage error, or a click on what no longer exists. The last four are failures of the surroundings.
 */
export const interactionResults = [
  "answered",
  "not-understood",
  "refused",
  "slack-away",
  "ledger-away",
  "ledger-unsure",
  "failed",
] as const;
export type InteractionResult = (typeof interactionResults)[number];

/** The payloads for which Slack waits for an acknowledgement. */
export const payloadTypes = [...interactionTypes, "event", "other"] as const;
export type PayloadType = (typeof payloadTypes)[number];

/** The states that a request enters; `done` once for each round. */
export const requestMoves = ["pending", "approved", "rejected", "withdrawn", "expired", "done"] as const;
export type RequestMove = (typeof requestMoves)[number];

export interface EndedOperation extends Change {
  outcome: EndedAs;
  /** Why it failed; undefined for a success. */
  fault: Topic | undefined;
  /** The time since the last decision to carry it out; undefined if it was not carried out, or in an older ledger. */
  sinceApprovalMs: number | undefined;
}

/** The changes that the ledger reports once the transaction is committed. */
export interface LedgerMetrics {
  requestMoved(change: Change, to: RequestMove): void;
  operationEnded(operation: EndedOperation): void;
  operationsCancelled(change: Change, count: number): void;
}

/** How long the database takes, in milliseconds. */
export interface StoreMetrics {
  ledgerStatement(ms: number): void;
  /** `unsure`: the connection was lost during the commit. */
  ledgerCommit(result: "committed" | "failed" | "unsure", ms: number): void;
}

/**
 * The HTTP status of a call; `none` without an answer, `unsigned` if the signer did not sign, so that nothing was sent.
 */
export type CallStatus = number | "none" | "unsigned";

/** Every time is in milliseconds. */
export interface Metrics extends LedgerMetrics, StoreMetrics {
  /** @param name of the command's verb, the button, the form or the shortcut */
  interaction(type: InteractionType, name: string, result: InteractionResult): void;
  acknowledged(type: PayloadType, ms: number): void;
  /** An attempt came back from a call and found that another one has its lease. */
  leaseLost(): void;
  /** @param endpoint index of the configured endpoint */
  attempted(call: Step, endpoint: number, status: CallStatus, ms: number): void;
  rateLimited(by: "wechatpay" | "slack"): void;
  /** @param error `none`, `no-answer`, or Slack's error code */
  slackCalled(method: string, error: string, ms: number): void;
  /** A correctly signed request was refused because its timestamp is in the future. */
  futureRequestRefused(): void;
  /** A signed request was refused because its signature is wrong or its timestamp too old. */
  unverifiedRequestRefused(): void;
}

/** For a bot without monitoring. */
export const silentMetrics: Metrics = {
  requestMoved() {},
  operationsCancelled() {},
  interaction() {},
  acknowledged() {},
  operationEnded() {},
  leaseLost() {},
  attempted() {},
  rateLimited() {},
  slackCalled() {},
  futureRequestRefused() {},
  unverifiedRequestRefused() {},
  ledgerStatement() {},
  ledgerCommit() {},
};
