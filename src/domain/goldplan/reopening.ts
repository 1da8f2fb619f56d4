/** When 点金计划 can be opened again after it was closed. */

/** WeChat Pay's limit: `sub_mch reopen less than 24h`, in milliseconds. */
export const reopenAfterMs = 24 * 3_600_000;

/**
 * The sub-merchants of a request for which this bot closed 点金计划 less than 24 hours ago. Times since the epoch, in
 * milliseconds.
 */
export interface Reopening {
  count: number;
  /** The first of them. */
  first: readonly string[];
  /** The last of these closings, and when it allows opening. */
  closedAt: number;
  from: number;
}
