/** Socket Mode while Slack fails: it connects again, waits are short, and the log says why there is no connection. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { pino } from "pino";
import { silentMetrics } from "../../../src/domain/telemetry/metrics.ts";
import { demoChannel, demoPeople, startPlayground } from "../../../src/playground/playground.ts";
import { readSettings } from "../../../src/settings.ts";
import { connect } from "../../../src/slack/api/connection.ts";
import { refusalOf } from "../../../src/slack/api/web-api.ts";
import { systemClock } from "../../../src/system-clock.ts";
import { identity } from "../../e2e/support/identity.ts";
import { eventually } from "../../eventually.ts";

const unwatched = { clock: systemClock, hello: () => {}, metrics: silentMetrics };

/** A connection that has not started, to a Slack of its own. */
async function open() {
  const playground = await startPlayground({ identity, mode: "socket" });
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const read = readSettings(playground.environment);
  assert.ok(read.ok);
  const connection = connect(read.settings, log, unwatched);
  after(async () => {
    await connection.stop();
    await connection.close();
    await playground.close();
  });
  return { slack: playground.slack, connection, failures: () => lines.filter(({ nextMs }) => nextMs !== undefined) };
}

test("while Slack is unavailable the start waits, in steps that double, and each failure is logged with its reason", async () => {
  const { slack, connection, failures } = await open();
  slack.fail("apps.connections.open", { status: 503 }, 2);
  const started = connection.start();
  await eventually(() => failures()[0]);
  assert.partialDeepStrictEqual(connection.socketState(), { kind: "disconnected" });
  await started;
  assert.deepEqual(
    failures().map(({ level, nextMs }) => [level, nextMs]),
    [
      [40, 500],
      [40, 1_000],
    ],
  );
  for (const { why } of failures()) assert.match(String(why), /503/);
  assert.deepEqual(connection.socketState(), { kind: "connected" });
});

test("a proxy's page with status 200 is no refusal: the start waits for Slack", async () => {
  const { slack, connection, failures } = await open();
  slack.fail("apps.connections.open", { status: 200 }, 1);
  await connection.start();
  assert.equal(failures().length, 1);
  assert.match(String(failures()[0]?.["why"]), /not Slack's/);
});

test("no wait is longer than 30 s, even if Slack asks for more", async () => {
  const { slack, connection, failures } = await open();
  slack.fail("apps.connections.open", { rateLimited: 3_600 });
  void connection.start();
  await eventually(() => failures()[0]);
  assert.partialDeepStrictEqual(failures()[0], { nextMs: 30_000 });
});

test("after a broken connection it connects again at once", async () => {
  const { slack, connection, failures } = await open();
  await connection.start();
  const opened = () => slack.log.filter(({ method }) => method === "apps.connections.open").length;
  for (const end of [slack.dropSockets, () => slack.disconnectSockets("refresh_requested")]) {
    const before = opened();
    end();
    await eventually(() => opened() > before && slack.socketCount() === 1);
    await eventually(() => connection.socketState()?.kind === "connected");
  }
  assert.deepEqual(failures(), []);
});

test("a refusal ends the start; later it is an error in the log, and the bot reconnects once Slack accepts the token again", async () => {
  const refused = await open();
  refused.slack.fail("apps.connections.open", { error: "invalid_auth" });
  await assert.rejects(refused.connection.start(), (error) => refusalOf(error) === "invalid_auth");

  const { slack, connection, failures } = await open();
  await connection.start();
  slack.fail("apps.connections.open", { error: "account_inactive" });
  slack.dropSockets();
  const [failure] = await eventually(() => failures().length > 0 && failures());
  const why = "Slack refuses the app-level token: account_inactive";
  assert.partialDeepStrictEqual(failure, { level: 50, why });
  assert.partialDeepStrictEqual(connection.socketState(), { kind: "disconnected", why });
  slack.restore();
  await eventually(() => connection.socketState()?.kind === "connected");
});

test("stopping while it connects ends at once, and nothing connects afterwards", async () => {
  const { slack, connection } = await open();
  slack.fail("apps.connections.open", { hang: true });
  const started = connection.start();
  await eventually(() => slack.log.length > 0 || slack.socketCount() === 0);
  await connection.stop();
  await connection.close();
  await started;
  slack.restore();
  assert.equal(slack.socketCount(), 0);
});

test("stopping waits for the acknowledgement of what has arrived, and no longer than Slack does", async () => {
  for (const [ackMs, isInTime] of [
    [500, true],
    [60_000, false],
  ] as const) {
    const { slack, connection } = await open();
    let hasArrived = false;
    connection.app.command("/receipt", async ({ ack }) => {
      hasArrived = true;
      await delay(ackMs, undefined, { ref: false });
      await ack("heard");
    });
    await connection.start();
    const typed = slack.type({ user: demoPeople.ann, channel: demoChannel, text: "/receipt help" });
    await eventually(() => hasArrived);
    const began = performance.now();
    await connection.stop();
    assert.ok(performance.now() - began < 4_000);
    await eventually(() => slack.socketCount() === 0);
    assert.equal((await typed).acknowledged, isInTime);
  }
});
