/** What is submitted as a request, and what becomes of it. */
import type { ApprovalRule } from "../../domain/approval.ts";
import type { Change } from "../../domain/goldplan/change.ts";
import type { PayScene } from "../../domain/goldplan/objects.ts";
import type { Origin } from "../audit/audit-log.ts";
import type { GivenNames } from "../directory/given-names.ts";
import type { RequestView } from "../queries/request-view.ts";

/** A request that has passed all checks. */
export interface NewRequest extends Change {
  /** Identifies the Slack payload, so that a payload delivered again is recognized at any time. */
  sourceKey: string;
  /** The scene of 点金计划, recorded with a request that switches it. */
  scene: PayScene;
  /** From 1 to `subMchidsMax`, each once. */
  subMchids: readonly string[];
  reason: string | undefined;
  /** The names that the requester gave beside numbers. */
  givenNames?: GivenNames | undefined;
  /** The ticket that the reason contains. */
  ticket?: string | undefined;
  requestedBy: string;
  /** The channel that the request is posted in; it may have been submitted elsewhere. */
  channelId: string;
  origin: Origin;
  /** How long the request may stay undecided, in milliseconds. */
  ttlMs: number;
  /** When the first reminder is due, in milliseconds from now; at once if anyone wants each request. */
  remindAfterMs: number;
  approvalRule: ApprovalRule;
  /** The stopped request whose sub-merchants this one resubmits; `sourceKey` is then that round's resubmission key. */
  resubmits?: { requestId: string; channelId: string; round: number } | undefined;
}

export type SubmitResult =
  /** `skipped` already have an open request and are not part of this one. */
  | { kind: "recorded"; requestId: string; skipped: string[] }
  /** The same payload was recorded before; nothing was written. */
  | { kind: "repeated"; requestId: string }
  /** Every sub-merchant already has an open request; `request` is the first one's. Nothing was written. */
  | { kind: "open-already"; subMchid: string; request: RequestView };
