/** A judge's findings in a history. */

export interface Judgement {
  /** Promised, approved or ended, but not recorded, not run, not shown or not announced. */
  lost: string[];
  /** Decided more than once, run without a decision, or run by two overlapping attempts. */
  doubled: string[];
  /**
   * A call of an earlier decision after one of a later decision, or a sub-merchant whose state is not the last
   * decision's.
   */
  overtaken: string[];
  /** Private answers that were not true, and what pruning changed. */
  untrue: string[];
  /** Operations of approved requests, which had to run. */
  operations: number;
  /** Duplicate messages in Slack, where an answer or an instance was lost. */
  doubledPosts: number;
}
