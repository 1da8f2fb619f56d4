/** The ledger's figures for monitoring. */
import type { Change } from "../goldplan/change.ts";
import type { RateState } from "../rate-limiter.ts";

/** Times are milliseconds since the epoch. Counts are limited; see src/ledger/queries/figures.ts. */
export interface LedgerFigures {
  /** Undecided requests and those on hold, by what they do; one entry for each change. */
  requests: readonly (Change & { pending: number; held: number })[];
  oldestUndecidedAt: number | undefined;
  operations: Readonly<Record<"waiting" | "queued" | "running" | "held", number>>;
  /** Since when the operation that has been due longest is due. */
  oldestQueuedAt: number | undefined;
  /** Changes that Slack does not show yet and has not refused, and since when the first of them is due. */
  posts: number;
  oldestPostAt: number | undefined;
  /** Changes that Slack permanently refuses, and those that wait for them in a thread. */
  postsRefused: number;
  /** Events without a seal, and when the first of them was recorded. */
  unsealed: number;
  oldestUnsealedAt: number | undefined;
  rate: RateState;
  /** When `npm run backup` last copied this ledger; undefined if it never did. */
  backedUpAt: number | undefined;
}
