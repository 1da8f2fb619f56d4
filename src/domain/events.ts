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
  | "refused"
  | "granted"
  | "grant-changed"
  | "grant-ended"
  | "revoked"
  | "exported";

/** The export's columns: those of the events table, and what an event is about. `event` is `what` in words. */
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
  | "reason";
