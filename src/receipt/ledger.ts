/** The ledger, whole: what was asked, decided, attempted, and what Slack has yet to show of it. */
import type { Store } from "../storage/schema.ts";
import type { Chance, Clock } from "./clock.ts";
import { createOperations, type Operations } from "./operations.ts";
import { createPosts, type Posts } from "./posts.ts";
import { createRequests, type Requests } from "./requests.ts";

export interface LedgerNeeds {
  store: Store;
  clock: Clock;
  chance: Chance;
}

export interface Ledger {
  requests: Requests;
  operations: Operations;
  posts: Posts;
}

export function createLedger(needs: LedgerNeeds): Ledger {
  return { requests: createRequests(needs), operations: createOperations(needs), posts: createPosts(needs) };
}
