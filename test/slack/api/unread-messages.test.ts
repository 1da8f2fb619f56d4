/** Messages over Socket Mode that Slack's client cannot read are acknowledged, and the connection stays. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { pino } from "pino";
import { WebSocketServer } from "ws";
import { silentMetrics } from "../../../src/domain/telemetry/metrics.ts";
import { startPlayground } from "../../../src/playground/playground.ts";
import { readSettings } from "../../../src/settings.ts";
import { connect } from "../../../src/slack/api/connection.ts";
import { systemClock } from "../../../src/system-clock.ts";
import { identity } from "../../e2e/support/identity.ts";
import { eventually } from "../../eventually.ts";

/** Sends messages to a bot as they are; resolves to what it acknowledged and logged. */
async function afterMessages(messages: readonly string[], last: string) {
  const playground = await startPlayground({ identity, mode: "socket" });
  const acknowledged: string[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const slack = createServer((request, response) => {
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ok: true, url: `ws://127.0.0.1:${(slack.address() as AddressInfo).port}/` }));
  }).listen(0, "127.0.0.1");
  slack.on("upgrade", (request, stream, head) =>
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on("message", (raw) => acknowledged.push(JSON.parse(String(raw)).envelope_id));
      for (const message of [JSON.stringify({ type: "hello", num_connections: 1 }), ...messages]) socket.send(message);
    }),
  );
  await once(slack, "listening");
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: "warn" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const read = readSettings({
    ...playground.environment,
    SLACK_API_URL: `http://127.0.0.1:${(slack.address() as AddressInfo).port}/api/`,
  });
  assert.ok(read.ok);
  const connection = connect(read.settings, log, { clock: systemClock, hello: () => {}, metrics: silentMetrics });
  try {
    await connection.start();
    await eventually(() => acknowledged.includes(last));
    assert.deepEqual(connection.socketState(), { kind: "connected" });
    return { acknowledged, lines };
  } finally {
    await connection.stop();
    await connection.close();
    slack.close();
    await playground.close();
  }
}

test("a message that Slack's client cannot read is acknowledged and logged, and the connection stays", async () => {
  const limit = { type: "app_rate_limited", team_id: "T1", minute_rate_limited: 1_700_000_000, api_app_id: "A1" };
  const { acknowledged, lines } = await afterMessages(
    [
      JSON.stringify({ envelope_id: "limited", type: "events_api", payload: limit }),
      JSON.stringify({ envelope_id: "no event", type: "events_api", payload: null }),
      JSON.stringify({ envelope_id: "no click", type: "interactive", payload: null }),
      JSON.stringify({ envelope_id: "a word", type: "interactive", payload: "click" }),
      "null",
      "not JSON",
      JSON.stringify({ envelope_id: "last", type: "interactive", payload: { type: "block_actions" } }),
    ],
    "last",
  );
  assert.deepEqual(acknowledged.toSorted(), ["a word", "last", "limited", "no click", "no event"]);
  const unread = lines.filter(({ msg }) => msg === "a message from Slack could not be read");
  assert.deepEqual(
    unread.map(({ type, payloadType }) => [type, payloadType]),
    [
      ["events_api", "app_rate_limited"],
      ["events_api", undefined],
      [undefined, undefined],
    ],
  );
});
