/** Notices: one-time messages to a person or in a request's thread, apart from the request's message and outcome. */
import type { Restriction, Role } from "./policy.ts";

/** Times are milliseconds since the epoch. */
export type Notice =
  | { about: "grant-ended"; role: Role; until: number }
  | GrantNotice
  /** What a stop left undone was requested again, as the request with the id `as`. */
  | { about: "resubmitted"; as: string; by: string }
  /** Someone carried out their own request without a second person. */
  | { about: "broke-glass"; by: string }
  /** Someone had a held request carried out. */
  | { about: "carried-out"; by: string }
  /** Reminds an approver of a pending request. */
  | { about: "reminder" }
  /** Escalates a pending request to a user group, given by its id. */
  | { about: "escalated"; to: string }
  /** Tells the requester that Slack refuses their request's message, or its changes, for good, by Slack's error code. */
  | { about: "not-posted"; error: string; wasPosted: boolean };

/** For a person: an admin granted them a role, changed its terms, or revoked it. */
export type GrantNotice =
  | { about: "granted"; role: Role; by: string; terms: GrantTerms }
  | { about: "grant-changed"; role: Role; by: string; terms: GrantTerms; before: GrantTerms }
  | { about: "revoked"; role: Role; by: string };

/** As in a grant; absent where it has no end, or no restriction. */
export interface GrantTerms {
  until?: number | undefined;
  only?: Restriction | undefined;
}

/**
 * The address of notices to every approver. The approvers are looked up later, so that a decision never waits for Slack.
 * Slack's own ids begin with a capital letter.
 */
export const everyApprover = "approvers";
