/** Notices: one-time messages to a person or in a request's thread, separate from the request's message and outcome. */
import type { Restriction, Role } from "./policy.ts";

/** Times are milliseconds since the epoch. */
export type Notice =
  | { about: "grant-ended"; role: Role; until: number }
  | GrantNotice
  /** The operations that a stop cancelled were requested again, as the request with the ID `as`. */
  | { about: "resubmitted"; as: string; by: string }
  /** Someone carried out their own request without the approvals that it still needed. */
  | { about: "broke-glass"; by: string }
  /** Someone pressed Carry out on a held request. */
  | { about: "carried-out"; by: string }
  /** Reminds an approver of a pending request. */
  | { about: "reminder" }
  /** Escalates a pending request to a user group, given by its id. */
  | { about: "escalated"; to: string }
  /**
   * Notifies the requester, with Slack's error code, that Slack permanently refuses their request's message or changes
   * to it.
   */
  | { about: "not-posted"; error: string; wasPosted: boolean };

/** For a person: an admin granted them a role, changed its terms, or revoked it. */
export type GrantNotice =
  | { about: "granted"; role: Role; by: string; terms: GrantTerms }
  | { about: "grant-changed"; role: Role; by: string; terms: GrantTerms; before: GrantTerms }
  | { about: "revoked"; role: Role; by: string };

/** As in a grant; absent if the grant has no end or no restriction. */
export interface GrantTerms {
  until?: number | undefined;
  only?: Restriction | undefined;
}

/**
 * The recipient of notices to every approver. The approvers are looked up later, so that a decision never waits for
 * Slack. This value cannot be one of Slack's IDs, which begin with a capital letter.
 */
export const everyApprover = "approvers";
