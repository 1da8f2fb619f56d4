import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { firstFreePort, freePort } from "../../src/playground/free-port.ts";

const source = fileURLToPath(new URL("../../src/playground/free-port.ts", import.meta.url));

test("a port belongs to one process until that process ends, even while nothing listens on it", async () => {
  const count = 200;
  const script = `
    const { freePort } = await import(${JSON.stringify(source)});
    for (let given = 0; given < ${count}; given++) console.log(await freePort());
    process.stdin.resume();`;
  const others = [1, 2].map(() => spawn(process.execPath, ["--input-type=module", "-e", script]));
  try {
    const theirs = others.map(async (other) => {
      const ports: string[] = [];
      for await (const line of createInterface({ input: other.stdout })) if (ports.push(line) === count) break;
      return ports;
    });
    const ours: string[] = [];
    while (ours.length < count) ours.push(String(await freePort()));
    const all = [ours, ...(await Promise.all(theirs))].flat();
    // Without claims, some 18 of 600 ports drawn from 10,000 would collide.
    assert.equal(all.length, 3 * count);
    assert.equal(new Set(all).size, all.length);
  } finally {
    for (const other of others) {
      other.kill();
      await once(other, "exit");
    }
  }
});

test("a free port can be listened on, on every address", async () => {
  const server = createServer().listen(await freePort());
  await once(server, "listening");
  server.close();
});

test("a page never gets a port that browsers refuse", async () => {
  assert.ok((await firstFreePort(6665)) > 6669);
});
