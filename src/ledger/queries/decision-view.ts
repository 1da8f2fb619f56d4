/** How a request was decided and by whom, as everything tells it that looks back on a request. */
import type { Approval } from "../../domain/approval.ts";
import type { RequestState, RequestsTable } from "../../storage/schema.ts";

export interface DecisionView {
  /** `broke-glass`: who asked carried it out alone, without a second person. */
  kind: "approved" | "broke-glass" | "rejected" | "withdrawn" | "expired";
  /** Whose decision it is: of several who approved each, in their order; nobody's where it expired. */
  by: readonly string[];
  /** When it was made, the last approval for one; milliseconds since the epoch. */
  at: number;
}

/**
 * Undefined while nobody has decided.
 * @param approvals those that stand, oldest first, where more than one is needed
 */
export function decisionOf(
  row: Pick<RequestsTable, "state" | "decided_by" | "decided_at"> & { broke_glass: number },
  approvals: readonly Approval[],
): DecisionView | undefined {
  const { decided_by: decider, decided_at: at } = row;
  const kind = row.broke_glass === 1 ? "broke-glass" : kinds[row.state];
  if (kind === undefined || decider === null || at === null) return undefined;
  if (kind === "expired") return { kind, by: [], at };
  const isOfSeveral = kind === "approved" && approvals.length > 0;
  return { kind, by: isOfSeveral ? approvals.map(({ by }) => by) : [decider], at };
}

const kinds: Readonly<Record<RequestState, DecisionView["kind"] | undefined>> = {
  pending: undefined,
  approved: "approved",
  done: "approved",
  rejected: "rejected",
  withdrawn: "withdrawn",
  expired: "expired",
};
