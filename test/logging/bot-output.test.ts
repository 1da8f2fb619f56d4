/** The bot while its log cannot be written: people, WeChat Pay and the ledger notice nothing. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { endWithParent } from "../../src/playground/attached-process.ts";
import { botEnvironment, botOptions } from "../../src/playground/bot-process.ts";
import { freePort } from "../../src/playground/free-port.ts";
import { demoChannel as channel, demoPeople as people, startPlayground } from "../../src/playground/playground.ts";
import { linesOf } from "../../src/playground/transcript.ts";
import { identity } from "../e2e/support/identity.ts";
import { mountSmallDisk } from "../e2e/support/small-disk.ts";
import { eventually } from "../eventually.ts";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const subMchid = "1900000109";

/** The bot as a process, ready for work. @param stdout a file descriptor, or a pipe that nobody reads yet */
async function botWritingTo(t: TestContext, stdout: number | "pipe", settings: Record<string, string> = {}) {
  const opsPort = await freePort();
  const playground = await startPlayground({ identity, environment: { OPS_PORT: String(opsPort), ...settings } });
  const { slack, weChatPay, environment } = playground;
  const child = spawn(process.execPath, ["--import", endWithParent, ...botOptions, main], {
    env: { PATH: process.env["PATH"] ?? "", ...botEnvironment, ...environment },
    stdio: ["pipe", stdout, "inherit"],
  });
  const ended = once(child, "exit").then(([code, signal]) => code ?? signal);
  t.after(async () => {
    child.kill("SIGKILL");
    await playground.close();
  });
  const get = (page: string) => fetch(`http://127.0.0.1:${opsPort}/${page}`, { signal: AbortSignal.timeout(5_000) });
  let isEnded = false;
  void ended.then(() => {
    isEnded = true;
  });
  const isReady = () =>
    get("readyz").then(
      ({ status }) => status === 200,
      () => false,
    );
  while (!(await isReady())) assert.ok(!isEnded, "the bot ended at its start");

  const type = (who: keyof typeof people, text: string) =>
    slack.type({ user: people[who], channel, text: `/receipt ${text}` });
  // The port for Slack opens last.
  while (!(await type("carol", "help")).acknowledged) assert.ok(!isEnded, "the bot ended at its start");
  for (const words of ["grant @ann requester", "grant @bob approver"]) await type("carol", words);
  const isShown = (words: string) => {
    const [message] = slack.messages(channel);
    return message !== undefined && linesOf(message, slack.state).join("\n").includes(words);
  };
  /** A request of @ann's, approved by @bob. */
  async function approved(): Promise<void> {
    await type("ann", `open ${subMchid}`);
    const { ts } = await eventually(() => slack.messages(channel)[0]);
    assert.ok((await slack.click({ user: people.bob, channel, ts, actionId: "approve" })).acknowledged);
  }
  return { child, ended, weChatPay, get, type, approved, isShown };
}

test("with a full device as standard output, the bot starts, works and stops in order", async (t) => {
  const bot = await botWritingTo(t, openSync("/dev/full", "w"));
  await bot.approved();
  await eventually(() => bot.isShown("opened"));
  bot.child.kill("SIGTERM");
  assert.equal(await bot.ended, 0);
});

const disk = await mountSmallDisk("1m");

test("a log's disk that fills up during a call loses neither the result nor, once it has room, the lines", {
  skip: disk.skip,
}, async (t) => {
  const file = join(disk.path, "bot.log");
  const bot = await botWritingTo(t, openSync(file, "a"));
  bot.weChatPay.delayMs = 1_000;
  await bot.approved();
  await eventually(() => bot.weChatPay.calls.some((call) => call.subMchid === subMchid));
  const empty = disk.fill(100_000, 4_096, 1);
  await eventually(() => bot.isShown("opened"));
  assert.equal(bot.weChatPay.calls.filter((call) => call.subMchid === subMchid).length, 1);
  empty();
  await eventually(() => readFileSync(file, "utf8").includes('"outcome":"succeeded"'));
  bot.child.kill("SIGTERM");
  assert.equal(await bot.ended, 0);
  // Before its end, the last line may be half written.
  const lines = readFileSync(file, "utf8");
  assert.match(lines, /"stopped"\}\n$/);
  for (const line of lines.trimEnd().split("\n")) JSON.parse(line);
});

test("while the log's reader stalls, people and probes get their answers; then it gets every line", async (t) => {
  const bot = await botWritingTo(t, "pipe", { LOG_LEVEL: "trace" });
  // More lines than the operating system and Node keep unread: some 900.
  for (let commands = 0; commands < 800; commands += 10) {
    const results = await Promise.all(Array.from({ length: 10 }, () => bot.type("carol", "help")));
    for (const { errorText } of results) assert.equal(errorText, undefined, `command ${commands}`);
  }
  assert.equal((await bot.get("healthz")).status, 200);
  await bot.approved();
  await eventually(() => bot.isShown("opened"));
  let text = "";
  bot.child.stdout?.setEncoding("utf8").on("data", (part) => {
    text += part;
  });
  await eventually(() => text.includes('"outcome":"succeeded"'));
  assert.ok(text.split("\n").length > 1_500, `${text.length} characters in too few lines`);
  assert.match(await (await bot.get("metrics")).text(), /^receipt_log_lines_lost_total 0$/m);
  bot.child.kill("SIGTERM");
  assert.equal(await bot.ended, 0);
});
