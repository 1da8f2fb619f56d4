/**
 * The ledger's tables and indexes, as migrations that are applied in order at start; both engines run the same ones.
 */
import { type ColumnDefinitionBuilder, type Kysely, sql, type Transaction } from "kysely";
import { type Migration, type MigrationProvider, Migrator } from "kysely/migration";
import type { Schema, Store } from "../schema.ts";
import { bulk, recipients } from "./0006-bulk-and-recipients.ts";
import { askingIndexes } from "./0008-query-indexes.ts";
import { overviewIndexes } from "./0009-home-indexes.ts";
import { approvals, breakGlass, rejectionReasons } from "./0010-approvals.ts";
import { reminders } from "./0013-reminders.ts";
import { leftOut } from "./0014-exclusions.ts";
import { trust } from "./0015-trust.ts";
import { grantEvents } from "./0016-grant-events.ts";
import { historyAndLanes } from "./0017-history-and-lanes.ts";
import { appendOnly } from "./append-only.ts";
import { tickets } from "./from-0018/0018-tickets.ts";
import { goldplan } from "./from-0018/0019-goldplan.ts";
import { directory } from "./from-0018/0020-directory.ts";
import { retention } from "./from-0018/0021-retention.ts";
import { open, partialIndex } from "./partial-index.ts";

/**
 * Brings the database to the newest schema, in one transaction. Instances that start at the same time wait for each
 * other.
 * @throws if a migration fails; then none is applied.
 */
export async function migrate({ db, engine }: Pick<Store, "db" | "engine">): Promise<void> {
  const provider: MigrationProvider = { getMigrations: async () => migrations(engine) };
  await db.transaction().execute(async (transaction) => {
    const place = engine === "postgres" ? { migrationTableSchema: await lockOwnSchema(transaction) } : {};
    const { error } = await new Migrator({ db: transaction, provider, ...place }).migrateToLatest();
    if (error) throw error;
  });
}

/** The migrations, applied in the order of their names. */
export function migrations(engine: Store["engine"]): Record<string, Migration> {
  return {
    "0001-ledger": ledger(engine),
    "0002-audit-chain": auditChain(engine),
    "0003-grants": grants(engine),
    "0005-shared-pace": sharedRateLimit,
    "0006-bulk": bulk,
    "0007-recipients": recipients,
    "0008-asking": askingIndexes(engine),
    "0009-home": overviewIndexes(engine),
    "0010-approvals": approvals,
    "0011-break-glass": breakGlass,
    "0012-rejection-reasons": rejectionReasons,
    "0013-attention": reminders(engine),
    "0014-left-out": leftOut,
    "0015-trust": trust(engine),
    "0016-grant-events": grantEvents(engine),
    "0017-history-and-lanes": historyAndLanes(engine),
    "0018-tickets": tickets,
    "0019-goldplan": goldplan,
    "0020-directory": directory(engine),
    "0021-retention": retention(engine),
  };
}

/** How long a start waits for the migrations of another instance, in milliseconds: building an index can take long. */
const lockWaitMs = 3_600_000;

/**
 * Waits until no other instance migrates the current schema, until the transaction ends.
 * @returns its name; otherwise Kysely would mistake the tables of a deployment in another schema for its own
 */
async function lockOwnSchema(transaction: Transaction<Schema>): Promise<string> {
  await sql`select set_config('lock_timeout', ${String(lockWaitMs)}, true)`.execute(transaction);
  const { rows } = await sql<{ name: string | null }>`select current_schema() as name,
    pg_advisory_xact_lock(hashtext(current_schema() || '.migrations'))`.execute(transaction);
  return rows[0]?.name ?? "public";
}

