/** The tables of the audit trail: events, their hash chain, and MACs. */
import type { Generated } from "kysely";

export interface EventsTable {
  seq: Generated<number>;
  at: number;
  /** A Slack user ID, or `bot`. */
  actor: string;
  what: string;
  request_id: string | null;
  operation_id: string | null;
  detail_json: string | null;
  /** The origin: `command`, `click` and so on with a channel, or `instance` with its name; null in old rows. */
  origin: string | null;
}

/** One link of the hash chain; see src/ledger/audit/sealing.ts. */
export interface SealsTable {
  /** Counts from 1; gaps are in `pruned_ranges`. */
  position: number;
  event_seq: number;
  /** 64 hexadecimal digits. */
  hash: string;
}

/** The events without a seal: added in the event's transaction, deleted in the seal's. */
export interface UnsealedTable {
  event_seq: number;
}

/** Positions of the chain whose events and seals were pruned; see src/ledger/audit/pruned-ranges.ts. */
export interface PrunedRangesTable {
  first_position: number;
  last_position: number;
  /** The hash of the seal at the last position, from which the chain continues. */
  last_hash: string;
  /** The name of the checkpoint, an event, that covers this range. */
  checkpoint: string;
}

/** MACs with LEDGER_KEY: of events by their `seq`, of grants by their key, of approvals by their request. */
export interface MacsTable {
  kind: "event" | "grant" | "approval";
  ref: string;
  mac: string;
}
