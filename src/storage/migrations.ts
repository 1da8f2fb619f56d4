/** The ledger's tables and indexes, as steps that are applied in order at start; both engines run the same ones. */
import { type ColumnDefinitionBuilder, type Kysely, sql } from "kysely";
import { type Migration, type MigrationProvider, Migrator } from "kysely/migration";
import { openOperationStates, type Store } from "./schema.ts";

/**
 * Brings the database to the newest schema, in one transaction. Instances that start together wait for each other.
 * @throws when a step fails; then none of them was applied.
 */
export async function migrate({ db, engine }: Pick<Store, "db" | "engine">): Promise<void> {
  const provider: MigrationProvider = { getMigrations: async () => ({ "0001-ledger": ledger(engine) }) };
  const place = engine === "postgres" ? { migrationTableSchema: await ownSchema(db) } : {};
  const { error } = await new Migrator({ db, provider, ...place }).migrateToLatest();
  if (error) throw error;
}

/** Else Kysely would take the tables of a second deployment in another schema of the database for its own. */
async function ownSchema(db: Store["db"]): Promise<string> {
  const { rows } = await sql<{ name: string }>`select current_schema() as name`.execute(db);
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
    const open = openOperationStates.map((state) => `'${state}'`).join(", ");
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

async function partialIndex(db: Kysely<unknown>, name: string, on: string, unique: "unique" | "" = ""): Promise<void> {
  await sql.raw(`create ${unique} index ${name} on ${on}`).execute(db);
}
