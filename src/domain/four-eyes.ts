/**
 * The four-eyes rule: nobody decides on their own request, unless the setting APPROVAL_POLICY is `self`, or with break
 * glass. Pure, like policy.ts.
 */
import {
  allow,
  mayRequest,
  needsRole,
  type Person,
  type Refusal,
  type RequestRefusal,
  type Verdict,
} from "./policy.ts";

export const approvalPolicies = ["four-eyes", "self"] as const;
export type ApprovalPolicy = (typeof approvalPolicies)[number];

/** Whether the rule prevents this person from deciding on the request, regardless of their roles. */
export function isBarred(person: string, request: { requestedBy: string }, policy: ApprovalPolicy): boolean {
  return policy === "four-eyes" && person === request.requestedBy;
}

/**
 * Approving, rejecting and excluding need the role `approver`, and under `four-eyes` a person other than the requester.
 * Requesters are told the latter even without the role, because the role would not help them.
 */
export function mayDecide(person: Person, request: { requestedBy: string }, policy: ApprovalPolicy): Verdict {
  return needsApprover(person, isBarred(person.id, request, policy) ? "own-request" : undefined);
}

/** @param barred why even the role would not help them; undefined if it does */
function needsApprover(person: Person, barred: "own-request" | "break-glass-not-yours" | undefined): Verdict {
  const verdict = needsRole(person, "approver");
  const isMember = verdict.kind === "allow" || verdict.why !== "standing";
  return isMember && barred !== undefined ? { kind: "refuse", why: barred } : verdict;
}

/**
 * Approving also needs a requester who could still submit the request. Rejecting and withdrawing do not, so that a
 * request can be closed after its requester has lost the role or left.
 * @param requester the requester as they are now; undefined if Slack no longer lists them
 */
export function mayApprove(
  person: Person,
  request: { requestedBy: string; subMchids: readonly string[] },
  requester: Person | undefined,
  policy: ApprovalPolicy,
): Verdict {
  const verdict = mayDecide(person, request, policy);
  if (verdict.kind === "refuse") return verdict;
  const ofRequester: Verdict<RequestRefusal> = requester
    ? mayRequest(requester, request.subMchids)
    : { kind: "refuse", why: "standing", standing: "stranger" };
  if (ofRequester.kind === "allow") return allow;
  const { kind, ...because } = ofRequester;
  return { kind, why: "requester-cannot", because };
}

/**
 * The earlier approvals that lapse when another is given: those whose approvers are no longer allowed to give them.
 * @param earlier the approvals, each with its approver as they are now; undefined if Slack no longer lists them
 */
export function lapsedApprovals<A extends { by: string }>(
  earlier: readonly { approval: A; giver: Person | undefined }[],
  request: { requestedBy: string },
  policy: ApprovalPolicy,
): { kind: "known"; lapsed: A[] } | ({ kind: "refuse" } & Extract<Refusal, { why: "approver-unknown" }>) {
  const lapsed: A[] = [];
  for (const { approval, giver } of earlier) {
    const verdict = giver ? mayDecide(giver, request, policy) : undefined;
    if (verdict?.kind === "allow") continue;
    if (verdict?.why === "groups-unknown") return { kind: "refuse", why: "approver-unknown", approver: approval.by };
    lapsed.push(approval);
  }
  return { kind: "known", lapsed };
}

/**
 * Break glass requires the role `approver`, a reason, and a request of the approver's own that they could still submit.
 * Others are told that it is not theirs even without the role, because the role would not help them.
 */
export function mayBreakGlass(
  person: Person,
  request: { requestedBy: string; subMchids: readonly string[]; reason: string | undefined },
  setting: "off" | "on",
): Verdict {
  if (setting === "off") return { kind: "refuse", why: "break-glass-off" };
  const verdict = needsApprover(person, person.id === request.requestedBy ? undefined : "break-glass-not-yours");
  if (verdict.kind === "refuse") return verdict;
  if (request.reason === undefined) return { kind: "refuse", why: "break-glass-needs-reason" };
  return mayRequest(person, request.subMchids);
}

/** Carrying out a request that is held after an outage means approving it again, so the same policy applies. */
export const mayCarryOut = mayApprove;
