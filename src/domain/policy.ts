/** May this person do this? Pure: roles, standing and request are looked up by the caller. */

export const roles = ["requester", "approver", "admin"] as const;
export type Role = (typeof roles)[number];

export const approvalPolicies = ["four-eyes", "self"] as const;
export type ApprovalPolicy = (typeof approvalPolicies)[number];

/** What Slack says of a person; nobody but a member of this workspace ever holds a role, whatever was granted. */
export const standings = ["member", "guest", "deactivated", "bot", "stranger"] as const;
export type Standing = (typeof standings)[number];

/** Sub-merchants that a requester may ask for: whole numbers, and beginnings of numbers, which end in `*`. */
export type Restriction = readonly string[];

export interface Person {
  /** Slack's user id. */
  id: string;
  standing: Standing;
  roles: ReadonlySet<Role>;
  /** What they may ask for as a requester; undefined for every sub-merchant. */
  only?: Restriction | undefined;
  /** Slack did not tell which user groups they are in: they may hold more than `roles` and `only` say. */
  groupsUnknown?: boolean;
}

/** What a role is needed for beside what it is for. */
export type RolePurpose = "be-notified" | "see-roles";

/** Why somebody may not ask. */
export type RequestRefusal =
  | { why: "standing"; standing: Exclude<Standing, "member"> }
  | { why: "needs-role"; role: Role; to?: RolePurpose }
  /** The role may come through a user group, and Slack did not tell. */
  | { why: "groups-unknown"; role: Role }
  /** `subMchids` are those that the restriction does not cover. */
  | { why: "restricted"; only: Restriction; subMchids: readonly string[] };

export type Refusal =
  | RequestRefusal
  | { why: "needs-any-role" }
  | { why: "own-request" }
  | { why: "not-your-request" }
  /** Who asked could not ask for the same today. */
  | { why: "requester-cannot"; because: RequestRefusal }
  /** The settings do not allow it, somebody else asked, or nobody said why. */
  | { why: "break-glass-off" | "break-glass-not-yours" | "break-glass-needs-reason" }
  /** Slack did not tell whether somebody who approved before still may. */
  | { why: "approver-unknown"; approver: string };

export type Verdict<R = Refusal> = { kind: "allow" } | ({ kind: "refuse" } & R);

/** What all of somebody's grants come to: who holds a role twice may do what either grant allows. */
export function held(
  grants: readonly { role: Role; only?: Restriction | undefined }[],
): Required<Pick<Person, "roles" | "only">> {
  const asking = grants.filter(({ role }) => role === "requester").map(({ only }) => only);
  const restrictions = asking.filter((only) => only !== undefined);
  const isRestricted = asking.length > 0 && restrictions.length === asking.length;
  return {
    roles: new Set(grants.map(({ role }) => role)),
    only: isRestricted ? [...new Set(restrictions.flat())] : undefined,
  };
}

export function covers(only: Restriction, subMchid: string): boolean {
  return only.some((each) => (each.endsWith("*") ? subMchid.startsWith(each.slice(0, -1)) : subMchid === each));
}

/** Opening or closing asks for the role `requester`, for every one of the sub-merchants. */
export function mayRequest(person: Person, subMchids: readonly string[]): Verdict<RequestRefusal> {
  const verdict = needsRole(person, "requester");
  const { only } = person;
  if (verdict.kind === "refuse" || only === undefined) return verdict;
  const outside = subMchids.filter((subMchid) => !covers(only, subMchid));
  if (outside.length === 0) return allow;
  if (person.groupsUnknown) return { kind: "refuse", why: "groups-unknown", role: "requester" };
  return { kind: "refuse", why: "restricted", only, subMchids: outside };
}

/** Approving, rejecting and leaving out ask for the role `approver`; under `four-eyes`, of another person than the requester. */
export function mayDecide(person: Person, request: { requestedBy: string }, policy: ApprovalPolicy): Verdict {
  const verdict = needsRole(person, "approver");
  if (verdict.kind === "refuse") return verdict;
  if (policy === "four-eyes" && person.id === request.requestedBy) return { kind: "refuse", why: "own-request" };
  return allow;
}

