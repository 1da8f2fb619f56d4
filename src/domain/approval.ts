/** Approvals: their type, how many a request needs, and how many sub-merchants a request has. */

/** `at` in milliseconds since the epoch. */
export interface Approval {
  by: string;
  at: number;
}

/** A request needs `needed` approvals, and at least `bulk.needed` if it has `bulk.from` sub-merchants or more. */
export interface ApprovalRule {
  needed: number;
  bulk?: { from: number; needed: number } | undefined;
}

export function approvalsNeeded({ needed, bulk }: ApprovalRule, subMerchants: number): number {
  return bulk && subMerchants >= bulk.from ? Math.max(needed, bulk.needed) : needed;
}

/** How many sub-merchants a request has: `total`, which is the sum of the others. */
export interface Counts {
  total: number;
  /** Excluded by an approver before the decision. */
  excluded: number;
  open: number;
  succeeded: number;
  failed: number;
  /** How many of `failed` are uncertain: WeChat Pay may have carried out the call. */
  uncertain: number;
  /** Cancelled with the whole request, or by a stop before they started. */
  cancelled: number;
}

/** Whether the request was submitted for more than one sub-merchant, even if some were excluded later. */
export function isBulk({ counts }: { counts: Counts }): boolean {
  return counts.total > 1;
}

/** How many certainly failed: WeChat Pay did not carry out the call. */
export function certainlyFailed({ failed, uncertain }: Counts): number {
  return failed - uncertain;
}

/** How many sub-merchants a decision applies to: all except the excluded ones. */
export function stillIn({ counts }: { counts: Counts }): number {
  return counts.total - counts.excluded;
}
