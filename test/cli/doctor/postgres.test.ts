/** The checks of the database against a real PostgreSQL: right, and wrong in each way that a server can be. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { openStore } from "../../../src/storage/open.ts";
import { engines } from "../../storage/engines.ts";
import { createPostgresSchema } from "../../storage/postgres-schemas.ts";
import { check, type Env, openInstallation } from "./builders.ts";

const { env } = await openInstallation({ after }, { environment: { LEDGER_KEY: "" } });
const skip = engines.find(({ engine }) => engine === "postgres")?.skip ?? false;
const names = ["encoding", "version", "rights", "schema", "writable", "commit"].map((name) => `database-${name}`);

describe("on PostgreSQL", { skip }, () => {
  const role = `doctor_${process.pid}_${Math.random().toString(36).slice(2)}`;
  let place: Awaited<ReturnType<typeof createPostgresSchema>>;
  let admin: pg.Client;
  before(async () => {
    place = await createPostgresSchema();
    admin = new pg.Client({ connectionString: place.url.href });
    await admin.connect();
    await admin.query(`create role ${role} login`);
    await admin.query(`create database ${role} template template0 encoding 'LATIN1' locale 'C'`);
  });
  after(async () => {
    await admin.query(`drop database ${role}`);
    await admin.query(`drop owned by ${role}`);
    await admin.query(`drop role ${role}`);
    await admin.end();
    await place.drop();
  });
  const at = (change: Partial<URL> = {}): Env => ({
    ...env,
    DATABASE_URL: Object.assign(new URL(place.url), change).href,
  });
  const found = async (name: string, at: Env) => {
    const { result, findings } = await check(name, at);
    return `${result}: ${findings.join("\n")}`;
  };

  test("a database without a ledger is reported, and not migrated", async () => {
    assert.match(await found("database", at()), /^ok: .*PostgreSQL/);
    assert.match(await found("database-schema", at()), /^warning: The database contains no ledger yet/);
    for (const name of ["database-writable", "audit-trail", "ledger-owner"])
      assert.match(await found(name, at()), /^skipped: There is no ledger yet/);
    const { rows } = await admin.query(
      "select relname from pg_class where relnamespace = current_schema()::regnamespace",
    );
    assert.deepEqual(rows, []);
  });

  test("a right ledger passes every check, and no row of it changes", async () => {
    await (await openStore({ engine: "postgres", url: place.url.href })).close();
    const paces = async () => (await admin.query("select * from paces order by name")).rows;
    const earlier = await paces();
    for (const name of ["database", ...names, "audit-trail", "ledger-owner"])
      assert.match(await found(name, at()), /^(ok|warning: PostgreSQL 1[0-4])/, name);
    assert.match(await found("disk", at()), /^skipped: PostgreSQL keeps/);
    assert.deepEqual(await paces(), earlier);
  });

  test("rights, encoding and a read-only server are distinguished", async () => {
    const poor = at({ username: role });
    const { rows } = await admin.query("select current_schema() as schema");
    await admin.query(`grant usage on schema ${rows[0].schema} to ${role}`);
    assert.match(await found("database", poor), /^failed: .*lacks a permission .*kysely_migration/);
    await admin.query(`grant select on all tables in schema ${rows[0].schema} to ${role}`);
    assert.match(await found("database-rights", poor), /^failed: .*SELECT, INSERT, UPDATE on approvals, attempts/);
    assert.match(await found("database-writable", poor), /^failed: .*permission denied for table paces/);
    await admin.query(`grant insert, update, delete on all tables in schema ${rows[0].schema} to ${role}`);
    await admin.query(`revoke update, delete on events, seals from ${role}`);
    assert.match(await found("database-rights", poor), /^ok/);
    assert.match(await found("database-encoding", at({ pathname: `/${role}` })), /^failed: .*encoding LATIN1/);
    const standby = new URL(place.url);
    standby.searchParams.set("options", `${standby.searchParams.get("options")} -c default_transaction_read_only=on`);
    const readOnly = { ...env, DATABASE_URL: standby.href };
    assert.match(
      await found("database-writable", readOnly),
      /^failed: .*read-only transaction.*default_transaction_read_only/,
    );
  });
});
