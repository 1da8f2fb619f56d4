/**
 * Release 0.1.0 and this version side by side on one PostgreSQL, as in a rolling upgrade: real processes of both. The
 * old code comes from the repository's history.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { startBotProcess, startOptions } from "../../src/playground/bot-process.ts";
import { freePort } from "../../src/playground/free-port.ts";
import { demoChannel as channel, demoPeople as people, startPlayground } from "../../src/playground/playground.ts";
import { migrations } from "../../src/storage/migrations/migrations.ts";
import { identity } from "../e2e/support/identity.ts";
import { engines } from "../storage/engines.ts";
import { createPostgresSchema } from "../storage/postgres-schemas.ts";
import { noRelease, unpackRelease } from "./release.ts";

const root = join(import.meta.dirname, "../..");
const noPostgres = engines.find(({ engine }) => engine === "postgres")?.skip ?? false;
const skip = noPostgres || noRelease;

/** A playground, a ledger that the test can query, and both versions of the bot on ports of their own. */
async function openUpgrade(t: TestContext) {
  const { url, drop } = await createPostgresSchema();
  const playground = await startPlayground({ identity, environment: { DATABASE_URL: url.href } });
  const { slack, weChatPay, environment } = playground;
  const ledger = new pg.Client({ connectionString: url.href });
  await ledger.connect();
  const oldMain = join(unpackRelease(t), "src/main.ts");
  const ports = { old: environment["PORT"] ?? "", new: String(await freePort()) };
  const running: ReturnType<typeof startBotProcess>[] = [];
  t.after(async () => {
    await Promise.all(running.map((bot) => bot.end("SIGKILL")));
    await ledger.end();
    await playground.close();
    await drop();
  });

  const start = (version: keyof typeof ports) => {
    const command = version === "old" ? [oldMain] : undefined;
    const bot = startBotProcess({ ...environment, PORT: ports[version] }, command);
    running.push(bot);
    return bot;
  };

  return {
    slack,
    weChatPay,
    environment,
    start,
    /** From now on Slack's payloads reach this one. */
    route: (version: keyof typeof ports) => slack.deliverTo(`http://127.0.0.1:${ports[version]}/slack/events`),
    type: (who: keyof typeof people, words: string) =>
      slack.type({ user: people[who], channel, text: `/receipt ${words}` }),
    messageOf: (number: string) =>
      slack.until(() => slack.messages(channel).find(({ blocks }) => JSON.stringify(blocks).includes(number))),
    approve: (ts: string) => slack.click({ user: people.bob, channel, ts, actionId: "approve" }),
    callsFor: (number: string) => weChatPay.calls.filter(({ subMchid }) => subMchid === number).length,
    async until(condition: () => Promise<boolean>): Promise<void> {
      while (!(await condition())) {
        t.signal.throwIfAborted();
        await delay(20);
      }
    },
    /** The rows of a query as arrays. */
    async rows(query: string, ...values: string[]): Promise<unknown[][]> {
      return (await ledger.query({ text: query, values, rowMode: "array" })).rows;
    },
  };
}

const statesOf = `select requests.state, operations.state from requests
  join operations on operations.request_id = requests.id where sub_mchid = $1`;

test("while 0.1.0 runs beside this version it refuses to write, does no harm, and loses nothing", {
  skip,
}, async (t) => {
  const upgrade = await openUpgrade(t);
  const { start, route, type, messageOf, approve, callsFor, rows } = upgrade;
  const [done, pending, refused, called] = ["1900000109", "1900000110", "1900000111", "1900000112"];
  const counts = () =>
    rows(`select (select count(*) from requests), (select count(*) from events), (select count(*) from keyv)`);

  const old = start("old");
  await old.until('"listening"');
  for (const words of ["grant @ann requester", "grant @bob approver"]) await type("carol", words);
  await type("ann", `open ${done}`);
  await approve((await messageOf(done)).ts);
  await upgrade.until(async () => (await rows(statesOf, done))[0]?.[1] === "succeeded");
  await type("ann", `open ${pending}`);
  const message = await messageOf(pending);
  const migrated = Promise.withResolvers<void>();
  upgrade.weChatPay.behave(called, (_, attempt) => (attempt === 1 ? { hold: migrated.promise } : undefined));
  await type("ann", `open ${called}`);
  await approve((await messageOf(called)).ts);
  await upgrade.until(async () => callsFor(called) === 1);

  const next = start("new");
  await next.until('"listening"');
  const applied = await rows("select name from kysely_migration order by name");
  assert.deepEqual(
    applied,
    Object.keys(migrations("postgres")).map((name) => [name]),
  );
  migrated.resolve();
  await old.until("this ledger is written by version");
  const before = await counts();

  await t.test("0.1.0 records no request, no approval and no role any more, and people learn that", async () => {
    for (const [who, words] of [
      ["ann", `open ${refused}`],
      ["carol", "grant @dan approver"],
    ] as const) {
      const { acknowledged, ephemeral } = await type(who, words);
      assert.ok(acknowledged && ephemeral, words);
      assert.match(ephemeral.text ?? "", /^Something went wrong in the bot/, words);
    }
    await approve(message.ts);
    assert.deepEqual(await rows(statesOf, pending), [["pending", "waiting"]]);
    assert.deepEqual(await counts(), before);
    assert.deepEqual([callsFor(pending), callsFor(refused)], [0, 0]);
  });

  await t.test("this version works on what 0.1.0 wrote, and 0.1.0 does not call for it a second time", async () => {
    route("new");
    await approve(message.ts);
    await upgrade.until(async () => (await rows(statesOf, pending))[0]?.[1] === "succeeded");
    assert.equal(callsFor(pending), 1);
    assert.deepEqual(await rows(statesOf, done), [["done", "succeeded"]]);
  });

  await t.test("0.1.0 stops cleanly, and does not start again on the new schema", async () => {
    assert.equal(await old.end(), 0);
    const again = start("old");
    assert.equal(await again.ended, 1);
    await type("ann", `open ${refused}`);
    await messageOf(refused);
  });

  await t.test("calls that 0.1.0 was making at that moment are taken over and repeated", async () => {
    await upgrade.until(async () => (await rows(statesOf, called))[0]?.[1] === "succeeded");
    assert.equal(callsFor(called), 2);
  });

  await t.test("the audit trail of both is intact", () => {
    const { DATABASE_URL = "" } = upgrade.environment;
    const command = [...startOptions, join(root, "src/cli/audit.ts")];
    const audit = spawnSync(process.execPath, command, { env: { DATABASE_URL }, encoding: "utf8" });
    assert.equal(audit.status, 0, audit.stdout + audit.stderr);
  });
});
