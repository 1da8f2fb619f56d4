import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { LogLevel } from "@slack/web-api";
import { createLog, slackLogger } from "../src/log.ts";
import { SlackAway } from "../src/slack/api/workspace.ts";
import { StoreAway } from "../src/storage/store-errors.ts";
import { merchantKeyPem } from "./wechatpay/fixtures/fixtures.ts";

const botToken = "xoxb-1234567890-abcdefghijkl";
const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";
const databaseUrl = "postgres://receipts:pass%20word@db.internal/receipts";
const secrets = [botToken, signingSecret, merchantKeyPem, databaseUrl];
/** Base64 of a key, line by line. The last line may be short. */
const keyLines = merchantKeyPem.split("\n").filter((line) => line.length >= 8 && !line.startsWith("-----"));

const responseUrl = "https://hooks.slack.com/actions/T0DEMO0001/123456/Zk5rAnd0mHandle";
const triggerId = "13345224609.738474920.8088930838d88f008e0";
const handles = ["Zk5rAnd0mHandle", "8088930838d88f008e0"];

/** A payload as Slack sends it. */
const payload = {
  type: "block_actions",
  token: "Jhj5dZrVaK7ZwHHjRyZWjbDl",
  trigger_id: triggerId,
  response_url: responseUrl,
  user: { id: "U0ANN00001" },
  nested: { deeper: [{ response_url: responseUrl, ticket: "c3f1a2b4-ticket" }] },
};
const payloadSecrets = [...handles, "Jhj5dZrVaK7ZwHHjRyZWjbDl", "c3f1a2b4-ticket"];
/** Slack's own JSON has its slashes escaped. */
const asSlackWritesIt = JSON.stringify(payload).replaceAll("/", "\\/");

/** Answers of Slack's Web API and addresses of WeChat Pay that are as good as a password, for a while or for ever. */
const answers = {
  ok: true,
  url: "wss://wss-primary.slack.com/link/?ticket=9f1c-ticket%2F7&app_id=A0DEMO0001",
  upload_url: "https://files.slack.com/upload/v1/CwABAAAAXAoAAVnX",
  response_urls: ["https://hooks.slack.com/actions/T0DEMO0001/123456/Zk5rAnd0mHandle"],
  file: {
    id: "F0DEMO0001",
    permalink_public: "https://slack-files.com/T0DEMO0001-F0DEMO0001-8004f909b1",
    url_private_download: "https://files.slack.com/files-pri/T0DEMO0001-F0DEMO0001/list.csv?pub_secret=c0ffee99",
    external: "https://bucket.example/list.csv?X-Amz-Credential=AKIA99&X-Amz-Signature=5ca1ab1e&x-id=GetObject",
  },
  download_url: "https://api.mch.weixin.qq.com/v3/billdownload/file?token=Zb1llT0k3n&tartype=GZIP",
};
const answerSecrets = [
  "9f1c-ticket",
  "CwABAAAAXAoAAVnX",
  "Zk5rAnd0mHandle",
  "8004f909b1",
  "c0ffee99",
  "AKIA99",
  "5ca1ab1e",
  "Zb1llT0k3n",
];
const ofAddresses = Object.values({ ...answers, ...answers.file })
  .flat()
  .filter((value) => typeof value === "string" && value.includes("://"));

function logOf({ level = "trace", hide = secrets } = {}) {
  const lines: string[] = [];
  const log = createLog({ level, secrets: hide, destination: { write: (line) => void lines.push(line) } });
  return { log, lines };
}
type Log = ReturnType<typeof logOf>["log"];

function errorWith(message: string, more: Record<string, unknown> = {}): Error {
  return Object.assign(new Error(message), more);
}

