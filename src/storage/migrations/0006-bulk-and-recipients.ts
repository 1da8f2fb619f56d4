/** The migrations for bulk requests, and for posts to one person. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { open, partialIndex } from "./partial-index.ts";

export const bulk: Migration = {
  async up(db: Kysely<unknown>) {
    const counts = ["total", "open", "succeeded", "failed"] as const;
    for (const column of counts)
      await db.schema
        .alterTable("requests")
        .addColumn(column, "integer", (c) => c.notNull().defaultTo(0))
        .execute();
    await db.schema
      .alterTable("requests")
      .addColumn("round", "integer", (c) => c.notNull().defaultTo(1))
      .execute();
    await db.schema.alterTable("requests").addColumn("stopped_by", "text").execute();
    await db.schema.alterTable("requests").addColumn("stopped_at", "bigint").execute();
    await sql`update requests set
      total = (select count(*) from operations where request_id = requests.id),
      open = (select count(*) from operations where request_id = requests.id and state in (${sql.raw(open)})),
      succeeded = (select count(*) from operations where request_id = requests.id and state = 'succeeded'),
      failed = (select count(*) from operations where request_id = requests.id and state = 'failed'),
      round = (select max(round) from operations where request_id = requests.id)`.execute(db);

    await db.schema.alterTable("operations").addColumn("topic", "text").execute();
    await db.schema
      .alterTable("operations")
      .addColumn("queue_rank", "integer", (c) => c.notNull().defaultTo(0))
      .execute();
    await db.schema.dropIndex("operations_due").execute();
    await partialIndex(db, "operations_due", "operations (queue_rank, due_at, seq) where state = 'queued'");
    await db.schema.dropIndex("operations_of_request").execute();
    await db.schema.createIndex("operations_of_request").on("operations").columns(["request_id", "seq"]).execute();
  },
};

/**
 * Posts to one person, and posts that are not about a request. The table is recreated, because its constraints change.
 */
export const recipients: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("posts_anew")
      .addColumn("id", "text", (c) => c.primaryKey())
      .addColumn("request_id", "text", (c) => c.references("requests.id"))
      .addColumn("channel_id", "text", (c) => c.notNull())
      .addColumn("kind", "text", (c) => c.notNull())
      .addColumn("round", "integer", (c) => c.notNull())
      .addColumn("about_json", "text")
      .addColumn("posted_in", "text")
      .addColumn("ts", "text")
      .addColumn("wanted", "integer", (c) => c.notNull())
      .addColumn("shown", "integer", (c) => c.notNull())
      .addColumn("due_at", "bigint", (c) => c.notNull())
      .addColumn("tries", "integer", (c) => c.notNull())
      .addColumn("lease_owner", "text")
      .addColumn("lease_until", "bigint")
      .execute();
    const columns = sql.raw(
      "id, request_id, channel_id, kind, round, ts, wanted, shown, due_at, tries, lease_owner, lease_until",
    );
    await sql`insert into posts_anew (${columns}) select ${columns} from posts`.execute(db);
    await db.schema.dropTable("posts").execute();
    await db.schema.alterTable("posts_anew").renameTo("posts").execute();
    await partialIndex(db, "posts_due", "posts (channel_id, due_at, id) where shown < wanted");
    await db.schema.createIndex("posts_of_request").on("posts").columns(["request_id", "kind"]).execute();
  },
};
