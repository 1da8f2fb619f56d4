/** Starting and stopping as an operator sees it: real processes and their output. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { botEnvironment, botOptions, startBotProcess, startOptions } from "../src/playground/bot-process.ts";
import { freePort } from "../src/playground/free-port.ts";
import {
  demoChannel as channel,
  type Playground,
  demoPeople as people,
  startPlayground,
} from "../src/playground/playground.ts";
import type { LocalSlackOptions } from "../src/playground/slack/options.ts";
import { demoApp } from "../src/playground/slack/workspace.ts";
import { en } from "../src/text/en/catalogue.ts";
import { identity } from "./e2e/support/identity.ts";

/** The output to standard error when the bot cannot start. It must exit with 1 and print no stack. */
async function lastWords(environment: Record<string, string>): Promise<string> {
  const bot = startBotProcess(environment);
  assert.equal(await bot.ended, 1);
  const words = bot.errors.join("\n");
  assert.doesNotMatch(words, /^\s+at /m);
  return words;
}

describe("one message explains why the bot cannot start", { concurrency: 2 }, () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ identity });
  });
  after(() => playground.close());

  test("without any settings: every missing one by name, and the demo", async () => {
    const words = await lastWords({});
    for (const variable of [
      "SLACK_BOT_TOKEN",
      "SLACK_APP_TOKEN",
      "SLACK_SIGNING_SECRET",
      "WECHATPAY_MCHID",
      "WECHATPAY_SERIAL_NO",
      "WECHATPAY_PRIVATE_KEY",
      "WECHATPAY_PUBLIC_KEY_ID",
      "WECHATPAY_PUBLIC_KEY",
    ])
      assert.match(words, new RegExp(`\\b${variable}\\b`));
    assert.match(words, /npm run demo/);
  });

  test("a wrong key and a wrong address, without the password", async () => {
    const wrong = { WECHATPAY_PRIVATE_KEY: "/etc/apiclient_key.pem", DATABASE_URL: "postgres://bot:hunter22#x@db/r" };
    const words = await lastWords({ ...playground.environment, ...wrong });
    assert.match(words, /^ {2}WECHATPAY_PRIVATE_KEY contains a file name/m);
    assert.match(words, /^ {2}DATABASE_URL has a spe/m);
    assert.doesNotMatch(words, /hunter22/);
  });

  test("a misspelt setting: the name that is missing and the name that was given", async () => {
    const { WECHATPAY_MCHID = "", ...others } = playground.environment;
    const words = await lastWords({ ...others, WECHATPAY_MCH_ID: WECHATPAY_MCHID });
    assert.match(words, /^ {2}WECHATPAY_MCHID must be the service provider's/m);
    assert.match(words, /^ {2}WECHATPAY_MCH_ID is not a setting .* Did you mean WECHATPAY_MCHID\?$/m);
  });

  test("a port that is already in use", async () => {
    const other = createServer().listen(Number(playground.environment["PORT"]));
    const words = await lastWords(playground.environment);
    other.close();
    assert.equal(words, en.start.portTaken("PORT", Number(playground.environment["PORT"])));
  });

  test("the operators' port that is taken", async () => {
    const port = await freePort();
    const other = createServer().listen(port, "127.0.0.1");
    const words = await lastWords({ ...playground.environment, OPS_PORT: String(port) });
    other.close();
    assert.equal(words, en.start.portTaken("OPS_PORT", port));
  });

  test("one port for Slack and for the operators", async () => {
    const port = Number(playground.environment["PORT"]);
    const words = await lastWords({ ...playground.environment, OPS_PORT: String(port) });
    assert.ok(words.includes(en.start.problem({ kind: "equal-ports", port })), words);
  });

  test("the operators' port that is taken and is PORT, which Socket Mode does not use", async () => {
    const port = await freePort();
    const other = createServer().listen(port, "127.0.0.1");
    const [PORT, OPS_PORT, SLACK_APP_TOKEN] = [String(port), String(port), "xapp-1"];
    const words = await lastWords({ ...playground.environment, PORT, OPS_PORT, SLACK_APP_TOKEN });
    other.close();
    assert.equal(words, en.start.portTaken("OPS_PORT", port));
  });

  test("an address to listen on that is none of this machine's", async () => {
    const port = String(await freePort());
    const words = await lastWords({ ...playground.environment, OPS_PORT: port, OPS_HOST: "192.0.2.1" });
    assert.match(words, /^The bot cannot listen on the address or port in OPS_HOST, OPS_PORT \(.*EADDRNOTAVAIL/);
  });

  test("a bot token that Slack refuses", async () => {
    const words = await lastWords({ ...playground.environment, SLACK_BOT_TOKEN: "xoxb-wrong" });
    assert.equal(words, en.start.slackRefuses("invalid_auth"));
  });

  test("an app-level token that Slack refuses", async () => {
    const words = await lastWords({ ...playground.environment, SLACK_APP_TOKEN: "xapp-wrong" });
    assert.equal(words, en.start.slackRefusesAppToken("invalid_auth"));
  });
});

