/** Who holds which role: grants in Keyv, one key each, so that granting and revoking never read-modify-write. */
import { Keyv } from "keyv";
import { PostgresAdapter, sql, type Transaction } from "kysely";
import type { Clock } from "../domain/clock.ts";
import type { EventName } from "../domain/events.ts";
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
import { type Restriction, type Role, roles } from "../domain/policy.ts";
import { endedKeys, keyvAdapter } from "../storage/keyv-adapter.ts";
import type { Database, Schema } from "../storage/schema.ts";
import { type Origin, record } from "./audit/audit-log.ts";
import { enqueueNotice } from "./outbox/enqueue.ts";

/** What is changed, and by whom. */
export interface RoleChange {
  holder: Holder;
  role: Role;
  by: string;
  origin: Origin;
  /**
   * Users whom Slack called members of the workspace just now. The last admin stays: an admin's role for good is only
   * taken while another user among these is admin for good. Needed for the role `admin` alone.
   */
  members?: readonly string[];
}

export type Granted =
  | { kind: "granted" | "had-it-already"; grant: Grant }
  | { kind: "changed"; grant: Grant; before: Grant }
  | { kind: "stands-in-settings" }
  | { kind: "last-admin" }
  /** As many groups as may hold roles do already. */
  | { kind: "too-many-groups"; max: number };

export interface Roles {
  /** The grants to one person or group themselves. */
  of(holder: Holder): Promise<Grant[]>;
  /** The grants to all groups. */
  toGroups(): Promise<Grant[]>;
  /** All grants: the settings' admins first, then by user, then by group. */
  list(): Promise<Grant[]>;
  /** Everybody who holds the role, in the order of `list`. */
  holders(role: Role): Promise<Holder[]>;
  /** Gives a role, or changes what it is limited to. */
  grant(change: RoleChange & { until?: number | undefined; only?: Restriction | undefined }): Promise<Granted>;
  revoke(change: RoleChange): Promise<"revoked" | "had-it-not" | "stands-in-settings" | "last-admin">;
  /**
   * Takes away up to `limit` grants whose time has come, and resolves to those that it took: each is taken once, by one
   * of all instances. They count for nothing from their end on, whether or not they were taken away.
   */
  endDue(limit: number): Promise<Grant[]>;
}

export interface RolesNeeds {
  db: Database;
  clock: Clock;
  /** What this running bot is called in the audit, where it does something by itself. */
  instance: string;
  /** User ids that are admin whatever was granted: RECEIPT_ADMINS. */
  admins: readonly string[];
}

/** Slack lets the bot ask about 20 groups a minute; each instance asks about each that holds a role. */
export const groupsMax = 10;

