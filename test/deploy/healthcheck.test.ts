/** The health check of the image, at each form of address that OPS_HOST can have. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { freePort } from "../../src/playground/free-port.ts";

const script = join(import.meta.dirname, "../../src/deploy/healthcheck.js");

/** A bot that is healthy at `address` alone; undefined if this machine does not have the address. */
async function healthyAt(t: TestContext, address: string): Promise<number | undefined> {
  const server = createServer((request, response) => response.writeHead(request.url === "/healthz" ? 200 : 404).end());
  server.listen(0, address);
  const isListening = await once(server, "listening").then(
    () => true,
    () => false,
  );
  if (!isListening) return undefined;
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** The exit status, and what it says of a failure. */
async function check(environment: Record<string, string>): Promise<[status: number, said: string]> {
  const run = spawn(process.execPath, [script], { env: environment, stdio: ["ignore", "ignore", "pipe"] });
  const [said, [status]] = await Promise.all([text(run.stderr), once(run, "exit")]);
  return [status, said];
}

for (const [opsHost, address] of [
  ["", "127.0.0.1"],
  ["0.0.0.0", "127.0.0.1"],
  ["127.0.0.1", "127.0.0.1"],
  ["localhost", "localhost"],
  ["::1", "::1"],
] as const)
  test(`with OPS_HOST=${opsHost}, a bot that listens at ${address} is healthy`, async (t) => {
    const port = await healthyAt(t, address);
    if (port === undefined) return t.skip(`this machine has no ${address}`);
    assert.deepEqual(await check({ OPS_HOST: opsHost, OPS_PORT: String(port) }), [0, ""]);
  });

test("with an IPv6 address at which nothing listens, the check says that it does not answer", async () => {
  const [status, said] = await check({ OPS_HOST: "::1", OPS_PORT: String(await freePort()) });
  assert.equal(status, 1);
  assert.match(said, /does not answer: (ECONNREFUSED|EADDRNOTAVAIL|EAFNOSUPPORT|ENETUNREACH)\n$/);
});

test("without OPS_PORT, the check says what is missing", async () => {
  for (const environment of [{}, { OPS_PORT: "" }] as const)
    assert.deepEqual(await check(environment), [1, "OPS_PORT is not set\n"]);
  assert.deepEqual(await check({ OPS_PORT: "99999" }), [1, "OPS_HOST and OPS_PORT are no address\n"]);
});
