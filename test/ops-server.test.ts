/** What an operator's monitoring reads: life, readiness with the reason, and the metrics. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { sql } from "kysely";
import { startOpsServer } from "../src/ops-server.ts";
import { freePort } from "../src/playground/free-port.ts";
import { openStore } from "../src/storage/open.ts";
import type { Store } from "../src/storage/schema.ts";
import { systemClock } from "../src/system-clock.ts";
import { virtualClock } from "./ledger/builders.ts";
import { openConnection } from "./network/silent-connection.ts";
import { engines } from "./storage/engines.ts";

async function serve(t: TestContext, store: Store, deliveryProblem: () => string | undefined = () => undefined) {
  const port = await freePort();
  const metrics = async () => ({ contentType: "text/plain; version=0.0.4; charset=utf-8", body: "up 1\n" });
  const needs = { host: "127.0.0.1", port, store, clock: systemClock, deliveryProblem, metrics };
  const opsServer = await startOpsServer(needs);
  t.after(() => opsServer.close());
  return async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.text() };
  };
}

test("the operators' listener reports liveness and readiness, and serves the metrics whatever the state of the database", async (t) => {
  const store = await openStore({ engine: "sqlite", path: ":memory:" });
  const get = await serve(t, store);
  assert.deepEqual(await get("/healthz"), { status: 200, body: "ok\n" });
  assert.deepEqual(await get("/readyz"), { status: 200, body: "ready\n" });
  assert.deepEqual(await get("/metrics"), { status: 200, body: "up 1\n" });
  assert.equal((await get("/elsewhere")).status, 404);

  await store.close();
  assert.equal((await get("/healthz")).status, 200);
  assert.equal((await get("/readyz")).status, 503);
  assert.equal((await get("/metrics")).status, 200);
});

test("the bot is not ready without a connection to Slack, and shows why", async (t) => {
  const store = await openStore({ engine: "sqlite", path: ":memory:" });
  t.after(() => store.close());
  let problem: string | undefined = "Slack has not been reached since the start";
  const get = await serve(t, store, () => problem);
  assert.deepEqual(await get("/readyz"), { status: 503, body: `${problem}\n` });
  problem = undefined;
  assert.deepEqual(await get("/readyz"), { status: 200, body: "ready\n" });
});

test("closing ends connections that have sent no request, or half of one", { timeout: 20_000 }, async (t) => {
  const store = await openStore({ engine: "sqlite", path: ":memory:" });
  t.after(() => store.close());
  const port = await freePort();
  const metrics = async () => ({ contentType: "text/plain", body: "" });
  const clock = virtualClock();
  const ops = await startOpsServer({
    host: "127.0.0.1",
    port,
    store,
    clock,
    deliveryProblem: () => undefined,
    metrics,
  });
  const opened = ["", "GET /healthz HTTP/1.1\r\n"].map((sent) => openConnection(t, port, sent));
  const connections = await Promise.all(opened);
  await fetch(`http://127.0.0.1:${port}/healthz`);
  await ops.close();
  await Promise.all(connections.map(({ closed }) => closed));
});

for (const { name, engine, skip, open } of engines) {
  test(`the bot is not ready while the ledger can only be read (${name})`, { skip }, async (t) => {
    const store = await open();
    t.after(() => store.close());
    const get = await serve(t, store);
    const run = (statement: string) => sql.raw(statement).execute(store.db);
    if (engine === "sqlite") {
      // A file that may not grow, and whatever is written makes it grow: a full disk.
      await run(`create trigger grow after insert on paces begin
        insert into keyv (key, value) values ('big', hex(zeroblob(100000))); end`);
      await run("pragma max_page_count = 1");
    } else await run("set default_transaction_read_only = on");
    const { status, body } = await get("/readyz");
    assert.equal(status, 503);
    assert.match(body, /^the ledger cannot be written to: .*(read-only|full)/);
    if (engine === "sqlite") await run("pragma max_page_count = 1000000");
    // PostgreSQL's session was given up with the setting that made it useless.
    assert.deepEqual(await get("/readyz"), { status: 200, body: "ready\n" });
  });
}
