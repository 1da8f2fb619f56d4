/** The benchmark's load against a server that answers at once. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Load, Loaded } from "./load/command-load.ts";
import { startSideProcess } from "./side-process.ts";

test("a saturated round ends early when a fast server answers all prepared commands", async () => {
  let received = 0;
  const server = createServer((request, response) => {
    received += 1;
    request.resume();
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await using load = startSideProcess<Load, Loaded>("./load/command-load.ts");
  try {
    const round = { kind: "saturated", port, connections: 4, seconds: 3_600, commands: 100, firstNumber: 0 } as const;
    const { acknowledged, perSecond } = await load.ask(round);
    assert.deepEqual({ acknowledged, received }, { acknowledged: 100, received: 100 });
    assert.ok(perSecond > 0);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});
