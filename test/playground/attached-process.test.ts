/** Processes that the playground, the benchmarks and the campaigns start never outlive their parent. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { freePort } from "../../src/playground/free-port.ts";
import { type Playground, startPlayground } from "../../src/playground/playground.ts";
import { identity } from "../e2e/support/identity.ts";
import { eventually } from "../eventually.ts";
import { isListening } from "../is-listening.ts";

const bot = new URL("../../src/playground/bot-process.ts", import.meta.url).href;
const server = new URL("../bench/server-process.ts", import.meta.url).href;
const goneWithinMs = 10_000;

/** Scripts that start a process, print its port once it listens, and keep running. */
const parents = {
  "a bot of the playground": `
    import { startBotProcess } from ${JSON.stringify(bot)};
    const environment = JSON.parse(process.env.SETTINGS);
    await startBotProcess(environment).until('"listening"');
    console.log(environment.PORT);
  `,
  "a server of the benchmarks": `
    import { bareBoltScript, startServer } from ${JSON.stringify(server)};
    const { port } = await startServer(bareBoltScript, { SLACK_SIGNING_SECRET: "secret" });
    console.log(port);
  `,
};

describe("a started process ends with its parent", () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ identity });
  });
  after(() => playground.close());

  for (const [name, script] of Object.entries(parents)) {
    const ends: [how: string, then: string, signal: NodeJS.Signals | undefined][] = [
      ["is killed with SIGKILL", "", "SIGKILL"],
      ["is ended with SIGTERM", "", "SIGTERM"],
      [
        "fails half-way",
        "await new Promise((resolve) => process.stdin.once('data', resolve)); throw new Error();",
        undefined,
      ],
    ];
    for (const [how, then, signal] of ends)
      test(`${name} ends when its parent ${how}`, async () => {
        const settings = JSON.stringify({ ...playground.environment, PORT: String(await freePort()) });
        const parent = spawn(process.execPath, ["--input-type=module", "-e", script + then], {
          env: { ...process.env, SETTINGS: settings },
          stdio: ["pipe", "pipe", "ignore"],
        });
        const ended = once(parent, "exit");
        const [line] = (await Promise.race([once(parent.stdout, "data"), ended])) as [Buffer | number];
        const port = Number(String(line));
        assert.ok(await isListening(port), `nothing listens; the parent printed ${line}`);
        if (signal === undefined) parent.stdin.write("now\n");
        else parent.kill(signal);
        await ended;
        await eventually(async () => !(await isListening(port)), { timeoutMs: goneWithinMs });
      });
  }
});
