/** Who holds which role: grants in Keyv, one key each, so that granting and revoking never read-modify-write. */
import { Keyv } from "keyv";
import { PostgresAdapter, sql, type Transaction } from "kysely";
import { keyvAdapter } from "../storage/keyv-adapter.ts";
import type { Database, Schema } from "../storage/schema.ts";
import { type AuditEvent, record } from "./audit.ts";
import type { Clock } from "./clock.ts";
import { type Role, roles } from "./policy.ts";

export interface Grant {
  userId: string;
  role: Role;
  /** The admin who granted it, or `settings` for RECEIPT_ADMINS. */
  by: string;
  /** Milliseconds since the epoch; 0 for the settings' own. */
  at: number;
}

export interface Roles {
  of(userId: string): Promise<ReadonlySet<Role>>;
  /** All grants, the settings' admins first, then by user. */
  list(): Promise<Grant[]>;
  /** Ids of everybody who holds the role, in the order of `list`. */
  holders(role: Role): Promise<string[]>;
  grant(change: { userId: string; role: Role; by: string }): Promise<"granted" | "had-it-already">;
  revoke(change: { userId: string; role: Role; by: string }): Promise<"revoked" | "had-it-not" | "stands-in-settings">;
}

export interface RolesNeeds {
  db: Database;
  clock: Clock;
  /** User ids that are admin whatever was granted: RECEIPT_ADMINS. */
  admins: readonly string[];
}

export function createRoles({ db, clock, admins }: RolesNeeds): Roles {
  const grants = grantsIn(db);

  function grantsIn(on: Database | Transaction<Schema>): Keyv {
    // The adapter itself leaves out what has ended, by the clock it was given; Keyv's own check would ask the machine's.
    return new Keyv({ store: keyvAdapter({ db: on, now: clock.now }), namespace: "grant", checkExpired: false });
  }

  async function list(): Promise<Grant[]> {
    const found: Grant[] = admins.map((userId) => ({ userId, role: "admin", by: "settings", at: 0 }));
    for await (const entry of grants.iterator()) {
      const [key, value] = entry as [string, { by: string; at: number }];
      const [userId, role] = key.split(":") as [string, Role];
      found.push({ userId, role, ...value });
    }
    return found;
  }

  function audited(what: AuditEvent["what"], change: { userId: string; role: Role; by: string }): AuditEvent {
    return { what, at: clock.now(), actor: change.by, detail: { userId: change.userId, role: change.role } };
  }

  return {
    list,
    async of(userId) {
      const held = await grants.get(roles.map((role) => key(userId, role)));
      return new Set(roles.filter((role, i) => held[i] !== undefined || (role === "admin" && admins.includes(userId))));
    },
    async holders(role) {
      const holders = (await list()).filter((grant) => grant.role === role).map((grant) => grant.userId);
      return [...new Set(holders)];
    },
    async grant(change) {
      return db.transaction().execute(async (transaction) => {
        await standInLine(transaction, key(change.userId, change.role));
        const granted = grantsIn(transaction);
        if (await granted.has(key(change.userId, change.role))) return "had-it-already";
        await granted.set(key(change.userId, change.role), { by: change.by, at: clock.now() });
        await record(transaction, [audited("granted", change)]);
        return "granted";
      });
    },
    async revoke(change) {
      if (change.role === "admin" && admins.includes(change.userId)) return "stands-in-settings";
      return db.transaction().execute(async (transaction) => {
        if (!(await grantsIn(transaction).delete(key(change.userId, change.role)))) return "had-it-not";
        await record(transaction, [audited("revoked", change)]);
        return "revoked";
      });
    },
  };
}

/**
 * Two admins who grant the same at once are told apart. SQLite's transactions follow each other by themselves; on
 * PostgreSQL a row that is not there yet cannot be locked, but its name can.
 */
async function standInLine(transaction: Transaction<Schema>, name: string): Promise<void> {
  if (transaction.getExecutor().adapter instanceof PostgresAdapter)
    await sql`select pg_advisory_xact_lock(hashtext(${name}))`.execute(transaction);
}

const key = (userId: string, role: Role) => `${userId}:${role}`;
