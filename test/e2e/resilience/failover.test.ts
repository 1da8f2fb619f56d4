/** A PostgreSQL that fails over: for a while its sessions can only read, and those that began then stay so. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { type BotProcess, startBotProcess } from "../../../src/playground/bot-process.ts";
import { freePort } from "../../../src/playground/free-port.ts";
import {
  demoChannel as channel,
  type Playground,
  demoPeople as people,
  startPlayground,
} from "../../../src/playground/playground.ts";
import { CommitUncertain } from "../../../src/storage/store-errors.ts";
import { en } from "../../../src/text/en/catalogue.ts";
import { eventually } from "../../eventually.ts";
import { engines } from "../../storage/engines.ts";
import { identity } from "../support/identity.ts";

const postgres = engines.find(({ engine }) => engine === "postgres");
const server = process.env["TEST_POSTGRES_URL"] ?? "postgres://postgres@127.0.0.1:5432/postgres";

describe("while PostgreSQL can only be read", { skip: postgres?.skip ?? "there is no such engine" }, () => {
  const database = `failover_${process.pid}`;
  const opsPort = freePort();
  let admin: pg.Client;
  let playground: Playground;
  let bot: BotProcess;
  before(async () => {
    admin = new pg.Client({ connectionString: server });
    await admin.connect();
    await admin.query(`create database ${database}`);
    const url = new URL(server);
    url.pathname = `/${database}`;
    playground = await startPlayground({ identity });
    bot = startBotProcess({ ...playground.environment, DATABASE_URL: url.href, OPS_PORT: String(await opsPort) });
    await bot.until('"listening"');
  });
  after(async () => {
    await bot.end();
    await playground.close();
    await admin.query(`drop database ${database} with (force)`);
    await admin.end();
  });

  const type = (text: string) => playground.slack.type({ user: people.carol, channel, text: `/receipt ${text}` });
  const readyz = async () => {
    const response = await fetch(`http://127.0.0.1:${await opsPort}/readyz`);
    return { status: response.status, body: await response.text() };
  };

  test("people learn that the ledger is unavailable, readyz shows why, and everything works again within seconds", async () => {
    assert.equal((await readyz()).status, 200);
    await admin.query(`alter database ${database} set default_transaction_read_only = on`);
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}' and pid <> pg_backend_pid()`,
    );
    await eventually(() => bot.lines.some((line) => line.includes("the database is unavailable")));
    // Several at once, so that several sessions begin now.
    const names = ["ann", "bob", "dan"] as const;
    const seen = await Promise.all(names.map((name) => type(`grant @${name} requester`)));
    for (const { ephemeral } of seen) assert.equal(ephemeral?.text, en.answer.ledgerAway);
    const away = await readyz();
    assert.equal(away.status, 503);
    assert.match(away.body, /^the ledger cannot be written to: cannot execute INSERT in a read-only transaction/);

    await admin.query(`alter database ${database} reset default_transaction_read_only`);
    await bot.until("the database is available again", 5_000);
    const again = await Promise.all(names.map((name) => type(`grant @${name} requester`)));
    for (const { ephemeral } of again) assert.match(ephemeral?.text ?? "", / \*requester\*/);
    assert.equal((await readyz()).status, 200);
  });

  test("the log has one line for the outage and one for its end, without a stack", () => {
    const told = bot.lines.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40);
    // If the failover hits a commit, that has a line of its own, because nobody knows whether it took effect.
    const known = told.filter(({ why }) => why !== new CommitUncertain(undefined).message);
    const afterStart = known.slice(known.findIndex(({ msg }) => /the database/.test(msg)));
    assert.deepEqual(
      afterStart.map(({ msg }) => msg),
      ["the database is unavailable; the bot continues once it is available again", "the database is available again"],
    );
    assert.doesNotMatch(bot.lines.join("\n"), /"stack"/);
  });
});
