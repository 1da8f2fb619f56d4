/** The ledger behind a connection pooler, whose sessions several of the bot's share. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { sql } from "kysely";
import pg from "pg";
import { createLedger } from "../../../src/ledger/ledger.ts";
import { openStore } from "../../../src/storage/open.ts";
import { CannotOpen } from "../../../src/storage/open-problem.ts";
import { systemClock, systemRandom } from "../../../src/system-clock.ts";
import { aRequest } from "../../ledger/builders.ts";
import { engines } from "../../storage/engines.ts";
import { createPostgresSchema } from "../../storage/postgres-schemas.ts";
import { noPgBouncer, startPgBouncer } from "./pgbouncer.ts";

const postgres = engines.find(({ engine }) => engine === "postgres");

describe("behind PgBouncer in transaction pooling", { skip: noPgBouncer || postgres?.skip }, () => {
  let direct: URL;
  let pooled: URL;
  let drop: () => Promise<void>;
  let bouncer: Awaited<ReturnType<typeof startPgBouncer>>;
  let admin: pg.Client;
  const role = `pooled_${process.pid}`;
  before(async () => {
    ({ url: direct, drop } = await createPostgresSchema());
    admin = new pg.Client({ connectionString: direct.href });
    await admin.connect();
    const schema = (await admin.query("select current_schema() as name")).rows[0].name;
    await admin.query(`create role ${role} login`);
    await admin.query(`alter role ${role} set search_path = ${schema}`);
    await admin.query(`grant usage, create on schema ${schema} to ${role}`);
    bouncer = await startPgBouncer(direct, role);
    pooled = new URL(direct);
    pooled.port = String(bouncer.port);
    pooled.username = role;
    pooled.search = "";
  });
  after(async () => {
    await bouncer.close();
    await drop();
    await admin.query(`drop role ${role}`);
    await admin.end();
  });

  test("the schema is made, and requests made side by side are all recorded", async (t) => {
    const store = await openStore({ engine: "postgres", url: pooled.href });
    t.after(() => store.close());
    assert.equal(store.isNew, true);
    const ledger = createLedger({
      store,
      clock: systemClock,
      random: systemRandom,
      mchid: "1900000100",
      instance: "test",
    });
    const numbers = Array.from({ length: 40 }, (_, index) => String(1_900_000_100 + index));
    const asked = await Promise.all(
      numbers.map((number) => ledger.requests.submit(aRequest({ subMchids: [number], sourceKey: number }))),
    );
    assert.ok(asked.every(({ kind }) => kind === asked[0]?.kind));
    const { rows } = await sql<{ count: number }>`select count(*) as count from operations`.execute(store.db);
    assert.equal(rows[0]?.count, numbers.length);
  });

  test("statements that run often are not prepared, because the next one may run in another session", async (t) => {
    const store = await openStore({ engine: "postgres", url: pooled.href });
    t.after(() => store.close());
    for (let round = 0; round < 20; round++)
      await Promise.all(
        Array.from({ length: 20 }, () => store.db.selectFrom("keyv").select("value").where("key", "=", "x").execute()),
      );
  });

  test("a parameter that the pooler does not pass on is named", async () => {
    const url = new URL(pooled);
    url.searchParams.set("options", "-c search_path=elsewhere");
    await assert.rejects(openStore({ engine: "postgres", url: url.href }), (error) => {
      assert.ok(error instanceof CannotOpen, String(error));
      assert.deepEqual(error.problem, { kind: "pooler", why: "unsupported startup parameter: options" });
      return true;
    });
  });
});
