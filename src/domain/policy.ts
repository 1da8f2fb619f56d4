/**
 * The policy: decides whether a person may do something. Pure: the caller looks up roles, standing and request.
 * four-eyes.ts decides who may decide on a request.
 */

export const roles = ["requester", "approver", "admin"] as const;
export type Role = (typeof roles)[number];

/** A person's standing in Slack. Only members of this workspace can hold a role, regardless of grants. */
export const standings = ["member", "guest", "deactivated", "bot", "stranger"] as const;
export type Standing = (typeof standings)[number];

/** The sub-merchants for which a requester may submit requests: full numbers, and prefixes that end in `*`. */
export type Restriction = readonly string[];

export interface Person {
  /** Slack's user ID. */
  id: string;
  standing: Standing;
  roles: ReadonlySet<Role>;
  /** The sub-merchants for which they may submit requests; undefined for all. */
  only?: Restriction | undefined;
  /** Slack did not return their user groups, so they may hold more than `roles` and `only` show. */
  groupsUnknown?: boolean;
}

/** Purposes that require a role, in addition to the role's main purpose. */
export type RolePurpose = "be-notified" | "see-roles";

/** Why a person may not submit a request. */
export type RequestRefusal =
  | { why: "standing"; standing: Exclude<Standing, "member"> }
  | { why: "needs-role"; role: Role; to?: RolePurpose }
  /** The role may come from a user group, but Slack did not return the groups. */
  | { why: "groups-unknown"; role: Role }
  /** `subMchids` are those outside the restriction. */
  | { why: "restricted"; only: Restriction; subMchids: readonly string[] };

export type Refusal =
  | RequestRefusal
  | { why: "needs-any-role" }
  | { why: "own-request" }
  | { why: "not-your-request" }
  /** The requester could not submit the same request now. */
  | { why: "requester-cannot"; because: RequestRefusal }
  /** Break glass is not possible: the settings do not allow it, the request is someone else's, or it has no reason. */
  | { why: "break-glass-off" | "break-glass-not-yours" | "break-glass-needs-reason" }
  /** Slack did not show whether an earlier approver still holds the role. */
  | { why: "approver-unknown"; approver: string };

export type Verdict<R = Refusal> = { kind: "allow" } | ({ kind: "refuse" } & R);

/** Combines a person's grants into roles. If a role is granted twice, either grant applies. */
export function combineGrants(
  grants: readonly { role: Role; only?: Restriction | undefined }[],
): Required<Pick<Person, "roles" | "only">> {
  const scopes = grants.filter(({ role }) => role === "requester").map(({ only }) => only);
  const restrictions = scopes.filter((only) => only !== undefined);
  const isRestricted = scopes.length > 0 && restrictions.length === scopes.length;
  return {
    roles: new Set(grants.map(({ role }) => role)),
    only: isRestricted ? [...new Set(restrictions.flat())] : undefined,
  };
}

export function covers(only: Restriction, subMchid: string): boolean {
  return only.some((each) => (each.endsWith("*") ? subMchid.startsWith(each.slice(0, -1)) : subMchid === each));
}

/** Submitting a request requires the role `requester` for each of the sub-merchants. */
export function mayRequest(person: Person, subMchids: readonly string[]): Verdict<RequestRefusal> {
  const verdict = needsRole(person, "requester");
  const { only } = person;
  if (verdict.kind === "refuse" || only === undefined) return verdict;
  const outside = subMchids.filter((subMchid) => !covers(only, subMchid));
  if (outside.length === 0) return allow;
  if (person.groupsUnknown) return { kind: "refuse", why: "groups-unknown", role: "requester" };
  return { kind: "refuse", why: "restricted", only, subMchids: outside };
}

/** Only the requester may withdraw, even without a role. */
export function mayWithdraw(person: Person, request: { requestedBy: string }): Verdict {
  if (person.id !== request.requestedBy) return { kind: "refuse", why: "not-your-request" };
  return person.standing === "member" ? allow : { kind: "refuse", why: "standing", standing: person.standing };
}

/**
 * A retry repeats an approved request: every approver may retry, and so may the requester if they could still submit
 * the request.
 */
export function mayRetry(person: Person, request: { requestedBy: string; subMchids: readonly string[] }): Verdict {
  return person.id === request.requestedBy ? mayRequest(person, request.subMchids) : needsRole(person, "approver");
}

/** Every approver may stop a request, including their own, because this does not undo a decision. */
export function mayStop(person: Person): Verdict {
  return needsRole(person, "approver");
}

/** Every approver may cancel a held request, including their own: like a stop, this does not undo a decision. */
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

/** Exporting the audit trail. */
export function mayExport(person: Person): Verdict {
  return needsRole(person, "admin");
}

/** Importing the merchant directory. */
export function mayImportNames(person: Person): Verdict {
  return needsRole(person, "admin");
}

/** The verdict that allows an action. */
export const allow = { kind: "allow" } as const;

/** A role that the person holds as a member of this workspace, regardless of other grants. */
export function needsRole(
  { standing, roles, groupsUnknown }: Person,
  role: Role,
  to?: RolePurpose,
): Verdict<RequestRefusal> {
  if (standing !== "member") return { kind: "refuse", why: "standing", standing };
  if (roles.has(role)) return allow;
  if (groupsUnknown) return { kind: "refuse", why: "groups-unknown", role };
  return { kind: "refuse", why: "needs-role", role, ...(to && { to }) };
}
