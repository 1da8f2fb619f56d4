import assert from "node:assert/strict";
import { test } from "node:test";
import { createLedger } from "../src/ledger/ledger.ts";
import { startOpsServer } from "../src/ops-server.ts";
import { freePort } from "../src/playground/free-port.ts";
import { openStore } from "../src/storage/open.ts";
import { systemClock, systemRandom } from "../src/system-clock.ts";

test("the operators' listener reports liveness, readiness and metrics, and a database outage", async () => {
  const store = await openStore({ engine: "sqlite", path: ":memory:" });
  const ledger = createLedger({
    store,
    clock: systemClock,
    random: systemRandom,
    mchid: "1900000100",
    instance: "test",
  });
  const port = await freePort();
  const opsServer = await startOpsServer({ port, store, clock: systemClock });
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.text() };
  };
  try {
    const asked = {
      action: "OPEN",
      subMchids: ["1900000109"],
      reason: undefined,
      requestedBy: "U1",
      channelId: "C1",
      origin: { from: "command", channelId: "C1" },
    } as const;
    await ledger.requests.submit({
      ...asked,
      sourceKey: "s",
      ttlMs: 1_000,
      remindAfterMs: 0,
      approvalRule: { needed: 1 },
    });
    assert.deepEqual(await get("/healthz"), { status: 200, body: "ok\n" });
    assert.deepEqual(await get("/readyz"), { status: 200, body: "ready\n" });
    const metrics = (await get("/metrics")).body;
    assert.match(metrics, /^receipt_operations_open\{state="waiting"\} 1$/m);
    assert.match(metrics, /^receipt_posts_waiting 1$/m);
    assert.equal((await get("/elsewhere")).status, 404);

    await store.close();
    assert.equal((await get("/healthz")).status, 200);
    assert.equal((await get("/readyz")).status, 503);
    assert.equal((await get("/metrics")).status, 503);
  } finally {
    await opsServer.close();
  }
});