const leaks: { name: string; write: (log: Log) => void; hidden: readonly string[] }[] = [
  { name: "a token in a message", write: (log) => log.info(`calling with ${botToken}`), hidden: [botToken] },
  {
    name: "a token in a field",
    write: (log) => log.info({ headers: { authorization: `Bearer ${botToken}` } }),
    hidden: [botToken],
  },
  {
    name: "an unconfigured token",
    write: (log) => log.info({ tokens: ["xoxp-9-user", "xapp-1-A0-9-abc", "xoxe.xoxp-1-rotated"] }, "got xoxr-9-other"),
    hidden: ["xoxp-9-user", "xapp-1-A0-9-abc", "xoxp-1-rotated", "xoxr-9-other"],
  },
  {
    name: "an unconfigured token, at the beginning of a line",
    write: (log) => log.info("first line\nxoxb-9-other\txoxp-9-user"),
    hidden: ["xoxb-9-other", "xoxp-9-user"],
  },
  {
    name: "a password in an address",
    write: (log) => log.info({ input: "http://bot:hun#ter/2@proxy:3128" }, "postgres://bot:hun%23ter2@db/receipts"),
    hidden: ["hun#ter", "hun%23ter2"],
  },
  {
    name: "the signing secret",
    write: (log) => log.info({ signingSecret }, `it is ${signingSecret}`),
    hidden: [signingSecret],
  },
  {
    name: "the address of the database",
    write: (log) => log.info(`connecting to ${databaseUrl}`),
    hidden: ["pass%20word"],
  },
  { name: "a key, whole", write: (log) => log.info({ key: merchantKeyPem }), hidden: keyLines },
  { name: "a key in a message", write: (log) => log.info(`the key is ${merchantKeyPem}`), hidden: keyLines },
  {
    name: "a key, line by line",
    write: (log) => {
      for (const line of keyLines) log.info(line);
    },
    hidden: keyLines,
  },
  { name: "a key on one line", write: (log) => log.info(keyLines.join("")), hidden: keyLines },
  {
    name: "a key with Windows line breaks",
    write: (log) => log.info(merchantKeyPem.replaceAll("\n", "\r\n")),
    hidden: keyLines,
  },
  {
    name: "a key in JSON in JSON in JSON",
    write: (log) => log.info({ text: JSON.stringify({ text: JSON.stringify({ merchantKeyPem }) }) }),
    hidden: keyLines,
  },
  {
    name: "a secret in an error's message",
    write: (log) => log.error({ err: errorWith(`bad ${botToken} ${merchantKeyPem}`) }, "failed"),
    hidden: [botToken, ...keyLines],
  },
  {
    name: "a secret in an error's own fields",
    write: (log) => log.error({ err: errorWith("x", { data: { signingSecret }, original: { headers: [botToken] } }) }),
    hidden: [signingSecret, botToken],
  },
  {
    name: "a secret in an error's cause",
    write: (log) =>
      log.error({ err: new Error("outer", { cause: new Error(`inner ${signingSecret} ${merchantKeyPem}`) }) }),
    hidden: [signingSecret, ...keyLines],
  },
  {
    name: "a secret in a stack trace's frames",
    write: (log) =>
      log.error({ err: errorWith("x", { stack: `Error: x\n    at ${databaseUrl}\n    at ${merchantKeyPem}` }) }),
    hidden: [databaseUrl, ...keyLines],
  },
  {
    name: "a secret in an error in place of a message",
    write: (log) => log.error(errorWith(`bad ${botToken}`)),
    hidden: [botToken],
  },
  { name: "a secret in a part's name", write: (log) => log.child({ part: botToken }).info("x"), hidden: [botToken] },
  { name: "a payload as an object", write: (log) => log.debug({ payload }), hidden: payloadSecrets },
  { name: "a payload as JSON", write: (log) => log.debug(JSON.stringify(payload)), hidden: payloadSecrets },
  {
    name: "a payload as indented JSON",
    write: (log) => log.debug(JSON.stringify(payload, undefined, 2)),
    hidden: payloadSecrets,
  },
  {
    name: "a payload in JSON in JSON",
    write: (log) => log.debug(JSON.stringify({ body: JSON.stringify({ payload: JSON.stringify(payload) }) })),
    hidden: payloadSecrets,
  },
  {
    name: "a payload in an error",
    write: (log) => log.error({ err: errorWith(`no ${JSON.stringify(payload)}`, { body: payload }) }),
    hidden: payloadSecrets,
  },
  {
    name: "a payload as Slack writes it, with escaped slashes",
    write: (log) => log.debug(`Received a message on the WebSocket: ${asSlackWritesIt}`),
    hidden: payloadSecrets,
  },
];

