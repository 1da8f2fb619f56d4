import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../src/playground/playground.ts";
import { type LocalSlack, startLocalSlack } from "../src/playground/slack/local-slack.ts";
import { inTurn } from "./e2e/in-turn.ts";
import { eventually, openLivingBot } from "./e2e/living-bot.ts";
import {
  merchantCertificatePem,
  merchantKeyPem,
  merchantPublicKey,
  platformCertificatePem,
  platformPublicKeyPem,
} from "./wechatpay/fixtures/fixtures.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "receipt-main-"));
after(() => rmSync(folder, { recursive: true }));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** `npm start` with this environment and no other, until it ends by itself. */
function start(environment: Record<string, string>): Promise<Ended> {
  return inTurn(
    () =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [main], { env: environment, stdio: ["ignore", "pipe", "pipe"] });
        const ended: Ended = { code: null, stdout: "", stderr: "" };
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
          ended.stdout += text;
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
          ended.stderr += text;
        });
        const tooLate = setTimeout(() => child.kill("SIGKILL"), 20_000);
        child.once("close", (code) => {
          clearTimeout(tooLate);
          resolve({ ...ended, code });
        });
      }),
  );
}

/** Exit code 1, and a message for people alone. */
function assertRefuses({ code, stdout, stderr }: Ended, ...words: RegExp[]): void {
  assert.equal(code, 1, `ended with ${code}:\n${stdout}${stderr}`);
  assert.doesNotMatch(stderr, /^ {4}at /m, "a stack trace");
  assert.doesNotMatch(stderr, /undefined|\[object |node:/);
  for (const word of words) assert.match(stderr, word);
}

const spki = { type: "spki", format: "pem" } as const;
const pkcs8 = { type: "pkcs8", format: "pem" } as const;
const ofBits = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength });
const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** Settings with which nothing is wrong; what they name is not there. */
const good = {
  SLACK_BOT_TOKEN: "xoxb-1-bot",
  SLACK_SIGNING_SECRET: "8f742231b10e8888abcd99yyyzzz85a5",
  SLACK_API_URL: "http://127.0.0.1:9/api/",
  WECHATPAY_MCHID: "1900000001",
  WECHATPAY_SERIAL_NO: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
  WECHATPAY_PRIVATE_KEY: merchantKeyPem,
  WECHATPAY_PUBLIC_KEY_ID: "PUB_KEY_ID_0119000000012026112300000000000001",
  WECHATPAY_PUBLIC_KEY: platformPublicKeyPem,
  DATABASE_URL: `sqlite:${join(folder, "receipts.db")}`,
};

