/** The merchant directory, version by version, its search index, and the names that requesters gave. */
import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import type { Store } from "../../schema.ts";

export const directory = (engine: Store["engine"]): Migration => ({
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("directory_versions")
      .addColumn("version", "integer", (c) => c.primaryKey())
      .addColumn("touched_at", "bigint", (c) => c.notNull())
      .addColumn("entries", "integer", (c) => c.notNull())
      .addColumn("digest", "text")
      .addColumn("imported_by", "text")
      .addColumn("imported_at", "bigint")
      .execute();
    await db.schema
      .createTable("directory")
      .addColumn("version", "integer", (c) => c.notNull())
      .addColumn("sub_mchid", "text", (c) => c.notNull())
      .addColumn("position", "integer", (c) => c.notNull())
      .addColumn("name", "text", (c) => c.notNull())
      .addColumn("note", "text")
      .addPrimaryKeyConstraint("directory_key", ["version", "sub_mchid"])
      .execute();
    await sql`create unique index directory_in_order on directory (version, position)`.execute(db);
    await db.schema
      .createTable("directory_bigrams")
      .addColumn("version", "integer", (c) => c.notNull())
      .addColumn("bigram", "text", (c) => c.notNull())
      .addColumn("block", "integer", (c) => c.notNull())
      .addColumn("entries", "integer", (c) => c.notNull())
      .addColumn("positions", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("directory_bigrams_key", ["version", "bigram", "block"])
      .execute();
    if (engine === "postgres") {
      // SQLite compares by byte, by which the bigrams that begin with a character are together.
      await sql`alter table directory_bigrams alter column bigram type text collate "C"`.execute(db);
      // Decompressing would take longer than reading them.
      await sql`alter table directory_bigrams alter column positions set storage external`.execute(db);
    }
    await db.schema
      .createTable("given_names")
      .addColumn("request_id", "text", (c) => c.notNull().references("requests.id"))
      .addColumn("sub_mchid", "text", (c) => c.notNull())
      .addColumn("given_as", "text", (c) => c.notNull())
      .addPrimaryKeyConstraint("given_names_key", ["request_id", "sub_mchid"])
      .execute();
  },
});
