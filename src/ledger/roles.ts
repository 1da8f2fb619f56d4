/** Who holds which role: grants in Keyv, one key each, so that granting and revoking never read-modify-write. */
import type { Keyv } from "keyv";
import type { Transaction } from "kysely";
import type { Clock } from "../domain/clock.ts";
import {
  asGrant,
  type Grant,
  type Holder,
  holderAndRole,
  key,
  namespaces,
  type Stored,
  sameTerms,
} from "../domain/grant.ts";
import { type Role, roles } from "../domain/policy.ts";
import { isFirstUse } from "../storage/idempotency-keys.ts";
import { endedKeys } from "../storage/keyv-adapter.ts";
import type { Database, Schema } from "../storage/schema.ts";
import type { Origin } from "./audit/audit-log.ts";
import { type GrantKeys, keysOf, keysOfAll, storedGrants } from "./audit/confirmed-grants.ts";
import { grantName } from "./audit/grant-events.ts";
import { endGrant, grantsTo, lockGrants, writeGrant } from "./grant-store.ts";

/** The grant to change, and who changes it. */
export interface RoleChange {
  holder: Holder;
  role: Role;
  by: string;
  origin: Origin;
  /** The idempotency key of the payload: a change with a key that was used before changes nothing. */
  sourceKey?: string | undefined;
  /**
   * Current members of the workspace, as Slack just listed them. The last admin cannot be revoked: an `admin` grant
   * without an end is revoked only if another of these members has one without an end. Required only for the role
   * `admin`.
   */
  members?: readonly string[];
}

export type Granted =
  | { kind: "granted" | "had-it-already"; grant: Grant }
  | { kind: "changed"; grant: Grant; before: Grant }
  | { kind: "stands-in-settings" }
  | { kind: "last-admin" }
  | { kind: "repeated" }
  /** The maximum number of groups already hold roles. */
  | { kind: "too-many-groups"; max: number };

export type Revoked = "revoked" | "had-it-not" | "stands-in-settings" | "last-admin" | "repeated";

export interface RolesContext {
  db: Database;
  clock: Clock;
  /** This instance's name in the audit trail, for the bot's own actions. */
  instance: string;
  /** IDs of users who are always admins: RECEIPT_ADMINS. */
  admins: readonly string[];
  /**
   * Called once for a grant that gives no role because its event is missing or differs, which means that someone wrote
   * it manually.
   */
  unbacked?: (grant: Grant) => void;
}

/** The maximum number of remembered grants that were already reported as unconfirmed. */
const reportedMax = 1_000;

/** Slack allows about 20 group look-ups a minute, and each instance looks up every group that holds a role. */
export const groupsMax = 10;

export interface Roles {
  /** The grants made directly to one person or group. */
  of(holder: Holder): Promise<Grant[]>;
  /** The grants that determine a person's roles: their own, and those to all groups, whose members are in Slack. */
  about(userId: string): Promise<{ own: Grant[]; toGroups: Grant[] }>;
  /** All grants: the admins of the settings first, then by user, then by group. */
  list(): Promise<Grant[]>;
  /** Everyone who holds the role, in the order of `list`. */
  holders(role: Role): Promise<Holder[]>;
  /** Grants a role, or changes its terms. */
  grant(change: RoleChange & Terms): Promise<Granted>;
  revoke(change: RoleChange): Promise<Revoked>;
  /**
   * Removes up to `limit` grants that have ended, and returns them: each is removed once, by one of the instances. A
   * grant has no effect after its end, removed or not.
   */
  endDue(limit: number): Promise<Grant[]>;
}

type Terms = Partial<Pick<Grant, "until" | "only">>;

export function createRoles(needs: RolesContext): Roles {
  const context: RolesContext = { ...needs, unbacked: once(needs.unbacked) };
  return {
    of: (holder) => grantsOf(context, holder),
    about: (userId) => grantsAbout(context, userId),
    list: () => list(context),
    holders: (role) => holders(context, role),
    grant: (change) => grant(context, change),
    revoke: (change) => revoke(context, change),
    endDue: (limit) => endDue(context, limit),
  };
}

function once(report: RolesContext["unbacked"]): (grant: Grant) => void {
  const reported = new Set<string>();
  return (grant) => {
    const name = `${grantName(grant.holder, grant.role)} ${JSON.stringify(grant)}`;
    if (reported.has(name)) return;
    if (reported.size >= reportedMax) reported.clear();
    reported.add(name);
    report?.(grant);
  };
}

/** Reports the grants that give no role. */
async function backedGrants(context: RolesContext, keys: GrantKeys, alsoKeys?: GrantKeys): Promise<Grant[]> {
  const { backed, others } = await storedGrants(context, context.db, keys, alsoKeys);
  for (const grant of others) context.unbacked?.(grant);
  return backed;
}

async function grantsOf(context: RolesContext, holder: Holder): Promise<Grant[]> {
  return withSettings(context, holder, await backedGrants(context, keysOf(holder)));
}

async function grantsAbout(context: RolesContext, userId: string): Promise<{ own: Grant[]; toGroups: Grant[] }> {
  const holder = { kind: "user", id: userId } as const;
  const found = await backedGrants(context, keysOf(holder), keysOfAll("group"));
  const ofKind = (kind: Holder["kind"]) => found.filter((grant) => grant.holder.kind === kind);
  return { own: withSettings(context, holder, ofKind("user")), toGroups: ofKind("group") };
}