describe("wrong settings end the start with one clear message", { concurrency: true }, () => {
  test("without any settings, it names everything that is missing, and the demo", async () => {
    const ended = await start({});
    const names = [
      ...["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "WECHATPAY_MCHID", "WECHATPAY_SERIAL_NO"],
      ...["WECHATPAY_PRIVATE_KEY", "WECHATPAY_PUBLIC_KEY_ID", "WECHATPAY_PUBLIC_KEY"],
    ];
    assertRefuses(ended, ...names.map((name) => new RegExp(`\\b${name}\\b`)), /npm run demo/, /7 settings/);
    assert.equal(ended.stdout, "");
  });

  test("in Chinese too", async () => {
    const ended = await start({ LOCALE: "zh-CN" });
    assertRefuses(ended, /\p{Script=Han}/u, /SLACK_BOT_TOKEN/, /npm run demo/);
    assert.equal(ended.stdout, "");
  });

  test("what is wrong is told apart from what is missing, and no secret is shown", async () => {
    const { WECHATPAY_MCHID: _, ...others } = good;
    const ended = await start({ ...others, SLACK_BOT_TOKEN: "xoxp-9-not-the-bots", PORT: "http" });
    assertRefuses(
      ended,
      /^Missing:\n {2}WECHATPAY_MCHID is/m,
      /^Wrong:\n {2}SLACK_BOT_TOKEN is .*xoxb-/m,
      /PORT is a port number/,
    );
    assert.doesNotMatch(ended.stderr, /not-the-bots/);
    assert.equal(ended.stdout, "");
  });

  test("a secret's file that is not there is named", async () => {
    const { WECHATPAY_PRIVATE_KEY: _, ...others } = good;
    const ended = await start({ ...others, WECHATPAY_PRIVATE_KEY_FILE: join(folder, "nowhere.pem") });
    assertRefuses(ended, /WECHATPAY_PRIVATE_KEY_FILE names .*nowhere\.pem.*ENOENT/);
  });

  const keys: [name: string, environment: Record<string, string>, says: RegExp][] = [
    [
      "RSA with 1024 bits",
      { WECHATPAY_PRIVATE_KEY: ofBits(1024).privateKey.export(pkcs8).toString() },
      /WECHATPAY_PRIVATE_KEY .*2048 bits/,
    ],
    [
      "RSA with 3072 bits",
      { WECHATPAY_PUBLIC_KEY: ofBits(3072).publicKey.export(spki).toString() },
      /WECHATPAY_PUBLIC_KEY .*2048 bits/,
    ],
    [
      "an EC key of ours",
      { WECHATPAY_PRIVATE_KEY: curve.privateKey.export(pkcs8).toString() },
      /WECHATPAY_PRIVATE_KEY is not an RSA key/,
    ],
    [
      "an EC key of theirs",
      { WECHATPAY_PUBLIC_KEY: curve.publicKey.export(spki).toString() },
      /WECHATPAY_PUBLIC_KEY is not an RSA key/,
    ],
    [
      "our own key in place of theirs",
      { WECHATPAY_PUBLIC_KEY: merchantPublicKey.export(spki).toString() },
      /WECHATPAY_PUBLIC_KEY is our own key/,
    ],
    [
      "our private key in place of theirs",
      { WECHATPAY_PUBLIC_KEY: merchantKeyPem },
      /WECHATPAY_PUBLIC_KEY is a private key/,
    ],
    [
      "our certificate in place of our key",
      { WECHATPAY_PRIVATE_KEY: merchantCertificatePem },
      /WECHATPAY_PRIVATE_KEY is a certificate/,
    ],
    [
      "a platform certificate alone",
      { WECHATPAY_PUBLIC_KEY: platformCertificatePem },
      /WECHATPAY_PUBLIC_KEY is a certificate/,
    ],
    [
      "the name of the key's file",
      { WECHATPAY_PRIVATE_KEY: "/run/secrets/apiclient_key.pem" },
      /WECHATPAY_PRIVATE_KEY holds the name of a file.*_FILE/,
    ],
    [
      "a key without its line breaks",
      { WECHATPAY_PRIVATE_KEY: merchantKeyPem.replaceAll("\n", "\\n") },
      /WECHATPAY_PRIVATE_KEY has the two characters \\n/,
    ],
    ["half a key", { WECHATPAY_PRIVATE_KEY: merchantKeyPem.slice(0, 900) }, /WECHATPAY_PRIVATE_KEY is cut off/],
  ];
  for (const [name, environment, says] of keys) {
    test(`${name} is named as such`, async () => {
      const ended = await start({ ...good, ...environment });
      assertRefuses(ended, says, /one setting is missing or wrong/);
      assert.equal(ended.stdout, "");
      for (const line of merchantKeyPem.split("\n").slice(1, -2))
        assert.ok(!ended.stderr.includes(line), "no key is shown");
    });
  }
});

describe("what else keeps the bot from starting is one clear message too", { concurrency: true }, () => {
  test("a port that is taken", async (t) => {
    const { slack, environment } = await environmentWith(t);
    const other = createServer().listen(0);
    t.after(() => other.close());
    const { port } = other.address() as AddressInfo;
    assertRefuses(await start({ ...environment, PORT: String(port) }), new RegExp(`Port ${port} is taken.*PORT`));
    assert.deepEqual(slack.warnings, []);
  });

  test("an operators' port that is taken", async (t) => {
    const { environment } = await environmentWith(t);
    const other = createServer().listen(0);
    t.after(() => other.close());
    const { port } = other.address() as AddressInfo;
    assertRefuses(await start({ ...environment, OPS_PORT: String(port) }), new RegExp(`Port ${port} is taken`));
  });

  const notADatabase = join(folder, "letter.db");
  writeFileSync(notADatabase, "Dear Sir or Madam, ".repeat(1_000));
  const directory = join(folder, "directory.db");
  mkdirSync(directory);
  const databases: [name: string, url: string][] = [
    ["below a file", `sqlite:${notADatabase}/receipts.db`],
    ["that is a directory", `sqlite:${directory}`],
    ["where nothing can be made", "sqlite:/proc/receipts/receipts.db"],
    ["that is another file", `sqlite:${notADatabase}`],
    ["of a server that is not there", "postgres://receipts@127.0.0.1:9/receipts"],
  ];
  for (const [name, url] of databases) {
    test(`a database ${name}`, async (t) => {
      const { environment } = await environmentWith(t);
      assertRefuses(
        await start({ ...environment, DATABASE_URL: url }),
        /The database of DATABASE_URL cannot be opened \(.+\)/,
      );
    });
  }

  for (const [name, token] of [
    ["a bot token that Slack does not know", "xoxb-1-wrong"],
    ["an app-level token in place of a bot token's value", "xoxb-xapp-1"],
  ] as const) {
    test(name, async (t) => {
      const { environment } = await environmentWith(t);
      const ended = await start({ ...environment, SLACK_BOT_TOKEN: token });
      assertRefuses(ended, /Slack refuses the bot's token \(invalid_auth\).*SLACK_BOT_TOKEN/);
    });
  }

  test("a bot token that was revoked", async (t) => {
    const { slack, environment } = await environmentWith(t);
    slack.fail("auth.test", { error: "token_revoked" });
    assertRefuses(await start(environment), /Slack refuses the bot's token \(token_revoked\)/);
  });

  for (const error of ["invalid_auth", "not_allowed_token_type", "missing_scope"]) {
    test(`an app-level token that Slack refuses with ${error}`, async (t) => {
      const { slack, environment } = await environmentWith(t, "socket");
      slack.fail("apps.connections.open", { error });
      const says = new RegExp(`Slack refuses the app-level token \\(${error}\\).*SLACK_APP_TOKEN`);
      assertRefuses(await start(environment), says);
    });
  }

  test("an app-level token that Slack does not know", async (t) => {
    const { environment } = await environmentWith(t, "socket");
    const ended = await start({ ...environment, SLACK_APP_TOKEN: "xapp-1-wrong" });
    assertRefuses(ended, /Slack refuses the app-level token \(invalid_auth\)/);
  });

  test("Chinese is spoken here too", async (t) => {
    const { environment } = await environmentWith(t);
    const ended = await start({ ...environment, LOCALE: "zh-CN", SLACK_BOT_TOKEN: "xoxb-1-wrong" });
    assertRefuses(ended, /\p{Script=Han}.*invalid_auth/u);
  });
});

describe("a running bot", { concurrency: true }, () => {
  const number = "1900000109";

  test("ends at SIGTERM with exit code 0, having closed everything", async (t) => {
    const stage = await openLivingBot(t);
    const begun = performance.now();
    assert.equal(await stage.running().end("SIGTERM"), 0);
    assert.ok(performance.now() - begun < 10_000);
    assert.deepEqual(stage.running().errors, []);
    assert.match(stage.running().lines.at(-1) ?? "", /"stopped"/);
  });

  test("ends at SIGTERM in Socket Mode too", async (t) => {
    const stage = await openLivingBot(t, { mode: "socket" });
    const begun = performance.now();
    assert.equal(await stage.running().end("SIGTERM"), 0);
    assert.ok(performance.now() - begun < 10_000);
    assert.deepEqual(stage.running().errors, []);
  });

  test("that is told to end during a call waits for the answer and writes it down", async (t) => {
    const stage = await openLivingBot(t);
    const hold = Promise.withResolvers<void>();
    stage.weChatPay.behave(number, () => ({ hold: hold.promise }));
    await stage.approve(await stage.ask(`open ${number}`));
    await eventually(() => stage.callsFor(number).length === 1);
    const begun = performance.now();
    const ended = stage.running().end("SIGTERM");
    await stage.running().until('"stopping"');
    assert.deepEqual(stage.statesOf(number), ["approved/running"]);
    hold.resolve();
    assert.equal(await ended, 0);
    assert.ok(performance.now() - begun < 10_000);
    assert.deepEqual(stage.statesOf(number), ["done/succeeded"]);
    assert.equal(stage.callsFor(number).length, 1);
  });

  test("that is told to end during a call without an answer ends all the same, and writes that down", async (t) => {
    const stage = await openLivingBot(t);
    stage.weChatPay.behave(number, (_call, n) => (n === 1 ? { silent: "after" } : undefined));
    await stage.approve(await stage.ask(`open ${number}`));
    await eventually(() => stage.callsFor(number)[0]?.answered === "silent");
    const begun = performance.now();
    assert.equal(await stage.running().end("SIGTERM"), 0);
    assert.ok(performance.now() - begun < 10_000);
    const [attempt] = stage.rows("select result_json from attempts");
    assert.deepEqual(JSON.parse(String(attempt?.["result_json"])), {
      kind: "unreachable",
      why: "timeout",
      mayHaveActed: true,
    });
    assert.deepEqual(stage.statesOf(number), ["approved/queued"]);
    await stage.restart();
    await stage.untilShown(number, "Receipts opened");
  });

  for (const [name, fault] of [
    ["answers with errors", { status: 503 }],
    ["does not answer", { hang: true }],
    ["is busy", { rateLimited: 1 }],
    ["has a bad day", { error: "internal_error" }],
  ] as const) {
    test(`listens at start although Slack ${name}, and works once Slack is back`, async (t) => {
      const stage = await openLivingBot(t);
      assert.equal(await stage.running().end("SIGTERM"), 0);
      stage.slack.fail("*", fault);
      await stage.restart();
      stage.slack.restore();
      const message = await stage.ask(`open ${number}`);
      await stage.approve(message);
      await stage.untilTold(number, "receipts are open for");
    });
  }

  test("that cannot reach Slack at all at start listens, and tells a person that it cannot ask Slack", async (t) => {
    const stage = await openLivingBot(
      t,
      { environment: { SLACK_API_URL: `http://127.0.0.1:${await freePort()}/api/` } },
      [],
    );
    const seen = await stage.type("ann", `open ${number}`);
    assert.match(seen.ephemeral ? stage.textOf(seen.ephemeral) : "", /Slack did not tell the bot/);
    assert.deepEqual(stage.statesOf(number), []);
  });
});

/** A local Slack, and settings with which a bot would start on it. */
async function environmentWith(
  t: TestContext,
  mode: "http" | "socket" = "http",
): Promise<{ slack: LocalSlack; environment: Record<string, string> }> {
  const slack = await startLocalSlack();
  t.after(() => slack.close());
  const own = mkdtempSync(join(folder, "bot-"));
  const environment = {
    ...good,
    SLACK_BOT_TOKEN: slack.app.botToken,
    SLACK_SIGNING_SECRET: slack.app.signingSecret,
    SLACK_API_URL: slack.apiUrl,
    PORT: String(await freePort()),
    DATABASE_URL: `sqlite:${join(own, "receipts.db")}`,
    ...(mode === "socket" && { SLACK_APP_TOKEN: slack.app.appToken }),
  };
  return { slack, environment };
}
