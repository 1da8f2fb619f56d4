/** A grant: who holds which role, until when and for which sub-merchants. Also defines how Keyv stores grants. */
import type { Restriction, Role } from "./policy.ts";

/** The holder of a role: a person, or the current members of a user group. IDs are Slack's. */
export interface Holder {
  kind: "user" | "group";
  id: string;
}

export interface Grant {
  holder: Holder;
  role: Role;
  /** The admin who granted it or last changed it; `settings` for RECEIPT_ADMINS. */
  by: string;
  /** Milliseconds since the epoch, like all times here; 0 for RECEIPT_ADMINS. */
  at: number;
  /** When it ends; undefined if it does not. */
  until: number | undefined;
  /** The sub-merchants that a requester may submit with it; undefined for all. */
  only: Restriction | undefined;
}

/** Whether two grants have the same end and the same restriction. */
export function sameTerms(one: Grant, other: Grant): boolean {
  const terms = ({ until, only }: Grant) => JSON.stringify([until, only && [...only].sort()]);
  return terms(one) === terms(other);
}

/**
 * Keyv namespaces. Group grants have their own namespace: there are few of them, and they are read for every person.
 */
export const namespaces = { user: "grant", group: "group-grant" } as const satisfies Record<Holder["kind"], string>;

/** The value stored under a grant's key. */
export type Stored = Pick<Grant, "by" | "at"> & Partial<Pick<Grant, "until" | "only">>;

/** What somebody wrote as the value of a grant; undefined if the bot would not have written it. */
export function asStored(value: unknown): Stored | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { by, at, until, only } = value as Record<keyof Stored, unknown>;
  if (typeof by !== "string" || typeof at !== "number") return undefined;
  if (until !== undefined && typeof until !== "number") return undefined;
  if (only === undefined) return { by, at, until };
  return Array.isArray(only) && only.every((one) => typeof one === "string") ? { by, at, until, only } : undefined;
}

export function key({ id }: Holder, role: Role): string {
  return `${id}:${role}`;
}

export function holderAndRole(kind: Holder["kind"], key: string): [Holder, Role] {
  const [id, role] = key.split(":") as [string, Role];
  return [{ kind, id }, role];
}

export function asGrant(holder: Holder, role: Role, { by, at, until, only }: Stored): Grant {
  return { holder, role, by, at, until, only };
}
