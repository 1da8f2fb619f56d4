/** The words for what the audit trail holds, in English: of each event, and over each column of its files. */

import type { TrailColumn } from "../../ledger/audit/audit-export.ts";
import type { EventName } from "../../ledger/audit/audit-log.ts";

export const events: { words: Record<EventName, string>; columns: Record<TrailColumn, string> } = {
  words: {
    asked: "asked",
    reminded: "approvers reminded",
    escalated: "on-call group told",
    "approval-given": "approval given",
    "approval-lapsed": "approval lapsed",
    "left-out": "left out",
    approved: "approved",
    "broke-glass": "glass broken",
    rejected: "rejected",
    withdrawn: "withdrawn",
    expired: "expired",
    "attempt-started": "attempt started",
    "attempt-ended": "attempt ended",
    "attempt-overtaken": "attempt overtaken",
    "attempt-handed-back": "attempt handed back",
    "operation-succeeded": "operation succeeded",
    "operation-failed": "operation failed",
    "request-done": "request done",
    stopped: "stopped",
    retried: "retried",
    refused: "refused",
    granted: "role granted",
    "grant-changed": "grant changed",
    "grant-ended": "grant ended",
    revoked: "role revoked",
    exported: "audit trail exported",
  },
  columns: {
    seq: "seq",
    at: "at",
    actor: "actor",
    what: "what",
    event: "event",
    request_id: "request_id",
    operation_id: "operation_id",
    detail_json: "detail_json",
    origin: "origin",
    sub_mchid: "sub_mchid",
    action: "action",
    reason: "reason",
  },
};
