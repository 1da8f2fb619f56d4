/** The ledger, whole: what was asked, decided, attempted, and what Slack has yet to show of it. */
import { type AuditTrail, createAuditTrail } from "./audit/audit-export.ts";
import { createRefusals, type Refusals } from "./audit/refusals.ts";
import { createSealing, type Sealing } from "./audit/sealing.ts";
import type { LedgerNeeds } from "./ledger-context.ts";
import { createOperations, type Operations } from "./operations/operations.ts";
import { createOutbox, type Outbox } from "./outbox/outbox.ts";
import { type BulkViews, createBulkViews } from "./queries/bulk-request.ts";
import { createHistory, type History } from "./queries/history.ts";
import { createOverview, type Overview } from "./queries/overview.ts";
import { createPending, type Pending } from "./queries/pending.ts";
import { createReminders, type Reminders } from "./reminders.ts";
import { createRequests, type Requests } from "./requests.ts";

export interface Ledger {
  requests: Requests;
  reminders: Reminders;
  operations: Operations;
  outbox: Outbox;
  bulk: BulkViews;
  history: History;
  pending: Pending;
  overview: Overview;
  trail: AuditTrail;
  refusals: Refusals;
  sealing: Sealing;
}

export function createLedger(needs: LedgerNeeds): Ledger {
  return {
    requests: createRequests(needs),
    reminders: createReminders(needs),
    operations: createOperations(needs),
    outbox: createOutbox(needs),
    bulk: createBulkViews(needs.store.db),
    history: createHistory(needs),
    pending: createPending(needs),
    overview: createOverview(needs),
    trail: createAuditTrail(needs),
    refusals: createRefusals(needs),
    sealing: createSealing(needs),
  };
}