export function createRoles({ db, clock, instance, admins }: RolesNeeds): Roles {
  type Runner = Database | Transaction<Schema>;

  // The adapter itself leaves out what has ended, by the clock it was given; Keyv's own check would ask the machine's.
  function grantsTo(kind: Holder["kind"], on: Runner, now = clock.now): Keyv<Stored> {
    return new Keyv({ store: keyvAdapter({ db: on, now }), namespace: namespaces[kind], checkExpired: false });
  }
  const grants = { user: grantsTo("user", db), group: grantsTo("group", db) };

  const stands = ({ kind, id }: Holder, role: Role) => role === "admin" && kind === "user" && admins.includes(id);
  const settings = (id: string): Grant => asGrant({ kind: "user", id }, "admin", { by: "settings", at: 0 });

  async function all(kind: Holder["kind"]): Promise<Grant[]> {
    const found: Grant[] = [];
    for await (const entry of grants[kind].iterator()) {
      const [key, stored] = entry as [string, Stored];
      found.push(asGrant(...holderAndRole(kind, key), stored));
    }
    return found;
  }

  async function list(): Promise<Grant[]> {
    return [...admins.map(settings), ...(await all("user")), ...(await all("group"))];
  }

  async function of(holder: Holder): Promise<Grant[]> {
    const held = await grants[holder.kind].get(roles.map((role) => key(holder, role)));
    const own = roles.flatMap((role, i) => (held[i] ? [asGrant(holder, role, held[i])] : []));
    return stands(holder, "admin") ? [settings(holder.id), ...own] : own;
  }

  /** Every change of a grant, and its event. */
  async function write(
    transaction: Transaction<Schema>,
    what: Extract<EventName, "granted" | "grant-changed" | "grant-ended" | "revoked">,
    grant: Grant,
    { by: actor, origin }: Pick<RoleChange, "by" | "origin">,
    before?: Grant,
  ): Promise<void> {
    const { holder, role, by, at, until, only } = grant;
    const kept = grantsTo(holder.kind, transaction);
    const isKept =
      what === "granted" || what === "grant-changed"
        ? // An absolute time: Keyv's `ttl` would count from the machine's.
          await kept.setRaw(key(holder, role), { value: { by, at, until, only }, expires: until })
        : await kept.delete(key(holder, role));
    if (!isKept) throw new Error(`the grant of ${role} to ${holder.id} could not be written`);
    const detail = {
      [holder.kind === "user" ? "userId" : "groupId"]: holder.id,
      role,
      until,
      only,
      ...(before && { before: { until: before.until, only: before.only } }),
    };
    await record(transaction, [{ what, at: clock.now(), actor, origin, detail }]);
  }

  /** Ends a grant whose time has come, if nobody did before. */
  async function end(transaction: Transaction<Schema>, holder: Holder, role: Role): Promise<Grant | undefined> {
    const stored = await grantsTo(holder.kind, transaction, () => 0).get(key(holder, role));
    if (stored?.until === undefined || stored.until > clock.now()) return undefined;
    const grant = asGrant(holder, role, stored);
    await write(transaction, "grant-ended", grant, { by: "bot", origin: { from: "instance", id: instance } });
    // A group is nobody to write to; its members are told when they need the role.
    if (holder.kind === "user") {
      const { until } = stored;
      const id = `grant-ended:${key(holder, role)}:${until}`;
      const notice = { about: "grant-ended", role, until } as const;
      await enqueueNotice(transaction, { id, to: holder.id, notice, now: clock.now() });
    }
    return grant;
  }

  /** Groups do not count: who is in one is changed in Slack, by people who are no admins here. */
  async function isAnotherAdmin(transaction: Transaction<Schema>, { holder, members = [] }: RoleChange) {
    const others = members.filter((id) => holder.kind === "group" || id !== holder.id);
    if (others.some((id) => admins.includes(id))) return true;
    const held = await grantsTo("user", transaction).get(others.map((id) => key({ kind: "user", id }, "admin")));
    return held.some((grant) => grant !== undefined && grant.until === undefined);
  }

  return {
    of,
    toGroups: () => all("group"),
    list,

    async holders(role) {
      const holders = (await list()).filter((grant) => grant.role === role).map(({ holder }) => holder);
      return holders.filter(({ id }, i) => holders.findIndex((each) => each.id === id) === i);
    },

    async grant(change) {
      const { holder, role, by, until, only } = change;
      if (stands(holder, role) && until !== undefined) return { kind: "stands-in-settings" };
      return db.transaction().execute(async (transaction): Promise<Granted> => {
        await lockGrants(transaction);
        await end(transaction, holder, role);
        const grant = asGrant(holder, role, { by, at: clock.now(), until, only });
        const stored = await grantsTo(holder.kind, transaction).get(key(holder, role));
        if (!stored) {
          if (holder.kind === "group" && (await isOneTooMany(grantsTo("group", transaction), holder.id)))
            return { kind: "too-many-groups", max: groupsMax };
          await write(transaction, "granted", grant, change);
          return { kind: "granted", grant };
        }
        const before = asGrant(holder, role, stored);
        if (sameTerms(before, grant)) return { kind: "had-it-already", grant: before };
        const isTakenForGood = role === "admin" && until !== undefined && before.until === undefined;
        if (isTakenForGood && !(await isAnotherAdmin(transaction, change))) return { kind: "last-admin" };
        await write(transaction, "grant-changed", grant, change, before);
        return { kind: "changed", grant, before };
      });
    },

    async revoke(change) {
      const { holder, role } = change;
      if (stands(holder, role)) return "stands-in-settings";
      return db.transaction().execute(async (transaction) => {
        await lockGrants(transaction);
        const stored = await grantsTo(holder.kind, transaction).get(key(holder, role));
        if (!stored) return "had-it-not";
        if (role === "admin" && !(await isAnotherAdmin(transaction, change))) return "last-admin";
        await write(transaction, "revoked", asGrant(holder, role, stored), change);
        return "revoked";
      });
    },

    async endDue(limit) {
      const due: [Holder, Role][] = [];
      for (const kind of ["user", "group"] as const) {
        const asked = { namespace: namespaces[kind], now: clock.now(), limit: limit - due.length };
        for (const key of await endedKeys(db, asked)) due.push(holderAndRole(kind, key));
      }
      if (due.length === 0) return [];
      return db.transaction().execute(async (transaction) => {
        await lockGrants(transaction);
        const ended: Grant[] = [];
        for (const [holder, role] of due) {
          const grant = await end(transaction, holder, role);
          if (grant) ended.push(grant);
        }
        return ended;
      });
    },
  };
}

/**
 * Changes of grants follow one another: two admins who grant the same, or revoke each other, are told apart. SQLite's
 * transactions do that by themselves; on PostgreSQL a row that is not there yet cannot be locked, but a name can.
 */
async function lockGrants(transaction: Transaction<Schema>): Promise<void> {
  if (transaction.getExecutor().adapter instanceof PostgresAdapter)
    await sql`select pg_advisory_xact_lock(hashtext(current_schema() || '.grants'))`.execute(transaction);
}

async function isOneTooMany(grants: Keyv<Stored>, groupId: string): Promise<boolean> {
  const groups = new Set([groupId]);
  for await (const entry of grants.iterator()) {
    const [key] = entry as [string, Stored];
    groups.add(holderAndRole("group", key)[0].id);
  }
  return groups.size > groupsMax;
}
