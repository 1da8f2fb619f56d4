/** The ledger behind a connection pooler, whose sessions several of the bot's share. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, type TestContext, test } from "node:test";
import { sql } from "kysely";
import pg from "pg";
import { ledgerKey } from "../../../src/cli/commands/ledger-key.ts";
import { move } from "../../../src/cli/commands/move.ts";
import { createInstances } from "../../../src/ledger/instances/instances.ts";
import { createLedger } from "../../../src/ledger/ledger.ts";
import { createLedgerClock } from "../../../src/storage/ledger-clock.ts";
import { openStore } from "../../../src/storage/open.ts";
import { CannotOpen } from "../../../src/storage/open-problem.ts";
import { systemClock, systemRandom } from "../../../src/system-clock.ts";
import { en } from "../../../src/text/en/catalogue.ts";
import { runCommand } from "../../cli/commands.ts";
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

  test("a transaction is durable and read committed in a session where neither is the default", async (t) => {
    const store = await openStore({ engine: "postgres", url: pooled.href });
    t.after(() => store.close());
    await store.db.selectFrom("keyv").select("key").limit(1).execute();
    const others = Array.from({ length: 3 }, () => new pg.Client({ connectionString: pooled.href }));
    for (const other of others) {
      await other.connect();
      // Held open, so that each has another of the server's sessions.
      await other.query("begin; set session synchronous_commit = off");
      await other.query("set session characteristics as transaction isolation level serializable");
    }
    for (const other of others) await other.query("commit").then(() => other.end());
    const { rows } = await store.db.transaction().execute((transaction) =>
      sql<object>`select current_setting('synchronous_commit') as durable,
        current_setting('transaction_isolation') as isolation`.execute(transaction),
    );
    assert.deepEqual(rows, [{ durable: "on", isolation: "read committed" }]);
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

  describe("a command that needs the ledger for itself", () => {
    const LEDGER_KEY = "a secret of thirty-two bytes or more";
    const folder = mkdtempSync(join(tmpdir(), "receipt-pooler-"));
    after(() => rmSync(folder, { recursive: true }));

    /** PgBouncer with so many sessions, a store that a bot has open through it, and the bot's place in the list. */
    async function pooledBot(t: TestContext, sessions: number) {
      const own = await startPgBouncer(direct, role, sessions);
      t.after(() => own.close());
      const url = new URL(pooled);
      url.port = String(own.port);
      const store = await openStore({ engine: "postgres", url: url.href });
      const clock = await createLedgerClock({ store, clock: systemClock });
      const instances = createInstances({ store, clock, id: `bot-${sessions}`, mode: "http" });
      await instances.seen();
      return { url, store, instances };
    }

    const ledgerKeyAt = (url: URL, change: "enable" | "disable") =>
      runCommand(ledgerKey, [change], { DATABASE_URL: url.href, LEDGER_KEY });
    const moveFrom = (url: URL) => runCommand(move, [url.href, `sqlite:${join(folder, "moved.db")}`], {});

    for (const sessions of [1, 3])
      test(`is refused while a bot runs, and not once it has stopped (${sessions} of the server's sessions)`, async (t) => {
        const { url, store, instances } = await pooledBot(t, sessions);
        const atServer = new URL(url);
        atServer.port = direct.port;
        // The bot's connections take turns with the command's.
        const busy = setInterval(
          () =>
            store.db
              .selectFrom("keyv")
              .select("key")
              .limit(1)
              .execute()
              .catch(() => {}),
          5,
        );
        try {
          for (const address of [url, atServer]) {
            const refused = await ledgerKeyAt(address, "enable");
            assert.equal(refused.code, 1, refused.out);
            assert.match(refused.error, /^An instance of the bot is using the ledger, .* wait (60|5\d) s,/);
            const unmoved = await moveFrom(address);
            assert.equal(unmoved.code, 1, unmoved.out);
            assert.match(unmoved.error, /^An instance of the bot is using postgres:/);
          }
        } finally {
          clearInterval(busy);
        }
        await instances.left();
        await store.close();
        assert.deepEqual(await ledgerKeyAt(url, "enable"), { code: 0, out: `${en.ledgerKey.enabled}\n`, error: "" });
        const disabled = await ledgerKeyAt(atServer, "disable");
        assert.deepEqual(disabled, { code: 0, out: `${en.ledgerKey.disabled}\n`, error: "" });
      });

    test("is refused for a minute after a bot was killed", async (t) => {
      const { url, store } = await pooledBot(t, 2);
      await store.db
        .updateTable("instances")
        .set((row) => ({ seen_at: sql`${row.ref("seen_at")} - 50000` }))
        .execute();
      assert.match((await moveFrom(url)).error, / wait ([1-9]|10) s,/);
      await store.db
        .updateTable("instances")
        .set((row) => ({ seen_at: sql`${row.ref("seen_at")} - 11000` }))
        .execute();
      await store.close();
      const moved = await moveFrom(url);
      assert.deepEqual([moved.code, moved.error], [0, ""]);
    });

    test("is refused while a program without a place in the list is connected to the server itself", async (t) => {
      const atServer = new URL(pooled);
      atServer.port = direct.port;
      const importing = await openStore({ engine: "postgres", url: atServer.href });
      t.after(() => importing.close());
      await importing.db.selectFrom("keyv").select("key").limit(1).execute();
      for (const address of [pooled, atServer])
        assert.equal((await ledgerKeyAt(address, "enable")).error, `${en.ledgerKey.usedBy.session}\n`);
    });
  });
});
