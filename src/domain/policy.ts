/** The policy: may this person do this? Pure: the caller looks up roles, standing and request. */

export const roles = ["requester", "approver", "admin"] as const;
export type Role = (typeof roles)[number];

export const approvalPolicies = ["four-eyes", "self"] as const;
export type ApprovalPolicy = (typeof approvalPolicies)[number];

/** A person's standing in Slack. Only members of this workspace can hold a role, whatever was granted. */
export const standings = ["member", "guest", "deactivated", "bot", "stranger"] as const;
export type Standing = (typeof standings)[number];

/** The sub-merchants that a requester may submit: full numbers, and prefixes that end in `*`. */
export type Restriction = readonly string[];

export interface Person {
  /** Slack's user id. */
  id: string;
  standing: Standing;
  roles: ReadonlySet<Role>;
  /** The sub-merchants that they may submit as a requester; undefined for all. */
  only?: Restriction | undefined;
  /** Slack did not return their user groups, so they may hold more than `roles` and `only` show. */
  groupsUnknown?: boolean;
}

/** What else a role is needed for, besides its main purpose. */
export type RolePurpose = "be-notified" | "see-roles";

/** Why a person may not submit a request. */
export type RequestRefusal =
  | { why: "standing"; standing: Exclude<Standing, "member"> }
  | { why: "needs-role"; role: Role; to?: RolePurpose }
  /** The role may come from a user group, but Slack did not return the groups. */
  | { why: "groups-unknown"; role: Role }
  /** `subMchids` are the ones outside the restriction. */
  | { why: "restricted"; only: Restriction; subMchids: readonly string[] };

export type Refusal =
  | RequestRefusal
  | { why: "needs-any-role" }
  | { why: "own-request" }
  | { why: "not-your-request" }
  /** The requester could not submit the same request today. */
  | { why: "requester-cannot"; because: RequestRefusal }
  /** The settings do not allow it, the request is someone else's, or it has no reason. */
  | { why: "break-glass-off" | "break-glass-not-yours" | "break-glass-needs-reason" }
  /** Slack did not return whether an earlier approver still holds the role. */
  | { why: "approver-unknown"; approver: string };

export type Verdict<R = Refusal> = { kind: "allow" } | ({ kind: "refuse" } & R);

/** The roles that a person's grants add up to. If a role is granted twice, either grant applies. */
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

/** Submitting a request needs the role `requester` for each of the sub-merchants. */
export function mayRequest(person: Person, subMchids: readonly string[]): Verdict<RequestRefusal> {
  const verdict = needsRole(person, "requester");
  const { only } = person;
  if (verdict.kind === "refuse" || only === undefined) return verdict;
  const outside = subMchids.filter((subMchid) => !covers(only, subMchid));
  if (outside.length === 0) return allow;
  if (person.groupsUnknown) return { kind: "refuse", why: "groups-unknown", role: "requester" };
  return { kind: "refuse", why: "restricted", only, subMchids: outside };
}

/** Approving, rejecting and excluding need the role `approver`, and under `four-eyes` a person other than the requester. */
export function mayDecide(person: Person, request: { requestedBy: string }, policy: ApprovalPolicy): Verdict {
  const verdict = needsRole(person, "approver");
  if (verdict.kind === "refuse") return verdict;
  if (policy === "four-eyes" && person.id === request.requestedBy) return { kind: "refuse", why: "own-request" };
  return allow;
}

/**
 * Approving also needs a requester who could still submit the request. Rejecting and withdrawing do not, so that a
 * request can be cleared away after its requester has lost the role or left.
 * @param requester the requester as they are now; undefined if Slack no longer knows them
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
 * Which earlier approvals lapse when another is given: those whose approvers could not give them today.
 * @param earlier each with its approver as they are now; undefined if Slack no longer knows them
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

/** Break glass needs the role `approver`, one's own request that one could still submit, and a reason. */
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

/** Only the requester may withdraw, even without a role. */
export function mayWithdraw(person: Person, request: { requestedBy: string }): Verdict {
  if (person.id !== request.requestedBy) return { kind: "refuse", why: "not-your-request" };
  return person.standing === "member" ? allow : { kind: "refuse", why: "standing", standing: person.standing };
}

/** A retry repeats what was approved: every approver may, and the requester if they could still submit the request. */
export function mayRetry(person: Person, request: { requestedBy: string; subMchids: readonly string[] }): Verdict {
  return person.id === request.requestedBy ? mayRequest(person, request.subMchids) : needsRole(person, "approver");
}

/** Every approver may stop a request, including their own: it undoes no decision. */
export function mayStop(person: Person): Verdict {
  return needsRole(person, "approver");
}

/** Carrying out what is held after an absence is approving it again: the same policy, for the same reasons. */
export const mayCarryOut = mayApprove;

/** Every approver may cancel what is held, including their own request: like a stop, it undoes no decision. */
export function mayCancelHeld(person: Person): Verdict {
  return needsRole(person, "approver");
}

/** Only approvers choose notifications, because only they are notified of pending requests. */
export function mayBeNotified(person: Person): Verdict {
  return needsRole(person, "approver", "be-notified");
}

/** Granting and revoking roles. */
export function mayGrant(person: Person): Verdict<RequestRefusal> {
  return needsRole(person, "admin");
}

/** Seeing the roles of others; everyone sees their own. */
export function maySeeRoles(person: Person): Verdict<RequestRefusal> {
  return needsRole(person, "admin", "see-roles");
}

/** Seeing requests and their history needs any role. */
export function mayLook({ standing, roles, groupsUnknown }: Person): Verdict {
  if (standing !== "member") return { kind: "refuse", why: "standing", standing };
  if (roles.size > 0) return allow;
  if (groupsUnknown) return { kind: "refuse", why: "groups-unknown", role: "requester" };
  return { kind: "refuse", why: "needs-any-role" };
}

/** Exporting the audit log. */
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