const ledger = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const numbered = (column: ColumnDefinitionBuilder) =>
      engine === "sqlite" ? column.primaryKey().autoIncrement() : column.primaryKey().generatedAlwaysAsIdentity();

    await db.schema
      .createTable("requests")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("source_key", "text", (c) => c.notNull().unique())
      .addColumn("action", "text", (c) => c.notNull())
      .addColumn("reason", "text")
      .addColumn("requested_by", "text", (c) => c.notNull())
      .addColumn("channel_id", "text", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("created_at", "bigint", (c) => c.notNull())
      .addColumn("expires_at", "bigint", (c) => c.notNull())
      .addColumn("decided_by", "text")
      .addColumn("decided_at", "bigint")
      .addColumn("ended_at", "bigint")
      .execute();
    await partialIndex(db, "requests_undecided", "requests (expires_at) where state = 'pending'");

    await db.schema
      .createTable("operations")
      .addColumn("seq", engine === "sqlite" ? "integer" : "bigint", numbered)
      .addColumn("id", "text", (c) => c.notNull().unique())
      .addColumn("request_id", "text", (c) => c.notNull().references("requests.id"))
      .addColumn("sub_mchid", "text", (c) => c.notNull())
      .addColumn("action", "text", (c) => c.notNull())
      .addColumn("state", "text", (c) => c.notNull())
      .addColumn("round", "integer", (c) => c.notNull())
      .addColumn("attempts", "integer", (c) => c.notNull())
      .addColumn("due_at", "bigint")
      .addColumn("endpoint", "integer", (c) => c.notNull())
      .addColumn("lease_owner", "text")
      .addColumn("lease_until", "bigint")
      .addColumn("ended_at", "bigint")
      .execute();
    await db.schema.createIndex("operations_of_request").on("operations").column("request_id").execute();
    await db.schema.createIndex("operations_of_sub_merchant").on("operations").columns(["sub_mchid", "seq"]).execute();
    await partialIndex(db, "operations_one_open", `operations (sub_mchid) where state in (${open})`, "unique");
    await partialIndex(db, "operations_due", "operations (due_at) where state = 'queued'");
    await partialIndex(db, "operations_leased", "operations (lease_until) where state = 'running'");

    await db.schema
      .createTable("attempts")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("operation_id", "text", (c) => c.notNull().references("operations.id"))
      .addColumn("round", "integer", (c) => c.notNull())
      .addColumn("number", "integer", (c) => c.notNull())
      .addColumn("endpoint", "integer", (c) => c.notNull())
      .addColumn("started_at", "bigint", (c) => c.notNull())
      .addColumn("ended_at", "bigint")
      .addColumn("result_json", "text")
      .addUniqueConstraint("attempts_in_order", ["operation_id", "round", "number"])
      .execute();

    await db.schema
      .createTable("events")
      .addColumn("seq", engine === "sqlite" ? "integer" : "bigint", numbered)
      .addColumn("at", "bigint", (c) => c.notNull())
      .addColumn("actor", "text", (c) => c.notNull())
      .addColumn("what", "text", (c) => c.notNull())
      .addColumn("request_id", "text")
      .addColumn("operation_id", "text")
      .addColumn("detail_json", "text")
      .execute();
    await db.schema.createIndex("events_of_request").on("events").column("request_id").execute();

    await db.schema
      .createTable("posts")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("request_id", "text", (c) => c.notNull().references("requests.id"))
      .addColumn("channel_id", "text", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("round", "integer", (c) => c.notNull())
      .addColumn("ts", "text")
      .addColumn("wanted", "integer", (c) => c.notNull())
      .addColumn("shown", "integer", (c) => c.notNull())
      .addColumn("due_at", "bigint", (c) => c.notNull())
      .addColumn("tries", "integer", (c) => c.notNull())
      .addColumn("lease_owner", "text")
      .addColumn("lease_until", "bigint")
      .addUniqueConstraint("posts_once", ["request_id", "kind", "round"])
      .execute();
    await partialIndex(db, "posts_due", "posts (channel_id, due_at, id) where shown < wanted");

    await db.schema
      .createTable("keyv")
      .addColumn("key", "text", (c) => c.primaryKey())
      .addColumn("value", "text", (c) => c.notNull())
      .addColumn("expires_at", "bigint")
      .execute();
  },
});

/** The origin of events, the hash chain (see src/ledger/audit/sealing.ts), and protection of both against changes. */
const auditChain = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    const number = engine === "sqlite" ? "integer" : "bigint";
    await db.schema.alterTable("events").addColumn("origin", "text").execute();
    await partialIndex(db, "events_refused", "events (actor, at) where what = 'refused'");
    await db.schema
      .createTable("seals")
      .addColumn("position", number, (c) => c.primaryKey())
      .addColumn("event_seq", number, (c) => c.notNull().unique())
      .addColumn("hash", "text", (c) => c.notNull())
      .execute();
    await db.schema
      .createTable("unsealed")
      .addColumn("event_seq", number, (c) => c.primaryKey())
      .execute();
    await sql`insert into unsealed (event_seq) select seq from events`.execute(db);
    for (const statement of appendOnly(engine, ["events", "seals"])) await sql.raw(statement).execute(db);
  },
});

/** An index finds the keys of a namespace and those that have expired, however many others Keyv stores. */
const grants = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    // SQLite compares by byte; another collation would scatter a namespace's keys.
    if (engine === "postgres") await sql`alter table keyv alter column key type text collate "C"`.execute(db);
    await partialIndex(db, "keyv_ended", "keyv (expires_at) where expires_at is not null");
  },
});

const sharedRateLimit: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("paces")
      .addColumn("name", "text", (c) => c.primaryKey())
      .addColumn("empty_at", "double precision", (c) => c.notNull())
      .addColumn("share", "double precision", (c) => c.notNull())
      .addColumn("slowed_at", "double precision", (c) => c.notNull())
      .execute();
    // Exists from the start, so that instances can lock it.
    await sql`insert into paces (name, empty_at, share, slowed_at) values ('wechatpay', 0, 1, 0)`.execute(db);
  },
};
