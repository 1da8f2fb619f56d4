/** The names of audit events, and of the columns of the audit export. */

export type EventName =
  | "asked"
  | "reminded"
  | "escalated"
  | "approval-given"
  | "approval-lapsed"
  | "left-out"
  | "approved"
  | "broke-glass"
  | "rejected"
  | "withdrawn"
  | "expired"
  | "attempt-started"
  | "attempt-ended"
  | "attempt-overtaken"
  | "attempt-handed-back"
  | "operation-succeeded"
  | "operation-failed"
  | "request-done"
  | "stopped"
  | "retried"
  | "held"
  | "carry-out-given"
  | "carried-out"
  | "cancelled-held"
  | "held-expired"
  | "restored"
  | "refused"
  | "granted"
  | "grant-changed"
  | "grant-ended"
  | "revoked"
  | "exported"
  | "key-enabled"
  | "key-changed"
  | "key-disabled";

/**
 * The export's columns: those of the events table, followed by details of the event's subject. `event` is `what` in
 * words.
 */
export type TrailColumn =
  | "seq"
  | "at"
  | "actor"
  | "what"
  | "event"
  | "request_id"
  | "operation_id"
  | "detail_json"
  | "origin"
  | "sub_mchid"
  | "action"
  | "reason"
  | "ticket"
  | "request_number";