/** The grants to one holder: those from the settings first, then in the order of the roles. */
function withSettings(context: RolesContext, holder: Holder, grants: readonly Grant[]): Grant[] {
  const own = grants.toSorted((one, other) => roles.indexOf(one.role) - roles.indexOf(other.role));
  return isInSettings(context, holder, "admin") ? [settingsGrant(holder.id), ...own] : own;
}

async function list(context: RolesContext): Promise<Grant[]> {
  const stored = await backedGrants(context, keysOfAll("user"), keysOfAll("group"));
  const ofKind = (kind: Holder["kind"]) => stored.filter((grant) => grant.holder.kind === kind);
  return [...context.admins.map(settingsGrant), ...ofKind("user"), ...ofKind("group")];
}

async function holders(context: RolesContext, role: Role): Promise<Holder[]> {
  const holders = (await list(context)).filter((grant) => grant.role === role).map(({ holder }) => holder);
  return holders.filter(({ id }, i) => holders.findIndex((each) => each.id === id) === i);
}

async function grant(context: RolesContext, change: RoleChange & Terms): Promise<Granted> {
  const { db, clock } = context;
  const { holder, role, by, until, only } = change;
  if (isInSettings(context, holder, role) && until !== undefined) return { kind: "stands-in-settings" };
  return db.transaction().execute(async (transaction): Promise<Granted> => {
    await lockGrants(transaction);
    if (!(await isFirstUse(transaction, change.sourceKey, clock.now()))) return { kind: "repeated" };
    await endGrant(context, transaction, holder, role);
    const grant = asGrant(holder, role, { by, at: clock.now(), until, only });
    const { backed } = await storedGrants(context, transaction, keysOf(holder));
    const before = backed.find((one) => one.role === role);
    // A grant that gives no role is replaced.
    if (!before) {
      if (holder.kind === "group" && (await isOneTooMany(grantsTo("group", { db: transaction, clock }), holder.id)))
        return { kind: "too-many-groups", max: groupsMax };
      await writeGrant(context, transaction, "granted", grant, change);
      return { kind: "granted", grant };
    }
    if (sameTerms(before, grant)) return { kind: "had-it-already", grant: before };
    const endsLastAdmin = role === "admin" && until !== undefined && before.until === undefined;
    if (endsLastAdmin && !(await isAnotherAdmin(context, transaction, change))) return { kind: "last-admin" };
    await writeGrant(context, transaction, "grant-changed", grant, change, before);
    return { kind: "changed", grant, before };
  });
}

async function revoke(context: RolesContext, change: RoleChange): Promise<Revoked> {
  const { db, clock } = context;
  const { holder, role } = change;
  if (isInSettings(context, holder, role)) return "stands-in-settings";
  return db.transaction().execute(async (transaction) => {
    await lockGrants(transaction);
    if (!(await isFirstUse(transaction, change.sourceKey, clock.now()))) return "repeated";
    const stored = await grantsTo(holder.kind, { db: transaction, clock }).get(key(holder, role));
    if (!stored) return "had-it-not";
    const isPermanentAdmin = role === "admin" && stored.until === undefined;
    if (isPermanentAdmin && !(await isAnotherAdmin(context, transaction, change))) return "last-admin";
    await writeGrant(context, transaction, "revoked", asGrant(holder, role, stored), change);
    return "revoked";
  });
}

async function endDue(context: RolesContext, limit: number): Promise<Grant[]> {
  const { db, clock } = context;
  const due: [Holder, Role][] = [];
  for (const kind of ["user", "group"] as const) {
    const query = { namespace: namespaces[kind], now: clock.now(), limit: limit - due.length };
    for (const key of await endedKeys(db, query)) due.push(holderAndRole(kind, key));
  }
  if (due.length === 0) return [];
  return db.transaction().execute(async (transaction) => {
    await lockGrants(transaction);
    const ended: Grant[] = [];
    for (const [holder, role] of due) {
      const grant = await endGrant(context, transaction, holder, role);
      if (grant) ended.push(grant);
    }
    return ended;
  });
}

/** Groups do not count: their members are changed in Slack, by people who need not be admins here. */
async function isAnotherAdmin(
  context: RolesContext,
  transaction: Transaction<Schema>,
  { holder, members = [] }: RoleChange,
): Promise<boolean> {
  const others = members.filter((id) => holder.kind === "group" || id !== holder.id);
  if (others.some((id) => context.admins.includes(id))) return true;
  const { backed } = await storedGrants(context, transaction, keysOfAll("user"));
  return backed.some(
    ({ holder: { id }, role, until }) => role === "admin" && until === undefined && others.includes(id),
  );
}

function isInSettings({ admins }: RolesContext, { kind, id }: Holder, role: Role): boolean {
  return role === "admin" && kind === "user" && admins.includes(id);
}

function settingsGrant(id: string): Grant {
  return asGrant({ kind: "user", id }, "admin", { by: "settings", at: 0 });
}

async function isOneTooMany(grants: Keyv<Stored>, groupId: string): Promise<boolean> {
  const groups = new Set([groupId]);
  for await (const entry of grants.iterator()) {
    const [key] = entry as [string, Stored];
    groups.add(holderAndRole("group", key)[0].id);
  }
  return groups.size > groupsMax;
}
