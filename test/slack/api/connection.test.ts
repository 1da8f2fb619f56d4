/** Answers at a response URL: one that Slack does not take in time is tried again. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { pino } from "pino";
import { silentMetrics } from "../../../src/domain/telemetry/metrics.ts";
import { startPlayground } from "../../../src/playground/playground.ts";
import { readSettings } from "../../../src/settings.ts";
import { connect } from "../../../src/slack/api/connection.ts";
import type { Handlers } from "../../../src/slack/dispatch.ts";
import { listen } from "../../../src/slack/listeners.ts";
import { actionIds } from "../../../src/slack/payloads/ids.ts";
import { systemClock } from "../../../src/system-clock.ts";
import { en } from "../../../src/text/en/catalogue.ts";
import { identity } from "../../e2e/support/identity.ts";

test("an answer that the response URL leaves without a reply ends in time, and is sent again", {
  timeout: 20_000,
}, async (t) => {
  const uses: ServerResponse[] = [];
  const slow = createServer((_, response) => {
    uses.push(response);
    if (uses.length > 1) response.end("ok");
  }).listen(0, "127.0.0.1");
  await once(slow, "listening");
  const playground = await startPlayground({ identity });
  const read = readSettings(playground.environment);
  assert.ok(read.ok);
  const log = pino({ level: "silent" });
  const connection = connect(read.settings, log, { clock: systemClock, hello: () => {}, metrics: silentMetrics });
  t.after(async () => {
    slow.closeAllConnections();
    slow.close();
    await connection.close();
    await playground.close();
  });
  const listener = listen(connection.app, { click: async () => ({ text: "Withdrawn." }) } as unknown as Handlers, {
    settings: read.settings,
    slack: () => assert.fail("Slack's Web API is not called"),
    languages: { known: () => en } as unknown as Parameters<typeof listen>[2]["languages"],
    clock: { ...systemClock, sleep: async () => {} },
    log,
  });
  await connection.app.processEvent({
    body: {
      type: "block_actions",
      user: { id: "UANN" },
      team: { id: "T1" },
      actions: [{ type: "button", action_id: actionIds.approve, block_id: "b", value: "r" }],
      response_url: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/actions`,
    },
    ack: async () => {},
  });
  await listener.settled();
  assert.equal(uses.length, 2);
});
