/** May this person do this? Pure: roles, standing and request are looked up by the caller. */

export const roles = ["requester", "approver", "admin"] as const;
export type Role = (typeof roles)[number];

export const approvalPolicies = ["four-eyes", "self"] as const;
export type ApprovalPolicy = (typeof approvalPolicies)[number];

/** What Slack says of a person; nobody but a member of this workspace ever holds a role, whatever was granted. */
export const standings = ["member", "guest", "deactivated", "bot", "stranger"] as const;
export type Standing = (typeof standings)[number];

export interface Person {
  /** Slack's user id. */
  id: string;
  standing: Standing;
  roles: ReadonlySet<Role>;
}

export type Refusal =
  | { why: "standing"; standing: Exclude<Standing, "member"> }
  | { why: "needs-role"; role: Role }
  | { why: "own-request" }
  | { why: "not-your-request" };

export type Verdict = { kind: "allow" } | ({ kind: "refuse" } & Refusal);

/** Opening or closing asks for the role `requester`. */
export function mayAsk(person: Person): Verdict {
  return needsRole(person, "requester");
}

/** Approving and rejecting ask for the role `approver`; under `four-eyes`, of another person than the requester. */
export function mayDecide(person: Person, request: { requestedBy: string }, policy: ApprovalPolicy): Verdict {
  const verdict = needsRole(person, "approver");
  if (verdict.kind === "refuse") return verdict;
  if (policy === "four-eyes" && person.id === request.requestedBy) return { kind: "refuse", why: "own-request" };
  return allow;
}

/** Only who asked may withdraw, with or without a role by now: it takes nothing but their own wish back. */
export function mayWithdraw(person: Person, request: { requestedBy: string }): Verdict {
  if (person.id !== request.requestedBy) return { kind: "refuse", why: "not-your-request" };
  return person.standing === "member" ? allow : { kind: "refuse", why: "standing", standing: person.standing };
}

/** Trying again carries out what was approved already: whoever asked may, and every approver. */
export function mayRetry(person: Person, request: { requestedBy: string }): Verdict {
  return needsRole(person, person.id === request.requestedBy ? "requester" : "approver");
}

/** Giving roles, taking them and seeing who has which. */
export function mayGrant(person: Person): Verdict {
  return needsRole(person, "admin");
}

const allow: Verdict = { kind: "allow" };

function needsRole({ standing, roles }: Person, role: Role): Verdict {
  if (standing !== "member") return { kind: "refuse", why: "standing", standing };
  return roles.has(role) ? allow : { kind: "refuse", why: "needs-role", role };
}