test("a proxy without a scheme is accepted, and the log warns of unknown names and of a missing admin", async () => {
  const playground = await startPlayground({ identity });
  const { RECEIPT_ADMINS: _, ...environment } = playground.environment;
  const bot = startBotProcess({ ...environment, HTTPS_PROXY: "proxy.internal:3128", RECIEPT_ADMINS: "U0CAROL001" });
  await bot.until('"listening"');
  const warnings = bot.lines.map((line) => JSON.parse(line)).filter(({ level }) => level === 40);
  const unknown = { kind: "unknown-name", name: "RECIEPT_ADMINS", nearest: "RECEIPT_ADMINS" } as const;
  const said = warnings.map(({ msg }) => msg);
  for (const words of [en.start.warning(unknown), en.start.noAdmin]) assert.ok(said.includes(words), words);
  assert.equal(await bot.end(), 0);
  await playground.close();
});

const tokens: [what: string, slack: LocalSlackOptions, mode: "http" | "socket", said: string][] = [
  ["an organization-wide token", { app: { isOrganizationWide: true } }, "http", en.start.organizationWide],
  [
    "an app-level token without connections:write",
    { app: { appScopes: ["authorizations:read"] } },
    "socket",
    en.start.slackRefusesAppToken("missing_scope"),
  ],
];
for (const [what, slack, mode, said] of tokens)
  test(`${what} ends the start with a sentence`, async (t) => {
    const playground = await startPlayground({ identity, slack, mode });
    t.after(() => playground.close());
    assert.equal(await lastWords(playground.environment), said);
  });

test("a token that Slack revoked ends the start with advice", async (t) => {
  const playground = await startPlayground({ identity });
  t.after(() => playground.close());
  playground.slack.fail("auth.test", { error: "token_revoked" });
  assert.equal(await lastWords(playground.environment), en.start.slackRefuses("token_revoked"));
});

test("a ledger that belongs to another deployment is refused, and both are named", async (t) => {
  const [first, second] = [
    await startPlayground({ identity }),
    await startPlayground({ identity, slack: { app: { appId: "A0OTHER001" } } }),
  ];
  t.after(() => Promise.all([first.close(), second.close()]));
  const bot = startBotProcess(first.environment);
  await bot.until('"listening"');
  await first.slack.type({ user: people.carol, channel, text: "/receipt grant @ann requester" });
  await bot.end();
  const { DATABASE_URL = "", WECHATPAY_MCHID = "" } = first.environment;
  const { teamId } = first.slack.state.workspace;
  const ours = en.start.owner(teamId, first.slack.app.appId, WECHATPAY_MCHID);
  assert.equal(
    await lastWords({ ...second.environment, DATABASE_URL }),
    en.start.ownedByAnother(ours, en.start.owner(teamId, "A0OTHER001", WECHATPAY_MCHID)),
  );
  assert.equal(
    await lastWords({ ...first.environment, WECHATPAY_MCHID: "1900000999" }),
    en.start.ownedByAnother(ours, en.start.owner(undefined, undefined, "1900000999")),
  );
  const again = startBotProcess(first.environment);
  await again.until('"listening"');
  assert.equal(await again.end(), 0);
});

test("two deployments of one app over Socket Mode: the second one warns", async (t) => {
  const playground = await startPlayground({ identity, mode: "socket" });
  t.after(() => playground.close());
  const { environment } = playground;
  const first = startBotProcess(environment);
  await first.until('"listening"');
  const second = startBotProcess(environment);
  await second.until('"listening"');
  const stranger = startBotProcess({ ...environment, DATABASE_URL: `${environment["DATABASE_URL"]}.other` });
  await stranger.until("more Socket Mode connections than this ledger has instances");
  await Promise.all([first.end(), second.end(), stranger.end()]);
  assert.doesNotMatch([...first.lines, ...second.lines].join("\n"), /more Socket Mode connections/);
});

