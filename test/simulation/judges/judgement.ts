/** What a judge finds in a history. */

export interface Judgement {
  /** Promised, approved or ended, and then not recorded, not carried out, not shown or not told. */
  lost: string[];
  /** Decided more than once, carried out without a decision, or by two attempts that were under way at once. */
  doubled: string[];
  /** A call of an earlier decision after a later one's, or a sub-merchant that is not as the last decision says. */
  overtaken: string[];
  /** Told to one person, and not so. */
  untrue: string[];
  /** Of requests that were approved: what had to be carried out. */
  operations: number;
  /** Messages that stand in Slack once more than they should, where an answer or an instance was lost. */
  doubledPosts: number;
}
