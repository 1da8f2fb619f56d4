/** How a request was decided, and by whom. */
import type { Approval } from "../../domain/approval.ts";
import type { RequestState, RequestsTable } from "../../storage/schema.ts";

export interface DecisionView {
  /** `broke-glass`: the requester carried it out without all the approvals that it needs. */
  kind: "approved" | "broke-glass" | "rejected" | "withdrawn" | "expired";
  /** Who decided: all approvers in order if the request needed several, nobody if it expired. */
  by: readonly string[];
  /** Only with `broke-glass`: who had approved before, if anybody had. */
  approvedBefore?: readonly string[];
  /** When the request was decided (by the last approval, if several), in milliseconds since the epoch. */
  at: number;
}

/**
 * Undefined while the request is undecided.
 * @param approvals those of the request, oldest first, if it needs more than one
 */
export function decisionOf(
  row: Pick<RequestsTable, "state" | "decided_by" | "decided_at"> & { broke_glass: number },
  approvals: readonly Approval[],
): DecisionView | undefined {
  const { decided_by: decider, decided_at: at } = row;
  const kind = row.broke_glass === 1 ? "broke-glass" : kinds[row.state];
  if (kind === undefined || decider === null || at === null) return undefined;
  if (kind === "expired") return { kind, by: [], at };
  const approvers = approvals.map(({ by }) => by);
  if (approvers.length === 0) return { kind, by: [decider], at };
  if (kind === "broke-glass") return { kind, by: [decider], approvedBefore: approvers, at };
  return { kind, by: kind === "approved" ? approvers : [decider], at };
}

const kinds: Readonly<Record<RequestState, DecisionView["kind"] | undefined>> = {
  pending: undefined,
  approved: "approved",
  done: "approved",
  rejected: "rejected",
  withdrawn: "withdrawn",
  expired: "expired",
};