test("missing scopes are logged at start, and the bot is not ready without an essential one", async (t) => {
  const scopes = demoApp.scopes.filter((scope) => scope !== "users:read" && scope !== "files:write");
  const playground = await startPlayground({ identity, slack: { app: { scopes } } });
  t.after(() => playground.close());
  const port = await freePort();
  const bot = startBotProcess({ ...playground.environment, OPS_PORT: String(port) });
  await bot.until('"listening"');
  assert.match(await bot.until("lacks the scopes"), /files:write|users:read/);
  const typed = await playground.slack.type({ user: people.carol, channel, text: "/receipt help" });
  assert.equal(typed.ephemeral?.text, en.answer.slackRefusesBot("missing_scope"));
  const ready = await fetch(`http://127.0.0.1:${port}/readyz`);
  assert.equal(ready.status, 503);
  assert.match(await ready.text(), /lacks the scope users:read/);
  assert.equal(await bot.end(), 0);
});

test("a token that is revoked while the bot runs is reported in the log and by /readyz, and people learn who has to act", async (t) => {
  const playground = await startPlayground({ identity });
  t.after(() => playground.close());
  const port = await freePort();
  const bot = startBotProcess({ ...playground.environment, OPS_PORT: String(port) });
  await bot.until('"listening"');
  const readyz = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    return `${answer.status} ${await answer.text()}`;
  };
  assert.equal(await readyz(), "200 ready\n");
  playground.slack.fail("*", { error: "token_revoked" });
  const typed = await playground.slack.type({ user: people.carol, channel, text: "/receipt help" });
  assert.equal(typed.ephemeral?.text, en.answer.slackRefusesBot("token_revoked"));
  await bot.until("Slack refuses the bot's token: token_revoked");
  assert.equal(await readyz(), "503 Slack refuses the bot's token: token_revoked\n");
  playground.slack.restore();
  await playground.slack.type({ user: people.carol, channel, text: "/receipt help" });
  assert.equal(await readyz(), "200 ready\n");
  assert.equal(await bot.end(), 0);
});

test("the bot starts during a Slack outage", async () => {
  const playground = await startPlayground({ identity });
  playground.slack.fail("*", { status: 500 });
  const bot = startBotProcess(playground.environment);
  await bot.until('"listening"');
  playground.slack.restore();
  const result = await playground.slack.type({ user: people.carol, channel, text: "/receipt grant @ann requester" });
  assert.match(result.ephemeral?.text ?? "", /now has the role \*requester\*/);
  assert.equal(await bot.end(), 0);
  await playground.close();
});

test("SIGTERM lets a running call finish, and its outcome is recorded", async () => {
  const playground = await startPlayground({ identity });
  const { slack, weChatPay } = playground;
  const bot = startBotProcess(playground.environment);
  await bot.until('"listening"');
  for (const line of ["grant @ann requester", "grant @bob approver"])
    await slack.type({ user: people.carol, channel, text: `/receipt ${line}` });
  await slack.type({ user: people.ann, channel, text: "/receipt open 1900000109" });
  const { ts } = await slack.until(() => slack.messages(channel)[0]);
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  weChatPay.behave("1900000109", () => ({ hold }));
  await slack.click({ user: people.bob, channel, ts, actionId: "approve" });
  await bot.until("calling WeChat Pay");
  const ended = bot.end("SIGTERM");
  await bot.until('"stopping"');
  release();
  assert.equal(await ended, 0);
  assert.match(bot.lines.join("\n"), /"kind":"accepted"/);
  assert.match(bot.lines.join("\n"), /"stopped"/);
  await playground.close();
});

const root = new URL("../", import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const envFile = "--env-file-if-exists=.env";

test("tests start the bot as `npm start` does, but without a settings file", () => {
  const options = botOptions.map((option) => option.replace(root.href, "./"));
  const environment = Object.entries(botEnvironment).map((pair) => pair.join("="));
  const command = ["exec env", ...environment, "node", envFile, ...options, "src/main.ts"].join(" ");
  assert.equal(scripts.start, `node src/node-version.js && ${command}`);
});

test("an unreadable .env is reported before the settings that it should hold", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "receipt-settings-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, ".env"), Buffer.from("\uFEFFLOCALE=en\n", "utf16le"));
  const options = [envFile, ...botOptions, fileURLToPath(new URL("src/main.ts", root))];
  const env = { PATH: process.env["PATH"] };
  const { status, stderr } = spawnSync(process.execPath, options, { cwd: folder, env, encoding: "utf8" });
  assert.equal(status, 1);
  const words = en.start.problem({ kind: "env-file", path: ".env", why: "UTF-16" });
  assert.equal(
    stderr,
    [en.start.wrongSettings(1), "", en.start.first, `  ${words}`, "", en.start.afterwards, ""].join("\n"),
  );
});

