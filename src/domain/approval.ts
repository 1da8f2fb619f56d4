/** What an approval is, and how many of them a request needs. */

/** `at` in milliseconds since the epoch. */
export interface Approval {
  by: string;
  at: number;
}

/** How many approvals requests need: `needed`, and from `bulk.from` sub-merchants on at least `bulk.needed`. */
export interface ApprovalRule {
  needed: number;
  bulk?: { from: number; needed: number } | undefined;
}

export function approvalsNeeded({ needed, bulk }: ApprovalRule, subMerchants: number): number {
  return bulk && subMerchants >= bulk.from ? Math.max(needed, bulk.needed) : needed;
}

/** How many sub-merchants were asked for: `total`, which is the sum of the others. */
export interface Counts {
  total: number;
  /** Before the decision, by an approver. */
  excluded: number;
  open: number;
  succeeded: number;
  failed: number;
  /** With the whole request, or because it was stopped before these were started. */
  cancelled: number;
}

/** Whether more than one sub-merchant was asked for, whatever was left out since. */
export function isBulk({ counts }: { counts: Counts }): boolean {
  return counts.total > 1;
}

/** How many sub-merchants a decision is about: all that were asked for, but for what was left out. */
export function stillIn({ counts }: { counts: Counts }): number {
  return counts.total - counts.excluded;
}
