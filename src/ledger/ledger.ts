/** The ledger, whole: what was asked, decided, attempted, and what Slack has yet to show of it. */
import { type AuditTrail, createAuditTrail } from "./audit/audit-export.ts";
import { createRefusals, type Refusals } from "./audit/refusals.ts";
import { createSeals, type Seals } from "./audit/sealing.ts";
import type { LedgerNeeds } from "./ledger-context.ts";
import { createOperations, type Operations } from "./operations/operations.ts";
import { createPosts, type Posts } from "./outbox/outbox.ts";
import { type BulkViews, createBulkViews } from "./queries/bulk-request.ts";
import { createHistory, type History } from "./queries/history.ts";
import { createOverview, type Overview } from "./queries/overview.ts";
import { createPending, type Pending } from "./queries/pending.ts";
import { type Attention, createAttention } from "./reminders.ts";
import { createRequests, type Requests } from "./requests.ts";

export interface Ledger {
  requests: Requests;
  attention: Attention;
  operations: Operations;
  posts: Posts;
  bulk: BulkViews;
  history: History;
  pending: Pending;
  overview: Overview;
  trail: AuditTrail;
  refusals: Refusals;
  seals: Seals;
}

export function createLedger(needs: LedgerNeeds): Ledger {
  return {
    requests: createRequests(needs),
    attention: createAttention(needs),
    operations: createOperations(needs),
    posts: createPosts(needs),
    bulk: createBulkViews(needs.store.db),
    history: createHistory(needs),
    pending: createPending(needs),
    overview: createOverview(needs),
    trail: createAuditTrail(needs),
    refusals: createRefusals(needs),
    seals: createSeals(needs),
  };
}
