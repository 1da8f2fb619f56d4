/** What the bot tells once, beside a request's message and outcome: to one person, or in a request's thread. */
import type { Role } from "./policy.ts";

/** Times are milliseconds since the epoch. */
export type Notice =
  | { about: "grant-ended"; role: Role; until: number }
  /** Somebody carried out their own request without a second person. */
  | { about: "broke-glass"; by: string }
  /** An approver is reminded of a request that waits. */
  | { about: "reminder" }
  /** A request that waits is made known to a user group, by its id. */
  | { about: "escalated"; to: string };

/**
 * Where what every approver is told is addressed to: who they are is found later, so that nothing that is decided waits
 * for Slack. Slack's own ids begin with a capital letter.
 */
export const everyApprover = "approvers";