test("a byte order mark in .env is the only problem reported if the rest is valid", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "receipt-settings-"));
  t.after(() => rm(folder, { recursive: true }));
  const playground = await startPlayground({ identity });
  t.after(() => playground.close());
  const { SLACK_BOT_TOKEN, ...environment } = playground.environment;
  await writeFile(join(folder, ".env"), `\uFEFFSLACK_BOT_TOKEN=${SLACK_BOT_TOKEN}\r\nLOCALE=en\r\n`);
  const options = [envFile, ...botOptions, fileURLToPath(new URL("src/main.ts", root))];
  const env = { ...environment, PATH: process.env["PATH"] };
  const { status, stderr } = spawnSync(process.execPath, options, { cwd: folder, env, encoding: "utf8" });
  assert.equal(status, 1);
  const words = en.start.problem({ kind: "byte-order-mark", variable: "SLACK_BOT_TOKEN" });
  assert.equal(
    stderr,
    [en.start.wrongSettings(1), "", en.start.first, `  ${words}`, "", en.start.afterwards, ""].join("\n"),
  );
});

test("a .env that is a folder is named by every entry that reads it", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "receipt-settings-"));
  t.after(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, ".env"));
  const check = fileURLToPath(new URL("src/node-version.js", root));
  for (const [args, code] of [
    [[], 1],
    [["audit"], 2],
    [["demo"], 0],
  ] as const) {
    const { status, stderr } = spawnSync(process.execPath, [check, ...args], { cwd: folder, encoding: "utf8" });
    assert.equal(status, code, args.join(" "));
    assert.match(stderr, code === 0 ? /^$/ : /^The file \.env cannot be read, because it is a folder\. .*\n$/);
  }
  for (const entry of ["start", "move", "backup", "restore", "ledger-key"])
    assert.match(scripts[entry], /^node src\/node-version\.js && exec (env .+ )?node --env-file-if-exists=\.env /);
  assert.match(scripts.audit, /^node src\/node-version\.js audit && /);
  assert.match(scripts.demo, /^node src\/node-version\.js demo && /);
});

test("a password that a # cuts short in .env is reported with the cause, and not shown", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "receipt-settings-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, ".env"), "DATABASE_URL=postgres://bot:hunter#22@db.internal/receipts\n");
  const audit = fileURLToPath(new URL("src/cli/audit.ts", root));
  const env = { PATH: process.env["PATH"] };
  const options = [envFile, ...startOptions, audit];
  const { status, stderr } = spawnSync(process.execPath, options, { cwd: folder, env, encoding: "utf8" });
  assert.equal(status, 2);
  assert.equal(stderr, `${en.start.problem({ kind: "cut", variable: "DATABASE_URL" })}\n`);
  assert.doesNotMatch(stderr, /hunter/);
});

test("the demo answers an option that it does not have with the ones that it has", () => {
  const demo = fileURLToPath(new URL("src/playground/demo.ts", root));
  for (const [args, code] of [
    [["--onec"], 2],
    [["once"], 2],
    [["--once=yes"], 2],
    [["--help"], 0],
  ] as const) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [demo, ...args], { encoding: "utf8" });
    assert.equal(status, code, args.join(" "));
    assert.match(stdout + stderr, /^npm run demo plays the scene .*--once +end after the scene/s);
  }
});

test("settings can come from a file, and the environment overrides it", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "receipt-settings-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, ".env"), "PORT=from-the-file\nLOCALE=from-the-file\n");
  const options = [envFile, ...botOptions, fileURLToPath(new URL("src/main.ts", root))];
  const env = { PATH: process.env["PATH"], LOCALE: "en" };
  const { status, stderr } = spawnSync(process.execPath, options, { cwd: folder, env, encoding: "utf8" });
  assert.equal(status, 1);
  assert.match(stderr, /^ {2}PORT must be a port number/m);
  assert.doesNotMatch(stderr, /LOCALE/);
});