const inJson = JSON.stringify(answers);
const ways: [how: string, what: unknown][] = [
  ["as an object", answers],
  ["as JSON", inJson],
  ["in JSON in JSON in JSON", JSON.stringify({ body: JSON.stringify({ text: inJson }) })],
  ["as Slack writes it, with escaped slashes", inJson.replaceAll("/", "\\/")],
  ["the same in JSON", JSON.stringify({ text: inJson.replaceAll("/", "\\/") })],
  ["with escaped ampersands", inJson.replaceAll("&", "\\u0026")],
  ["as Node prints it", inspect(answers)],
  ["as addresses alone", ofAddresses.join(" ")],
  ["in an error", errorWith(`request to ${ofAddresses.join(", ")} failed`, { data: answers })],
];
for (const [how, what] of ways)
  leaks.push({
    name: `an answer with one-time addresses, ${how}`,
    write: (log) => {
      log.debug({ err: what, result: what }, typeof what === "string" ? what : "http request result");
      slackLogger(log).debug("http request result:", what);
    },
    hidden: answerSecrets,
  });

test("an address stays readable but for what is secret in it", () => {
  const { log, lines } = logOf();
  log.info({ ...answers });
  const line = JSON.parse(lines[0] ?? "") as typeof answers;
  assert.equal(line.url, "wss://wss-primary.slack.com/link/?ticket=[redacted]&app_id=A0DEMO0001");
  assert.equal(line.download_url, "https://api.mch.weixin.qq.com/v3/billdownload/file?token=[redacted]&tartype=GZIP");
  assert.equal(line.file.id, "F0DEMO0001");
  assert.match(line.file.external, /X-Amz-Signature=\[redacted\]&x-id=GetObject$/);
});

test("no secret reaches a log line, whatever is logged and however", async (t) => {
  for (const { name, write, hidden } of leaks) {
    await t.test(name, async () => {
      const { log, lines } = logOf();
      write(log);
      assert.ok(lines.length > 0, "something was logged");
      for (const secret of hidden)
        for (const line of lines) assert.ok(!line.includes(secret), `${secret} stands in ${line}`);
      for (const line of lines) JSON.parse(line);
    });
  }
});

test("a secret is replaced by one mark, and the text around it stays", async () => {
  const { log, lines } = logOf();
  log.info({ payload }, `before ${botToken} between ${signingSecret} after`);
  const line = JSON.parse(lines[0] ?? "") as { msg: string; payload: typeof payload };
  assert.equal(line.msg, "before [redacted] between [redacted] after");
  assert.equal(line.payload.user.id, "U0ANN00001");
  assert.equal(line.payload.type, "block_actions");
  assert.equal(line.payload.response_url, "[redacted]");
});

test("a longer secret that contains a shorter one is hidden completely", async () => {
  const { log, lines } = logOf({ hide: ["password1", "password1-and-more"] });
  log.info("it is password1-and-more");
  assert.doesNotMatch(lines.join(""), /password|and-more/);
});

test("words that are not secret stay unchanged", async () => {
  const { log, lines } = logOf({
    hide: ["", "abc", "-----BEGIN PRIVATE KEY-----\nAAAAAAAAAAAA\n-----END PRIVATE KEY-----"],
  });
  log.info('abc -----BEGIN PRIVATE KEY----- xoxo is a token, and "token" a word');
  assert.equal(JSON.parse(lines[0] ?? "").msg, 'abc -----BEGIN PRIVATE KEY----- xoxo is a token, and "token" a word');
});

