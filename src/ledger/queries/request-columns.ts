/**
 * The columns of a request that people see. They are listed, and not `*`, because PostgreSQL prepares only statements
 * whose columns stay the same when a later version adds one.
 */
import type { RequestsTable } from "../../storage/schema.ts";

const columns = [
  ...(["id", "number", "action", "object", "scene", "reason", "ticket", "requested_by", "channel_id"] as const),
  ...(["state", "created_at", "expires_at", "decided_by", "decided_at", "decision_reason", "ended_at"] as const),
  ...(["total", "open", "succeeded", "failed", "uncertain", "left_out", "round", "held_at", "held_until"] as const),
  ...(["confirmed_at", "stopped_at", "approvals_needed", "broke_glass"] as const),
  ...(["attended_at", "reminded_at", "escalated_at"] as const),
] satisfies (keyof RequestsTable)[];

export const requestColumns = columns.map((column) => `requests.${column}` as const);
