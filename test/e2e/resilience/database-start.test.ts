/** A database that the bot cannot use: the start ends with one sentence that names the setting, and no password. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { sql } from "kysely";
import pg from "pg";
import type { DatabaseProblem } from "../../../src/domain/startup/database-problem.ts";
import { startBotProcess } from "../../../src/playground/bot-process.ts";
import { type Playground, startPlayground } from "../../../src/playground/playground.ts";
import { openStore } from "../../../src/storage/open.ts";
import { en } from "../../../src/text/en/catalogue.ts";
import { damageTable } from "../../storage/damage.ts";
import { engines } from "../../storage/engines.ts";
import { createPostgresSchema } from "../../storage/postgres-schemas.ts";
import { identity } from "../support/identity.ts";

let playground: Playground;
let folder: string;
before(async () => {
  playground = await startPlayground({ identity });
  folder = mkdtempSync(join(tmpdir(), "receipt-start-"));
});
after(async () => {
  await playground.close();
  rmSync(folder, { recursive: true });
});

/** The last words of a bot that cannot start: it ends with 1, and neither they nor the log show a stack or a secret. */
async function lastWords(url: string): Promise<string> {
  const bot = startBotProcess({ ...playground.environment, DATABASE_URL: url });
  assert.equal(await bot.ended, 1);
  const said = [...bot.lines, ...bot.errors].join("\n");
  assert.doesNotMatch(said, /^\s+at |"stack"|[^e]cret|continues once it is available/m);
  return bot.errors.join("\n");
}

const sentence = (problem: DatabaseProblem) => en.start.database("DATABASE_URL", problem);

describe("a file", { concurrency: 2 }, () => {
  test("in a folder that does not exist", async () => {
    const missing = join(folder, "nowhere");
    assert.equal(await lastWords(`sqlite:${missing}/receipts.db`), sentence({ kind: "no-folder", folder: missing }));
  });

  test("below something that is no folder", async () => {
    const path = "/dev/null/receipts.db";
    assert.equal(await lastWords(`sqlite:${path}`), sentence({ kind: "file", path, why: "ENOTDIR" }));
  });

  test("that is a folder", async () => {
    const path = join(folder, "folder.db");
    mkdirSync(path);
    assert.equal(await lastWords(`sqlite:${path}`), sentence({ kind: "file", path, why: "EISDIR" }));
  });

  test("that holds something else", async () => {
    const path = join(folder, "letter.db");
    writeFileSync(path, "Dear bot, this is a letter and not a database. ".repeat(40));
    assert.equal(await lastWords(`sqlite:${path}`), sentence({ kind: "damaged", path, why: "file is not a database" }));
  });

  test("that is damaged where a start reads it only after it was opened", async () => {
    const path = join(folder, "damaged.db");
    await (await openStore({ engine: "sqlite", path })).close();
    damageTable(path, "ledger_info");
    const why = "database disk image is malformed";
    assert.equal(await lastWords(`sqlite:${path}`), sentence({ kind: "damaged", path, why }));
  });

  test("that a newer version has written", async () => {
    const path = join(folder, "newer.db");
    const { db, close } = await openStore({ engine: "sqlite", path });
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2030')`.execute(db);
    await close();
    assert.equal(await lastWords(`sqlite:${path}`), sentence({ kind: "newer", step: "9999-later" }));
  });
});

const unescaped = ["s3#cret", "s3/cret", "s3?cret", "12#s3cret", "12/s3cret", "12?s3cret", "s3cret%zz", "s3#c@ret"];
for (const password of unescaped) {
  test(`a password with a sign that ends an address (${password}) is not shown, not even a part of it`, async () => {
    const said = await lastWords(`postgres://bot:${password}@127.0.0.1:5432/receipts`);
    assert.match(said, /DATABASE_URL has a special character in its user name or password.*# is %23/);
  });
}

test("an address that cannot be taken apart is refused before it is used", async () => {
  for (const password of unescaped)
    await assert.rejects(openStore({ engine: "postgres", url: `postgres://bot:${password}@127.0.0.1:1/receipts` }), {
      problem: { kind: "address" },
    });
});

const postgres = engines.find(({ engine }) => engine === "postgres");

describe("on PostgreSQL", { skip: postgres?.skip ?? "there is no such engine", concurrency: 2 }, () => {
  let url: URL;
  let drop: () => Promise<void>;
  let admin: pg.Client;
  const unique = `start_${process.pid}`;
  before(async () => {
    ({ url, drop } = await createPostgresSchema());
    admin = new pg.Client({ connectionString: url.href });
    await admin.connect();
    await admin.query(`create role ${unique}_full login connection limit 0`);
    await admin.query(`create role ${unique}_poor login`);
    await admin.query(`create database ${unique}_latin template template0 encoding 'LATIN1' locale 'C'`);
  });
  after(async () => {
    await admin.query(`drop database ${unique}_latin`);
    await admin.query(`drop role ${unique}_full`);
    await admin.query(`drop owned by ${unique}_poor`);
    await admin.query(`drop role ${unique}_poor`);
    await admin.end();
    await drop();
  });

  function changed(change: (url: URL) => void): string {
    const other = new URL(url);
    change(other);
    return other.href;
  }

  test("TLS that the server does not offer", async () => {
    const { rows } = await admin.query("show ssl");
    assert.equal(rows[0].ssl, "off", "this test needs a server without TLS");
    const said = await lastWords(changed(({ searchParams }) => searchParams.set("sslmode", "verify-full")));
    assert.equal(said, sentence({ kind: "no-tls" }));
  });

  test("no connection left", async () => {
    const said = await lastWords(changed((other) => Object.assign(other, { username: `${unique}_full` })));
    const why = `too many connections for role "${unique}_full"`;
    assert.equal(said, sentence({ kind: "too-many-connections", why }));
  });

  test("no right on the schema", async () => {
    const poor = changed((other) => Object.assign(other, { username: `${unique}_poor` }));
    assert.equal(await lastWords(poor), sentence({ kind: "no-schema" }));
    const schema = (await admin.query("select current_schema() as name")).rows[0].name;
    await admin.query(`grant usage on schema ${schema} to ${unique}_poor`);
    assert.equal(await lastWords(poor), sentence({ kind: "no-right", why: `CREATE on schema ${schema}` }));
  });

  test("a schema that does not exist", async () => {
    const said = await lastWords(changed(({ searchParams }) => searchParams.set("options", "-c search_path=nowhere")));
    assert.equal(said, sentence({ kind: "no-schema" }));
  });

  test("an encoding without Chinese", async () => {
    const said = await lastWords(changed((other) => Object.assign(other, { pathname: `/${unique}_latin` })));
    assert.equal(said, sentence({ kind: "encoding", encoding: "LATIN1" }));
  });

  test("a database that does not exist, and a server that is not there", async () => {
    const gone = await lastWords(changed((other) => Object.assign(other, { pathname: `/${unique}_gone` })));
    assert.equal(gone, sentence({ kind: "away", why: `database "${unique}_gone" does not exist, 3D000` }));
    const away = await lastWords("postgres://bot:s3cret@127.0.0.1:1/receipts");
    assert.equal(away, sentence({ kind: "unreachable", why: "connect ECONNREFUSED 127.0.0.1:1" }));
  });

  test("a ledger that a newer version has written", async () => {
    const { db, close } = await openStore({ engine: "postgres", url: url.href });
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2030')`.execute(db);
    await close();
    assert.equal(await lastWords(url.href), sentence({ kind: "newer", step: "9999-later" }));
  });
});
