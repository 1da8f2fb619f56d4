/** The bot's end as supervisors bring it about: one signal, to npm alone too, a signal twice, a third one. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { endWithParent } from "../../../src/playground/attached-process.ts";
import { type BotProcess, startBotProcess } from "../../../src/playground/bot-process.ts";
import { freePort } from "../../../src/playground/free-port.ts";
import { demoChannel as channel, demoPeople as people, startPlayground } from "../../../src/playground/playground.ts";
import { eventually } from "../../eventually.ts";
import { isListening } from "../../is-listening.ts";
import { identity } from "../support/identity.ts";

/** A bot in the middle of a call to WeChat Pay, which does not answer before `release`. */
async function inACall(
  start: (environment: Record<string, string>) => BotProcess,
  environment: Record<string, string> = {},
) {
  const playground = await startPlayground({ identity, environment });
  const { slack, weChatPay } = playground;
  const bot = start(playground.environment);
  await bot.until('"listening"');
  for (const line of ["grant @ann requester", "grant @bob approver"])
    await slack.type({ user: people.carol, channel, text: `/receipt ${line}` });
  await slack.type({ user: people.ann, channel, text: "/receipt open 1900000109" });
  const { ts } = await slack.until(() => slack.messages(channel)[0]);
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  weChatPay.behave("1900000109", () => ({ hold }));
  await slack.click({ user: people.bob, channel, ts, actionId: "approve" });
  await bot.until("calling WeChat Pay");
  return { playground, bot, release };
}

test("a second SIGTERM leaves the first one's work alone: the call ends and its result is recorded", async (t) => {
  const { playground, bot, release } = await inACall(startBotProcess);
  t.after(() => playground.close());
  void bot.end("SIGTERM");
  await bot.until('"stopping"');
  void bot.end("SIGTERM");
  await bot.until("already stopping");
  release();
  assert.equal(await bot.ended, 0);
  assert.match(bot.lines.join("\n"), /"kind":"accepted"/);
});

test("an instance is in the ledger's list until it no longer writes to the ledger", async (t) => {
  const { playground, bot, release } = await inACall(startBotProcess);
  t.after(() => playground.close());
  const path = (playground.environment["DATABASE_URL"] ?? "").replace(/^sqlite:/, "");
  const ledger = new DatabaseSync(path, { readOnly: true });
  t.after(() => ledger.close());
  const listed = () => ledger.prepare("select id from instances").all().length;
  void bot.end("SIGTERM");
  await bot.until('"stopping"');
  // It no longer listens, which is the first step.
  const port = Number(playground.environment["PORT"]);
  await eventually(async () => !(await isListening(port)));
  assert.equal(listed(), 1);
  release();
  assert.equal(await bot.ended, 0);
  assert.equal(listed(), 0);
});

test("a bot that is stopping is alive, and not ready", async (t) => {
  const opsPort = await freePort();
  const { playground, bot, release } = await inACall(startBotProcess, { OPS_PORT: String(opsPort) });
  t.after(() => playground.close());
  const page = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${opsPort}${path}`);
    return { status: response.status, body: await response.text() };
  };
  assert.deepEqual(await page("/readyz"), { status: 200, body: "ready\n" });
  void bot.end("SIGTERM");
  await bot.until('"stopping"');
  assert.deepEqual(await page("/readyz"), { status: 503, body: "the bot is stopping\n" });
  assert.deepEqual(await page("/healthz"), { status: 200, body: "ok\n" });
  release();
  assert.equal(await bot.ended, 0);
});

test("a third SIGTERM ends the bot at once", async (t) => {
  const { playground, bot, release } = await inACall(startBotProcess);
  t.after(() => playground.close());
  void bot.end("SIGTERM");
  await bot.until('"stopping"');
  void bot.end("SIGTERM");
  await bot.until("already stopping");
  void bot.end("SIGTERM");
  assert.equal(await bot.ended, 1);
  assert.doesNotMatch(bot.lines.join("\n"), /"stopped"/);
  release();
});

test("SIGTERM does not wait for Slack to take an answer to one person: the bot's work ends before", async (t) => {
  const playground = await startPlayground({ identity });
  t.after(() => playground.close());
  const { slack } = playground;
  const bot = startBotProcess(playground.environment);
  await bot.until('"listening"');
  await slack.type({ user: people.carol, channel, text: "/receipt grant @ann requester" });
  await slack.type({ user: people.ann, channel, text: "/receipt open 1900000109" });
  const { ts } = await slack.until(() => slack.messages(channel)[0]);
  slack.fail("response_url", { hang: true });
  await slack.click({ user: people.ann, channel, ts, actionId: "approve" });
  await slack.until(() => slack.log.find(({ method }) => method === "response_url"));
  assert.equal(await bot.end("SIGTERM"), 0);
  const stopping = bot.lines.slice(bot.lines.findIndex((line) => line.includes('"stopping"'))).join("\n");
  assert.match(stopping, /the audit trail's newest hash/);
  assert.doesNotMatch(stopping, /"tries":3/, "the last try to answer");
});

test("SIGTERM to npm alone ends the bot within 10 s, with its work done", async (t) => {
  const playground = await startPlayground({ identity });
  t.after(() => playground.close());
  const npm = spawn("npm", ["start"], {
    cwd: fileURLToPath(new URL("../../../", import.meta.url)),
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: process.env["HOME"] ?? "",
      // If this process is killed, npm and the bot end with it.
      NODE_OPTIONS: `--import=${endWithParent}`,
      ...playground.environment,
    },
    stdio: ["pipe", "pipe", "inherit"],
    detached: true,
  });
  t.after(() => endGroup(npm.pid));
  const lines: string[] = [];
  const said = (words: string) =>
    new Promise<void>((resolve) => {
      createInterface({ input: npm.stdout }).on("line", (line) => {
        lines.push(line);
        if (line.includes(words)) resolve();
      });
    });
  await said('"listening"');
  // The bot holds its end of the pipe as long as it lives, also where npm has gone before.
  const botEnded = once(npm.stdout, "close");
  npm.kill("SIGTERM");
  const isInTime = await Promise.race([
    botEnded.then(() => true),
    new Promise<false>((resolve) => setTimeout(resolve, 10_000, false)),
  ]);
  assert.ok(isInTime, "the bot still runs");
  assert.match(lines.join("\n"), /"stopped"/);
});

/** Ends what is left of a process group, also where its leader has gone. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
