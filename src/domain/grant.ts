/** A grant: who holds which role, since and until when and how far; and how Keyv keeps it. */
import type { Restriction, Role } from "./policy.ts";

/** Who a role is given to: a person, or whoever is in a user group at the time. Ids are Slack's. */
export interface Holder {
  kind: "user" | "group";
  id: string;
}

export interface Grant {
  holder: Holder;
  role: Role;
  /** The admin who granted it, or who last changed it; `settings` for RECEIPT_ADMINS. */
  by: string;
  /** Milliseconds since the epoch, as all times here; 0 for the settings' own. */
  at: number;
  /** When it ends by itself; undefined for good. */
  until: number | undefined;
  /** What a requester may ask for by it; undefined for every sub-merchant. */
  only: Restriction | undefined;
}

/** Whether two grants end at the same time and reach as far. */
export function sameTerms(one: Grant, other: Grant): boolean {
  const terms = ({ until, only }: Grant) => JSON.stringify([until, only && [...only].sort()]);
  return terms(one) === terms(other);
}

/** Keyv's namespaces: the groups' grants are few, and read for everybody. */
export const namespaces = { user: "grant", group: "group-grant" } as const satisfies Record<Holder["kind"], string>;

/** What stands under a grant's key. */
export type Stored = Pick<Grant, "by" | "at"> & Partial<Pick<Grant, "until" | "only">>;

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