test("a line is one JSON object with a readable time", async () => {
  const { log, lines } = logOf();
  log.info({ number: "1900000109" }, "two\nlines");
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^\{.*\}\n$/);
  const { level, time, number, msg, ...others } = JSON.parse(lines[0] ?? "");
  assert.deepEqual([level, number, msg, others], [30, "1900000109", "two\nlines", {}]);
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

const levelRows: { level: string; written: readonly string[]; asked: LogLevel }[] = [
  { level: "trace", written: ["debug", "info", "warn", "error"], asked: LogLevel.DEBUG },
  { level: "debug", written: ["debug", "info", "warn", "error"], asked: LogLevel.DEBUG },
  { level: "info", written: ["info", "warn", "error"], asked: LogLevel.INFO },
  { level: "warn", written: ["warn", "error"], asked: LogLevel.WARN },
  { level: "error", written: ["error"], asked: LogLevel.WARN },
  { level: "fatal", written: [], asked: LogLevel.WARN },
  { level: "silent", written: [], asked: LogLevel.WARN },
];

test("Bolt logs at pino's level, and is set to its own nearest level", async (t) => {
  for (const { level, written, asked } of levelRows) {
    await t.test(level, async () => {
      const { log, lines } = logOf({ level });
      const bolt = slackLogger(log.child({ part: "bolt" }));
      for (const name of ["debug", "info", "warn", "error"] as const) bolt[name](name);
      const found = lines.map((line) => JSON.parse(line));
      assert.deepEqual(
        found.map(({ msg }) => msg),
        written,
      );
      assert.deepEqual(
        found.map((line) => log.levels.labels[line.level]),
        written,
      );
      for (const { part } of found) assert.equal(part, "bolt");
      assert.equal(bolt.getLevel(), asked);
    });
  }
});

test("Bolt cannot change the level or the name: LOG_LEVEL decides", async () => {
  const { log, lines } = logOf({ level: "warn" });
  const bolt = slackLogger(log);
  bolt.setLevel(LogLevel.DEBUG);
  bolt.setName("bolt:app");
  bolt.info("no");
  bolt.warn("yes");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).msg),
    ["yes"],
  );
});

test("several arguments that Bolt logs become one message, and an error among them is logged as an error", async () => {
  const { log, lines } = logOf();
  const bolt = slackLogger(log);
  bolt.warn("a request", 400, true);
  bolt.error("it failed:", errorWith("no answer", { code: "slack_webapi_platform_error" }));
  bolt.error(new Error("alone"));
  const [parts, both, alone] = lines.map((line) => JSON.parse(line));
  assert.equal(parts.msg, "a request 400 true");
  assert.equal(both.msg, "it failed:");
  assert.equal(both.err.message, "no answer");
  assert.equal(both.err.code, "slack_webapi_platform_error");
  assert.match(both.err.stack, /log\.test\.ts/);
  assert.equal(alone.msg, "alone");
});

const outages: [what: string, error: Error][] = [
  ["a database that is away", new StoreAway(errorWith("cannot execute INSERT", { code: "25006" }))],
  ["a full disk", errorWith("database or disk is full", { code: "ERR_SQLITE_ERROR", errcode: 13 })],
  ["Slack that does not answer", new SlackAway("users.info", { cause: new Error("ECONNRESET") })],
  ["Slack's client without an answer", errorWith("ECONNRESET", { code: "slack_webapi_request_error" })],
];

for (const [what, error] of outages) {
  test(`what meets ${what} is logged for debugging, without a stack, because one line elsewhere reports it for all`, async () => {
    const { log, lines } = logOf({ level: "debug" });
    log.error({ err: error, worker: "expiry" }, "a look for work failed");
    const line = JSON.parse(lines.join(""));
    assert.deepEqual([line.level, line.msg, line.worker], [20, "a look for work failed", "expiry"]);
    assert.equal(line.why, error.message);
    assert.doesNotMatch(lines.join(""), /log\.test\.ts/);
    const usual = logOf({ level: "info" });
    usual.log.error({ err: error }, "a look for work failed");
    assert.deepEqual(usual.lines, []);
  });
}

test("a bug in a statement, and a question that Slack refuses, keep their level and their stack", async () => {
  const { log, lines } = logOf();
  for (const err of [
    errorWith("syntax error", { code: "42601", severity: "ERROR" }),
    errorWith("UNIQUE constraint failed", { code: "ERR_SQLITE_ERROR", errcode: 2067 }),
    new SlackAway("users.info", { refused: "missing_scope" }),
  ])
    log.error({ err }, "failed");
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).level),
    [50, 50, 50],
  );
  for (const line of lines) assert.match(line, /log\.test\.ts/);
});

test("an object that Bolt logs is readable", async () => {
  const { log, lines } = logOf();
  slackLogger(log).info("the answer is", { ok: false, error: "internal_error" });
  assert.match(lines.join(""), /internal_error/);
});

test("Bolt's own lines contain no secrets either", async () => {
  const { log, lines } = logOf();
  slackLogger(log).debug(`token ${botToken}`, errorWith(`with ${JSON.stringify(payload)}`));
  for (const secret of [botToken, ...payloadSecrets]) assert.ok(!lines.join("").includes(secret), secret);
});