/**
 * Approving asks, beyond `mayDecide`, that the requester could still ask for the same. Rejecting and withdrawing do not:
 * so a request whose requester has lost the role, or left, is in nobody's way.
 * @param requester who asked, as they are now; undefined where Slack no longer knows them
 */
export function mayApprove(
  person: Person,
  request: { requestedBy: string; subMchids: readonly string[] },
  requester: Person | undefined,
  policy: ApprovalPolicy,
): Verdict {
  const verdict = mayDecide(person, request, policy);
  if (verdict.kind === "refuse") return verdict;
  const asking: Verdict<RequestRefusal> = requester
    ? mayRequest(requester, request.subMchids)
    : { kind: "refuse", why: "standing", standing: "stranger" };
  if (asking.kind === "allow") return allow;
  const { kind, ...because } = asking;
  return { kind, why: "requester-cannot", because };
}

/**
 * What earlier approvals are worth when another is given: they lapse where whoever gave them could not give them today.
 * @param earlier each with its giver as they are now; undefined where Slack no longer knows them
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

/** Carrying out without a second person asks for the role `approver`, a request of one's own that one may still ask for, and a reason. */
export function mayBreakGlass(
  person: Person,
  request: { requestedBy: string; subMchids: readonly string[]; reason: string | undefined },
  setting: "off" | "on",
): Verdict {
  if (setting === "off") return { kind: "refuse", why: "break-glass-off" };
  const verdict = needsRole(person, "approver");
  if (verdict.kind === "refuse") return verdict;
  if (person.id !== request.requestedBy) return { kind: "refuse", why: "break-glass-not-yours" };
  if (request.reason === undefined) return { kind: "refuse", why: "break-glass-needs-reason" };
  return mayRequest(person, request.subMchids);
}

/** Only who asked may withdraw, with or without a role by now: it takes nothing but their own wish back. */
export function mayWithdraw(person: Person, request: { requestedBy: string }): Verdict {
  if (person.id !== request.requestedBy) return { kind: "refuse", why: "not-your-request" };
  return person.standing === "member" ? allow : { kind: "refuse", why: "standing", standing: person.standing };
}

/** Trying again carries out what was approved already: whoever asked may, if they could ask today, and every approver. */
export function mayRetry(person: Person, request: { requestedBy: string; subMchids: readonly string[] }): Verdict {
  return person.id === request.requestedBy ? mayRequest(person, request.subMchids) : needsRole(person, "approver");
}

/** Halting what is being carried out undoes nobody's decision: every approver may, whoever asked. */
export function mayStop(person: Person): Verdict {
  return needsRole(person, "approver");
}

/** Saying what one wants to be told of requests that wait: they wait for approvers. */
export function mayBeNotified(person: Person): Verdict {
  return needsRole(person, "approver", "be-notified");
}

/** Giving roles and taking them. */
export function mayGrant(person: Person): Verdict<RequestRefusal> {
  return needsRole(person, "admin");
}

/** Seeing what others may do; everybody sees their own roles. */
export function maySeeRoles(person: Person): Verdict<RequestRefusal> {
  return needsRole(person, "admin", "see-roles");
}

/** Seeing what was asked, decided and done asks for a role, whichever. */
export function mayLook({ standing, roles, groupsUnknown }: Person): Verdict {
  if (standing !== "member") return { kind: "refuse", why: "standing", standing };
  if (roles.size > 0) return allow;
  if (groupsUnknown) return { kind: "refuse", why: "groups-unknown", role: "requester" };
  return { kind: "refuse", why: "needs-any-role" };
}

/** Taking the audit trail out of the bot. */
export function mayExport(person: Person): Verdict {
  return needsRole(person, "admin");
}

const allow = { kind: "allow" } as const;

function needsRole({ standing, roles, groupsUnknown }: Person, role: Role, to?: RolePurpose): Verdict<RequestRefusal> {
  if (standing !== "member") return { kind: "refuse", why: "standing", standing };
  if (roles.has(role)) return allow;
  if (groupsUnknown) return { kind: "refuse", why: "groups-unknown", role };
  return { kind: "refuse", why: "needs-role", role, ...(to && { to }) };
}
