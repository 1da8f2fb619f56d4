/** The ledger, whole: what was asked, decided, attempted, and what Slack has yet to show of it. */
import { type Attention, createAttention } from "./attention.ts";
import { type AuditTrail, createAuditTrail } from "./audit-trail.ts";
import { type BulkViews, createBulkViews } from "./bulk-view.ts";
import { createHistory, type History } from "./history.ts";
import type { LedgerNeeds } from "./ledger-needs.ts";
import { createOperations, type Operations } from "./operations.ts";
import { createOverview, type Overview } from "./overview.ts";
import { createPending, type Pending } from "./pending.ts";
import { createPosts, type Posts } from "./posts.ts";
import { createRefusals, type Refusals } from "./refusals.ts";
import { createRequests, type Requests } from "./requests.ts";
import { createSeals, type Seals } from "./seals.ts";

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
