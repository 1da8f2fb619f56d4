/** What monitoring and the log say of a bot that Slack does not answer, and of one that starts for the first time. */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { test } from "node:test";
import { startBotProcess } from "../../../src/playground/bot-process.ts";
import { freePort } from "../../../src/playground/free-port.ts";
import { startPlayground } from "../../../src/playground/playground.ts";
import { identity } from "../support/identity.ts";
import { commandFields, logLines, openStage, people, postPayload, type Stage } from "../support/stage.ts";

test("a bot that has not reached Slack yet reports that it is not ready, and becomes ready once Slack answers", async (t) => {
  const playground = await startPlayground({ identity });
  t.after(() => playground.close());
  const opsPort = await freePort();
  playground.slack.fail("*", { status: 500 });
  const bot = startBotProcess({ ...playground.environment, OPS_PORT: String(opsPort) });
  t.after(() => bot.end());
  await bot.until('"listening"');
  const readyz = async () => {
    const response = await fetch(`http://127.0.0.1:${opsPort}/readyz`);
    return { status: response.status, body: await response.text() };
  };
  assert.deepEqual(await readyz(), { status: 503, body: "Slack has not been reached since the start\n" });
  playground.slack.restore();
  await bot.until("Slack is available again");
  assert.deepEqual(await readyz(), { status: 200, body: "ready\n" });
  const told = bot.lines
    .map((line) => JSON.parse(line))
    .filter(({ level, msg }) => level >= 40 && /Slack is/.test(msg));
  assert.deepEqual(
    told.map(({ msg }) => msg),
    ["Slack is unavailable; the bot continues once it is available again", "Slack is available again"],
  );
  assert.doesNotMatch(bot.lines.join("\n"), /"stack"/);
});

test("the operators' listener is reached from this machine alone, unless OPS_HOST says otherwise", async (t) => {
  const playground = await startPlayground({ identity });
  t.after(() => playground.close());
  const opsPort = await freePort();
  const start = async (more: Record<string, string>) => {
    const bot = startBotProcess({ ...playground.environment, OPS_PORT: String(opsPort), ...more });
    t.after(() => bot.end());
    await bot.until('"listening"');
    return bot;
  };
  // Another address of the loopback network stands for another way in.
  const other = `http://127.0.0.2:${opsPort}/healthz`;
  const bot = await start({});
  await assert.rejects(fetch(other));
  await bot.end();
  await start({ OPS_HOST: "0.0.0.0" });
  assert.equal((await fetch(other)).status, 200);
});

test("a first start logs that the ledger is new, and what runs where; the file is its owner's alone", async (t) => {
  const playground = await startPlayground({ identity });
  t.after(() => playground.close());
  const { environment } = playground;
  const path = (environment["DATABASE_URL"] ?? "").slice("sqlite:".length);
  const started = async () => {
    const bot = startBotProcess(environment);
    await bot.until("Slack accepts");
    await bot.until('"listening"');
    for (const file of [path, `${path}-wal`]) assert.equal(statSync(file).mode & 0o777, 0o600, file);
    assert.equal(await bot.end(), 0);
    return bot.lines.map((line) => JSON.parse(line));
  };
  const first = await started();
  assert.equal(first.filter(({ msg }) => /a new, empty ledger was created/.test(msg)).length, 1);
  const starting = first.find(({ msg }) => msg === "starting");
  const { version, node, database, command, mode, instance, endpoints, ratePerSecond, admins, channels } = starting;
  assert.match(version, /^\d+\.\d+\.\d+/);
  assert.equal(node, process.versions.node);
  assert.deepEqual({ engine: database.engine, path: database.path }, { engine: "SQLite", path });
  assert.match(database.schema, /^\d{4}-/);
  assert.deepEqual([command, mode, ratePerSecond], ["/receipt", "http", 10]);
  assert.ok(instance.length > 10);
  assert.deepEqual(endpoints, [environment["WECHATPAY_ENDPOINTS"]]);
  assert.deepEqual([admins, channels], [[environment["RECEIPT_ADMINS"]], []]);
  const accepted = first.find(({ msg }) => msg === "Slack accepts the bot's token");
  assert.match(accepted.workspace, /^https?:/);
  assert.ok(accepted.bot.length > 0);
  const second = await started();
  assert.equal(second.filter(({ msg }) => /new, empty ledger/.test(msg)).length, 0);
});

test("tokens of two Slack apps are warned of once Slack greets the bot, and over HTTP with the first payload", async (t) => {
  const ofTwoApps = ({ logged }: Stage) => logLines(logged).filter(({ msg }) => msg.includes("another Slack app"));
  const socket = await openStage({
    mode: "socket",
    environment({ slack }) {
      Object.assign(slack.app, { appId: "A0OTHER001" });
      return {};
    },
  });
  t.after(() => socket.close());
  const [greeted] = ofTwoApps(socket);
  assert.partialDeepStrictEqual(greeted, { sendingApp: "A0RECEIPT1", appOfBotToken: "A0OTHER001" });

  const http = await openStage();
  t.after(() => http.close());
  assert.deepEqual(ofTwoApps(http), []);
  const typed = { ...commandFields(people.ann, http.newChannel(), "help"), api_app_id: "A0THIRD001" };
  for (const _ of [1, 2]) await postPayload(http, "slash_commands", typed);
  const [line, ...more] = ofTwoApps(http);
  assert.partialDeepStrictEqual(line, { sendingApp: "A0THIRD001", appOfBotToken: "A0RECEIPT1" });
  assert.deepEqual(more, []);
});
