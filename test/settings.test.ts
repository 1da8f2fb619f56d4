import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type KeyProblem, keyProblems } from "../src/domain/key-problem.ts";
import { type ApiV3KeyProblem, apiV3KeyProblems } from "../src/domain/platform-certificates/apiv3-key-problem.ts";
import { envFileProblem } from "../src/settings/environment.ts";
import { readDatabaseAddress, readLedgerKey } from "../src/settings/for-commands.ts";
import { type Environment, escalationOf, readSettings, type SettingsProblem, type Variable } from "../src/settings.ts";
import { en } from "../src/text/en/catalogue.ts";
import { zhCN } from "../src/text/zh-CN/catalogue.ts";
import {
  merchantCertificatePem,
  merchantKeyPem,
  merchantPrivateKey,
  merchantPublicKey,
  p12,
  platformCertificatePem,
  platformKeyPem,
  platformPublicKey,
  platformPublicKeyPem,
} from "./wechatpay/fixtures/fixtures.ts";

const good = {
  SLACK_BOT_TOKEN: "xoxb-1-bot",
  SLACK_APP_TOKEN: "xapp-1-app",
  SLACK_SIGNING_SECRET: "8f742231b10e8888abcd99yyyzzz85a5",
  WECHATPAY_MCHID: "1900000001",
  WECHATPAY_SERIAL_NO: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
  WECHATPAY_PRIVATE_KEY: merchantKeyPem,
  WECHATPAY_PUBLIC_KEY_ID: "PUB_KEY_ID_0119000000012026112300000000000001",
  WECHATPAY_PUBLIC_KEY: platformPublicKeyPem,
} as const satisfies Environment;
const apiV3Key = "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb";
const { SLACK_SIGNING_SECRET, ...socketMode } = good;
const { SLACK_APP_TOKEN, ...httpMode } = good;

const folder = mkdtempSync(join(tmpdir(), "receipt-settings-"));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
function file(content: string | Buffer): string {
  files += 1;
  const path = join(folder, `secret-${files}`);
  writeFileSync(path, content);
  return path;
}

function settingsOf(env: Environment) {
  const read = readSettings(env);
  assert.ok(read.ok, JSON.stringify(read.ok || read.problems));
  return read.settings;
}

function problemsOf(env: Environment): SettingsProblem[] {
  const read = readSettings(env);
  assert.equal(read.ok, false, "settings with a mistake were accepted");
  return read.ok ? [] : read.problems;
}

/** Values that each variable must not have. The compiler ensures that none is forgotten. */
const wrongValues: Record<Variable, readonly string[]> = {
  SLACK_BOT_TOKEN: ["xoxp-1-user", "xapp-1-app", "xoxb", "xoxb-", "xoxb-1 bot", "Bearer xoxb-1-bot", "xoxb-1\n"],
  SLACK_APP_TOKEN: ["xoxb-1-bot", "xapp-", "xapp-1 app", "app", "xapp-...", "xapp-<token>"],
  SLACK_SIGNING_SECRET: ["two words", " 8f742231", "8f742231\n", "xapp-1-app", "xoxb-1-bot"],
  PORT: ["0", "65536", "3000.5", "-1", "three thousand", "3000a", " ", "3e3", "0xbb8", "３０００", "+3000"],
  HTTP_PATH: [
    "slack/events",
    "/",
    "/slack/events/",
    "//slack",
    "/a/../b",
    "/a b",
    "/a?b",
    "https://example.com/slack/events",
  ],
  HTTP_KEEP_ALIVE: ["75", "0s", "61m", "2h", "-1s", "forever"],
  SLACK_API_URL: [
    "slack.com/api/",
    "ftp://slack.com/api/",
    "/api/",
    "https://",
    "not a url",
    "http://slack.com/api/",
    "http://10.0.0.1/api/",
    "http://127.0.0.1.example.com/api/",
    "http://127.0.0.1@example.com/api/",
  ],
  WECHATPAY_MCHID: ["19000x", "1".repeat(33), "1900000001 ", "-1"],
  WECHATPAY_SERIAL_NO: ["serial", "51:57:F0", "A".repeat(41), "0x5157F0", " 5157F0"],
  WECHATPAY_PRIVATE_KEY: ["changeme"],
  WECHATPAY_SIGNER: [
    "/run/signer.sock",
    "unix:run/signer.sock",
    "unix:",
    "unix:/run/a b.sock",
    `unix:/${"a".repeat(107)}`,
    "https://127.0.0.1:7070",
    "http://signer.example.com:7070",
    "http://10.0.0.1:7070",
    "http://127.0.0.1.example.com:7070",
    "http://127.0.0.1:7070/sign",
    "http://127.0.0.1:7070?x",
    "http://user:password@127.0.0.1:7070",
    "127.0.0.1:7070",
  ],
  WECHATPAY_SIGNER_TOKEN: ["changeme", "t".repeat(31), "t".repeat(257), `${"t".repeat(40)} x`],
  WECHATPAY_PUBLIC_KEY_ID: ["PUB_KEY_ID_", "pub_key_id_01", "KEY_01", "PUB_KEY_ID_01 ", "PUB_KEY_ID_0-1"],
  WECHATPAY_PUBLIC_KEY: ["changeme"],
  WECHATPAY_APIV3_KEY: [" changeme", `${apiV3Key} `, `${apiV3Key}\n`],
  WECHATPAY_CERTIFICATE: ["changeme"],
  WECHATPAY_ENDPOINTS: ["ftp://api.mch.weixin.qq.com", ",", "mailto:support@example.com", "file:///etc/passwd"],
  DATABASE_URL: ["receipts.db", "sqlite:", "mysql://db/receipts", "postgres://", "postgres:receipts"],
  SLACK_COMMAND: ["receipt", "/", "/two words", "/re/ceipt", `/${"r".repeat(32)}`],
  RECEIPT_ADMINS: ["ann", "@ann", "<@U0ANN00001>", "C0MERCHANT", "u0ann00001", "U0ANN00001;U0BOB00001"],
  RECEIPT_CHANNELS: ["#merchant-ops", "merchant-ops", "U0ANN00001", "D0DIRECT01", "C0MERCHANT;C0RANDOM01"],
  APPROVAL_POLICY: ["two-eyes", "Self", "none", "true"],
  APPROVERS_NEEDED: ["0", "11", "1.5", "two", "-1", "0x3"],
  BULK_FROM: ["1", "0", "10001", "many", "2.5", "1e2"],
  BULK_APPROVERS_NEEDED: ["1", "11", "two", "2.5"],
  BREAK_GLASS: ["yes", "On", "1", "true"],
  REASON: ["Required", "mandatory", "true"],
  GOLDPLAN: ["yes", "ON", "true", "with receipts"],
  GOLDPLAN_SCENE: ["jsapi", "NATIVE", "JSAPI,MINIPROGRAM"],
  UNKNOWN_MERCHANTS: ["yes", "Warn", "off"],
  TICKET_PATTERN: ["OPS-[0-9", "(", "(?=OPS)OPS-[0-9]+", "(a)\\1", "[0-9]*", "x?"],
  TICKET_EXAMPLE: ["O".repeat(65)],
  TICKET_URL: [
    "http://tickets.example.com/{ticket}",
    "https://tickets.example.com/",
    "https://tickets.example.com/{TICKET}",
    "https://{ticket}.example.com/",
    "https://user:password@tickets.example.com/{ticket}",
    "https://tickets.example.com/{ticket}|x",
    "https://tickets.example.com/<{ticket}>",
    "tickets.example.com/{ticket}",
    "javascript:{ticket}",
  ],
  WECHATPAY_RATE: ["0", "-1", "fast", "100001", "Infinity", "NaN", "10/s", "1e-9", "1e3", ".5", "0.0"],
  REQUEST_TTL: ["24", "0h", "1w", "1.5h", "24 h", "-1h", "h", "1000000s", "P1D"],
  STALE_AFTER: ["1", "59s", "0h", "-1h", "h"],
  RETAIN: ["400", "29d", "719h", "1y", "400 d", "-400d", "off"],
  ESCALATE_AFTER: ["4", "0h", "1w", "1.5h", "4 h", "-1h", "h", "1000000s", "PT4H"],
  ESCALATE_TO: ["@on-call", "on-call", "<!subteam^S0ONCALL01>", "s0oncall01", "U0ANN00001"],
  LOCALE: ["de", "zh", "EN", "zh_CN"],
  PERSONAL_LOCALE: ["yes", "ON", "true", "zh-CN"],
  LOG_LEVEL: ["verbose", "INFO", "30"],
  OPS_PORT: ["0", "65536", "off", "9090.5"],
  OPS_HOST: ["127.0.0.1/8", "local host"],
  LEDGER_KEY: ["changeme", "k".repeat(31)],
};
const variables = Object.keys(wrongValues) as Variable[];
const keyVariables = ["WECHATPAY_PRIVATE_KEY", "WECHATPAY_PUBLIC_KEY", "WECHATPAY_CERTIFICATE"] as const;
const isKey = (variable: Variable): variable is (typeof keyVariables)[number] =>
  keyVariables.some((name) => name === variable);

test("a wrong value is refused under the name of its variable, and nothing else is", async (t) => {
  for (const variable of variables) {
    await t.test(variable, () => {
      for (const value of wrongValues[variable]) {
        const problems = problemsOf({ ...good, [variable]: value });
        const kind = value === value.trim() ? "malformed" : "spaces";
        const expected: SettingsProblem = isKey(variable)
          ? { kind: "key", variable, problem: "not-pem" }
          : { kind, variable };
        assert.deepEqual(problems, [expected], JSON.stringify(value));
      }
    });
  }
});

test("an endpoint that is not a URL is refused", async (t) => {
  for (const value of [
    "api.mch.weixin.qq.com",
    "https://",
    "https://api.mch.weixin.qq.com,nowhere",
    "https://api.mch.weixin.qq.com;https://api2.mch.weixin.qq.com",
  ]) {
    await t.test(value, () =>
      assert.deepEqual(problemsOf({ ...good, WECHATPAY_ENDPOINTS: value }), [
        { kind: "malformed", variable: "WECHATPAY_ENDPOINTS" },
      ]),
    );
  }
});

/** The rows of operating.md's table, without its header. */
const documented = readFileSync(new URL("../.github/docs/operating.md", import.meta.url), "utf8")
  .split(/^## /m)
  .find((section) => section.startsWith("Settings"))
  ?.split("\n")
  .map((line) => /^\| ([A-Z0-9_]+) \|.*\| (.+?) \|$/.exec(line))
  .flatMap((row) => (row?.[1] && row[2] ? [{ variable: row[1] as Variable, byDefault: row[2] }] : []));

test("operating.md's table of settings names each variable once, and no other", () => {
  assert.deepEqual(
    documented?.map(({ variable }) => variable),
    [...variables, "HTTPS_PROXY", "NO_PROXY", "NODE_EXTRA_CA_CERTS"],
  );
});

test("the defaults in operating.md are the real ones", async (t) => {
  const defaults = settingsOf(httpMode);
  for (const { variable, byDefault } of documented ?? []) {
    await t.test(`${variable}: ${byDefault}`, () => {
      switch (byDefault) {
        case "required":
          assert.deepEqual(problemsOf({ ...good, [variable]: undefined }), [{ kind: "missing", variable }]);
          break;
        case "one of these two":
        case "is required":
          settingsOf({ ...good, [variable]: undefined });
          break;
        case "none":
        case "all":
          assert.deepEqual(defaults[variable as "RECEIPT_ADMINS"], []);
          break;
        case "off":
          assert.equal(defaults[variable as "OPS_PORT" | "BREAK_GLASS"] ?? "off", "off");
          break;
        default: {
          const name = variable as Exclude<Variable, "WECHATPAY_PRIVATE_KEY" | "WECHATPAY_PUBLIC_KEY">;
          assert.deepEqual(defaults[name], settingsOf({ ...httpMode, [variable]: byDefault })[name]);
        }
      }
    });
  }
});

test("without a connection to Slack the missing settings are reported, and both kinds may be set", () => {
  const { SLACK_APP_TOKEN: _, ...neither } = socketMode;
  assert.deepEqual(problemsOf(neither), [{ kind: "no-mode" }]);
  assert.equal(settingsOf(socketMode).SLACK_SIGNING_SECRET, undefined);
  assert.equal(settingsOf(httpMode).SLACK_APP_TOKEN, undefined);
  settingsOf(good);
});

test("a ticket in each reason makes a reason required, and mistakes in its settings are reported together", () => {
  const ticketed = { ...good, TICKET_PATTERN: "OPS-[0-9]+" };
  const { REASON, tickets } = settingsOf({ ...ticketed, REASON: "optional" });
  assert.deepEqual([REASON, tickets.find("for OPS-1"), tickets.shown], ["required", "OPS-1", "OPS-4711"]);
  assert.equal(settingsOf(good).REASON, "optional");
  assert.deepEqual(problemsOf({ ...ticketed, TICKET_EXAMPLE: "4711" }), [{ kind: "ticket-example" }]);
  assert.deepEqual(problemsOf({ ...good, TICKET_PATTERN: "[0-9]{10}" }), [
    { kind: "ticket-is-number", ticket: "4711471147" },
  ]);
  const numbers = readSettings({ ...good, TICKET_PATTERN: "[0-9]+" });
  assert.deepEqual(numbers.ok && numbers.warnings.slice(-1), [{ kind: "ticket-in-number", number: "1900000109" }]);
  const url = "https://tickets.example.com/{ticket}";
  assert.deepEqual(problemsOf({ ...good, TICKET_URL: url }), [{ kind: "ticket-alone", variable: "TICKET_URL" }]);
  assert.deepEqual(problemsOf({ ...good, TICKET_PATTERN: "(", TICKET_EXAMPLE: "x", TICKET_URL: "http://x/{ticket}" }), [
    { kind: "malformed", variable: "TICKET_PATTERN" },
    { kind: "malformed", variable: "TICKET_URL" },
  ]);
});

test("more approvals for bulk requests need both settings, and one alone is reported", () => {
  for (const variable of ["BULK_FROM", "BULK_APPROVERS_NEEDED"] as const)
    assert.deepEqual(problemsOf({ ...good, [variable]: "3" }), [{ kind: "half-bulk" }]);
  const { BULK_FROM, BULK_APPROVERS_NEEDED } = settingsOf({ ...good, BULK_FROM: "100", BULK_APPROVERS_NEEDED: "3" });
  assert.deepEqual([BULK_FROM, BULK_APPROVERS_NEEDED], [100, 3]);
});

test("OPS_PORT differs from PORT where HTTP mode listens on it, the default included", () => {
  const { SLACK_APP_TOKEN: _, ...rest } = good as Record<string, string>;
  const http = { ...rest, SLACK_SIGNING_SECRET: "0123456789abcdef0123456789abcdef" };
  assert.deepEqual(problemsOf({ ...http, OPS_PORT: "3000" }), [{ kind: "equal-ports", port: 3000 }]);
  assert.deepEqual(problemsOf({ ...http, PORT: "8080", OPS_PORT: "8080" }), [{ kind: "equal-ports", port: 8080 }]);
  assert.equal(settingsOf({ ...http, PORT: "8080", OPS_PORT: "3000" }).OPS_PORT, 3000);
  assert.equal(settingsOf({ ...http, SLACK_APP_TOKEN: "xapp-1", OPS_PORT: "3000" }).OPS_PORT, 3000);
});

test("an escalation needs both settings and must precede the expiry, and each mistake is reported", () => {
  const escalating = { ...good, ESCALATE_AFTER: "4h", ESCALATE_TO: "S0ONCALL01" };
  const hourMs = 3_600_000;
  assert.deepEqual(escalationOf(settingsOf(escalating)), { afterMs: 4 * hourMs, to: "S0ONCALL01" });
  assert.equal(escalationOf(settingsOf(good)), undefined);
  for (const one of ["ESCALATE_AFTER", "ESCALATE_TO"] as const)
    assert.deepEqual(problemsOf({ ...escalating, [one]: undefined }), [{ kind: "half-escalation" }]);
  for (const late of ["24h", "1d", "2d"])
    assert.deepEqual(problemsOf({ ...escalating, ESCALATE_AFTER: late }), [{ kind: "late-escalation" }]);
  assert.deepEqual(problemsOf({ ...escalating, REQUEST_TTL: "240m" }), [{ kind: "late-escalation" }]);
  assert.deepEqual(problemsOf({ ...escalating, ESCALATE_AFTER: "soon" }), [
    { kind: "malformed", variable: "ESCALATE_AFTER" },
  ]);
  settingsOf({ ...escalating, ESCALATE_AFTER: "1439m" });
});

test("a signer takes the place of the private key; over HTTP it needs a token", () => {
  const { WECHATPAY_PRIVATE_KEY: _, ...keyless } = good;
  const [unix, http] = ["unix:/run/receipt-signer/sign.sock", "http://127.0.0.1:7070"];
  const token = { WECHATPAY_SIGNER_TOKEN: "t".repeat(32) };
  assert.deepEqual(problemsOf(keyless), [{ kind: "missing", variable: "WECHATPAY_PRIVATE_KEY" }]);
  assert.deepEqual(settingsOf({ ...keyless, WECHATPAY_SIGNER: unix }).WECHATPAY_SIGNER, {
    name: unix,
    origin: "http://localhost",
    socketPath: "/run/receipt-signer/sign.sock",
  });
  for (const address of [http, `${http}/`, "http://localhost:7070", "http://[::1]:7070", "http://127.0.0.53"])
    assert.equal(
      settingsOf({ ...keyless, WECHATPAY_SIGNER: address, ...token }).WECHATPAY_SIGNER?.origin,
      address.replace(/\/$/, ""),
    );
  settingsOf({ ...keyless, WECHATPAY_SIGNER_FILE: file(`${unix}\n`) });
  assert.deepEqual(problemsOf({ ...keyless, WECHATPAY_SIGNER: http }), [{ kind: "signer-without-token" }]);
  assert.deepEqual(problemsOf({ ...good, WECHATPAY_SIGNER: unix }), [{ kind: "key-and-signer" }]);
  assert.deepEqual(problemsOf({ ...keyless, WECHATPAY_SIGNER_FILE: "/nowhere" }), [
    { kind: "file-unreadable", variable: "WECHATPAY_SIGNER", path: "/nowhere", why: "ENOENT" },
  ]);
});

test("with a signer, the certificate still shows that the provider's own key was given as WeChat Pay's", () => {
  const { WECHATPAY_PRIVATE_KEY: _, ...keyless } = good;
  const own = merchantPublicKey.export({ type: "spki", format: "pem" }).toString();
  const env = {
    ...keyless,
    WECHATPAY_SIGNER: "unix:/run/signer.sock",
    WECHATPAY_SERIAL_NO: "35A47CB63095E08C1D6345F481869D8FF3144A3E",
    WECHATPAY_CERTIFICATE: merchantCertificatePem,
  };
  settingsOf(env);
  assert.deepEqual(problemsOf({ ...env, WECHATPAY_PUBLIC_KEY: own }), [
    { kind: "key", variable: "WECHATPAY_PUBLIC_KEY", problem: "own-key" },
  ]);
});

test("without any settings, everything that is missing is reported at once", () => {
  assert.deepEqual(problemsOf({}), [
    ...[
      "SLACK_BOT_TOKEN",
      "WECHATPAY_MCHID",
      "WECHATPAY_SERIAL_NO",
      "WECHATPAY_PRIVATE_KEY",
      "WECHATPAY_PUBLIC_KEY_ID",
      "WECHATPAY_PUBLIC_KEY",
    ].map((variable) => ({ kind: "missing", variable })),
    { kind: "no-mode" },
  ]);
});

test("with every setting wrong, each is reported once, all at the same time", () => {
  const everything = Object.fromEntries(variables.map((variable) => [variable, wrongValues[variable][0]]));
  const reported = problemsOf(everything).map((problem) => "variable" in problem && problem.variable);
  assert.deepEqual(reported.toSorted(), variables.toSorted());
});

test("an empty variable counts as unset", () => {
  const empty = Object.fromEntries(variables.map((variable) => [variable, ""]));
  assert.deepEqual(problemsOf(empty), problemsOf({}));
  const emptyFiles = Object.fromEntries(variables.map((variable) => [`${variable}_FILE`, ""]));
  assert.deepEqual(settingsOf({ ...httpMode, ...emptyFiles }).secrets, settingsOf(httpMode).secrets);
  assert.deepEqual(settingsOf({ ...empty, ...httpMode }).PORT, 3000);
});

test("values are parsed: lists, durations, addresses, numbers and keys", () => {
  const settings = settingsOf({
    ...good,
    PORT: "8080",
    SLACK_API_URL: "http://127.0.0.1:9/api",
    WECHATPAY_SERIAL_NO: good.WECHATPAY_SERIAL_NO.toLowerCase(),
    WECHATPAY_ENDPOINTS: "https://a.example , https://b.example/prefix",
    RECEIPT_ADMINS: "U0ANN00001, W0BOB00001",
    RECEIPT_CHANNELS: "C0MERCHANT G0PRIVATE1",
    WECHATPAY_RATE: "0.5",
    REQUEST_TTL: "90m",
    STALE_AFTER: "2h",
    RETAIN: "400d",
    OPS_PORT: "9090",
  });
  assert.equal(settings.PORT, 8080);
  assert.equal(settings.SLACK_API_URL, "http://127.0.0.1:9/api/");
  assert.equal(settings.WECHATPAY_SERIAL_NO, good.WECHATPAY_SERIAL_NO);
  assert.deepEqual(settings.WECHATPAY_ENDPOINTS, ["https://a.example", "https://b.example/prefix"]);
  assert.deepEqual(settings.RECEIPT_ADMINS, ["U0ANN00001", "W0BOB00001"]);
  assert.deepEqual(settings.RECEIPT_CHANNELS, ["C0MERCHANT", "G0PRIVATE1"]);
  assert.equal(settings.WECHATPAY_RATE, 0.5);
  assert.equal(settings.REQUEST_TTL, 5_400_000);
  assert.equal(settings.STALE_AFTER, 7_200_000);
  assert.equal(settings.RETAIN, 34_560_000_000);
  assert.equal(settings.OPS_PORT, 9090);
  assert.equal(settings.OPS_HOST, "127.0.0.1");
  assert.ok(settings.WECHATPAY_PRIVATE_KEY?.equals(merchantPrivateKey));
  assert.deepEqual([...settings.WECHATPAY_PUBLIC_KEYS.keys()], [good.WECHATPAY_PUBLIC_KEY_ID]);
  assert.ok(settings.WECHATPAY_PUBLIC_KEYS.get(good.WECHATPAY_PUBLIC_KEY_ID)?.equals(platformPublicKey));

  for (const [text, ms] of [
    ["30s", 30_000],
    ["24h", 86_400_000],
    ["7d", 604_800_000],
  ] as const)
    assert.equal(settingsOf({ ...good, REQUEST_TTL: text }).REQUEST_TTL, ms);
  for (const [url, address] of [
    ["sqlite:/var/lib/receipts.db", { engine: "sqlite", path: "/var/lib/receipts.db" }],
    ["postgres://u:p@db/receipts", { engine: "postgres", url: "postgres://u:p@db/receipts" }],
    ["postgresql://db/receipts", { engine: "postgres", url: "postgresql://db/receipts" }],
  ] as const)
    assert.deepEqual(settingsOf({ ...good, DATABASE_URL: url }).DATABASE_URL, address);
});

test("plain HTTP is accepted only for endpoints on this machine", async (t) => {
  const rows: [url: string, isTaken: boolean][] = [
    ["http://127.0.0.1:8080", true],
    ["http://127.0.0.53", true],
    ["http://localhost:8080", true],
    ["http://[::1]:8080", true],
    ["https://api.mch.weixin.qq.com", true],
    ["http://api.mch.weixin.qq.com", false],
    ["https://gateway.example/v3", true],
    ["https://api.mch.weixin.qq.com/,https://apihk.mch.weixin.qq.com", true],
    ["http://127.0.0.1.example.com", false],
    ["http://localhost.example.com", false],
    ["http://notlocalhost", false],
    ["http://0.0.0.0:8080", false],
    ["http://10.0.0.1", false],
    ["http://127.0.0.1@example.com", false],
    ["https://api.mch.weixin.qq.com,http://api2.mch.weixin.qq.com", false],
  ];
  for (const [url, isTaken] of rows) {
    await t.test(`${url}: ${isTaken ? "accepted" : "refused"}`, () => {
      if (isTaken) settingsOf({ ...good, WECHATPAY_ENDPOINTS: url });
      else
        assert.deepEqual(problemsOf({ ...good, WECHATPAY_ENDPOINTS: url }), [
          { kind: "malformed", variable: "WECHATPAY_ENDPOINTS" },
        ]);
    });
  }
});

test("an endpoint must be a base URL and nothing more", () => {
  for (const url of [
    "https://user:password@api.mch.weixin.qq.com",
    "https://api.mch.weixin.qq.com/?a=b",
    "https://api.mch.weixin.qq.com/#a",
    "https://api.mch.weixin.qq.com:0",
    "https://api.mch.weixin.qq.com/v3/goldplan/merchants/changecustompagestatus",
    "https://api.mch.weixin.qq.com/v3",
    "https://api2.wechatpay.cn/v3/",
    "https://gateway.example/wechatpay/v3/goldplan/merchants",
  ]) {
    const problems = problemsOf({ ...good, WECHATPAY_ENDPOINTS: url });
    assert.deepEqual(problems, [{ kind: "malformed", variable: "WECHATPAY_ENDPOINTS" }], url);
  }
});

/** Every variable that holds a secret, and the setting that it becomes. */
const secrets = {
  SLACK_BOT_TOKEN: good.SLACK_BOT_TOKEN,
  SLACK_APP_TOKEN: good.SLACK_APP_TOKEN,
  SLACK_SIGNING_SECRET: good.SLACK_SIGNING_SECRET,
  WECHATPAY_PRIVATE_KEY: merchantKeyPem,
  WECHATPAY_PUBLIC_KEY: platformPublicKeyPem,
  DATABASE_URL: "postgres://receipts:secret@db/receipts",
} as const satisfies Partial<Record<Variable, string>>;

test("a secret can come from a file, with or without a trailing line break", async (t) => {
  for (const [variable, secret] of Object.entries(secrets) as [keyof typeof secrets, string][]) {
    await t.test(`${variable}_FILE`, () => {
      const inline = { ...good, [variable]: secret };
      const others: Environment = { ...inline, [variable]: undefined };
      const settings = settingsOf({ ...others, [`${variable}_FILE`]: file(`${secret}\n`) });
      assert.deepEqual(withoutKeys(settings), withoutKeys(settingsOf(inline)));
      assert.ok(settings.WECHATPAY_PRIVATE_KEY?.equals(merchantPrivateKey));
      assert.ok(settings.secrets.includes(secret.trim()), "what came from a file is kept from the log too");
    });
  }
});

test("a file variable is read for secrets only", () => {
  assert.equal(settingsOf({ ...httpMode, PORT_FILE: file("8080") }).PORT, 3000);
});

test("a secret given in both ways is refused as ambiguous", async (t) => {
  for (const [variable, secret] of Object.entries(secrets)) {
    await t.test(variable, () => {
      const both = { ...good, [variable]: secret, [`${variable}_FILE`]: file(secret) };
      assert.deepEqual(problemsOf(both), [{ kind: "given-twice", variable }]);
    });
  }
});

test("an unreadable file is reported with its path and the system's reason", async (t) => {
  const nowhere = join(folder, "nowhere.pem");
  for (const variable of Object.keys(secrets)) {
    await t.test(`${variable}_FILE`, () => {
      const unreadable = { ...good, [variable]: undefined, [`${variable}_FILE`]: nowhere };
      assert.deepEqual(problemsOf(unreadable), [{ kind: "file-unreadable", variable, path: nowhere, why: "ENOENT" }]);
    });
  }
  assert.deepEqual(problemsOf({ ...good, SLACK_BOT_TOKEN: undefined, SLACK_BOT_TOKEN_FILE: folder }), [
    { kind: "file-unreadable", variable: "SLACK_BOT_TOKEN", path: folder, why: "EISDIR" },
  ]);
});

test("a secret in the place of its file's name is not shown", () => {
  for (const secret of [merchantKeyPem, merchantKeyPem.replaceAll("\n", " "), "xoxb-1-bot", good.SLACK_SIGNING_SECRET])
    assert.deepEqual(problemsOf({ ...good, SLACK_BOT_TOKEN: undefined, SLACK_BOT_TOKEN_FILE: secret }), [
      {
        kind: "file-unreadable",
        variable: "SLACK_BOT_TOKEN",
        path: "…",
        why: secret.length > 255 ? "ENAMETOOLONG" : "ENOENT",
      },
    ]);
});

test("an unreadable secret file still selects its connection mode", () => {
  const path = join(folder, "nowhere");
  const { SLACK_APP_TOKEN: _, ...others } = socketMode;
  assert.deepEqual(problemsOf({ ...others, SLACK_APP_TOKEN_FILE: path }), [
    { kind: "file-unreadable", variable: "SLACK_APP_TOKEN", path, why: "ENOENT" },
  ]);
});

test("an empty file is reported as an empty secret", async (t) => {
  for (const variable of keyVariables) {
    await t.test(`${variable}_FILE`, () => {
      const empty = { ...good, [variable]: undefined, [`${variable}_FILE`]: file("\n") };
      assert.deepEqual(problemsOf(empty), [{ kind: "key", variable, problem: "empty" }]);
    });
  }
});

const pkcs8 = { type: "pkcs8", format: "pem" } as const;
const spki = { type: "spki", format: "pem" } as const;
const ofBits = (modulusLength: number) => generateKeyPairSync("rsa", { modulusLength });
const curve = generateKeyPairSync("ec", { namedCurve: "P-256" });
const encryptedPem = merchantPrivateKey.export({ ...pkcs8, cipher: "aes-256-cbc", passphrase: "x" }).toString();
const pkcs1Pem = merchantPrivateKey.export({ type: "pkcs1", format: "pem" }).toString();
const bare = (pem: string) => pem.replace(/-----.*-----\n/g, "");

/** Each mistake with a key, in the variable where it can be made. */
const keyMistakes: Record<KeyProblem, Partial<Record<(typeof keyVariables)[number], string>>> = {
  empty: { WECHATPAY_PRIVATE_KEY: " \n ", WECHATPAY_PUBLIC_KEY: " \n " },
  binary: { WECHATPAY_PRIVATE_KEY: p12.toString("utf8"), WECHATPAY_PUBLIC_KEY: p12.toString("utf8") },
  path: { WECHATPAY_PRIVATE_KEY: "/run/secrets/apiclient_key.pem", WECHATPAY_PUBLIC_KEY: "./pub_key.pem" },
  "literal-line-breaks": {
    WECHATPAY_PRIVATE_KEY: merchantKeyPem.replaceAll("\n", "\\n"),
    WECHATPAY_PUBLIC_KEY: platformPublicKeyPem.replaceAll("\n", "\\n"),
  },
  "one-line": {
    WECHATPAY_PRIVATE_KEY: merchantKeyPem.replaceAll("\n", " "),
    WECHATPAY_PUBLIC_KEY: platformPublicKeyPem.replaceAll("\n", ""),
  },
  "no-armour": { WECHATPAY_PRIVATE_KEY: bare(merchantKeyPem), WECHATPAY_PUBLIC_KEY: bare(platformPublicKeyPem) },
  base64: {
    WECHATPAY_PRIVATE_KEY: Buffer.from(merchantKeyPem).toString("base64"),
    WECHATPAY_PUBLIC_KEY: Buffer.from(platformPublicKeyPem).toString("base64"),
  },
  indented: {
    WECHATPAY_PRIVATE_KEY: merchantKeyPem.replaceAll("\n", "\n  "),
    WECHATPAY_PUBLIC_KEY: platformPublicKeyPem.replaceAll("\n", "\n\t"),
  },
  cut: {
    WECHATPAY_PRIVATE_KEY: merchantKeyPem.slice(0, 900),
    WECHATPAY_PUBLIC_KEY: platformPublicKeyPem.slice(0, 200),
  },
  encrypted: { WECHATPAY_PRIVATE_KEY: encryptedPem },
  "key-id": { WECHATPAY_PUBLIC_KEY: good.WECHATPAY_PUBLIC_KEY_ID, WECHATPAY_PRIVATE_KEY: "PUB_KEY_ID_01" },
  serial: { WECHATPAY_PRIVATE_KEY: "A".repeat(40), WECHATPAY_PUBLIC_KEY: "0".repeat(40) },
  "not-pem": { WECHATPAY_PRIVATE_KEY: "xoxb-1-bot", WECHATPAY_PUBLIC_KEY: "hello" },
  unreadable: {
    WECHATPAY_PRIVATE_KEY: merchantKeyPem.replace(/\n(\w)/, "\n*"),
    WECHATPAY_PUBLIC_KEY: platformPublicKeyPem.replace(/\n(\w)/, "\n*"),
  },
  certificate: { WECHATPAY_PRIVATE_KEY: merchantCertificatePem },
  "certificate-alone": { WECHATPAY_PUBLIC_KEY: platformCertificatePem },
  "public-key": { WECHATPAY_PRIVATE_KEY: platformPublicKeyPem },
  "private-key": { WECHATPAY_PUBLIC_KEY: merchantKeyPem },
  "own-key": { WECHATPAY_PUBLIC_KEY: merchantPublicKey.export(spki).toString() },
  "own-certificate": { WECHATPAY_PUBLIC_KEY: merchantCertificatePem },
  "wrong-armour": {
    WECHATPAY_PRIVATE_KEY: pkcs1Pem.replaceAll("RSA PRIVATE KEY", "PRIVATE KEY"),
  },
  "no-certificate": { WECHATPAY_CERTIFICATE: merchantKeyPem },
  "several-certificates": { WECHATPAY_CERTIFICATE: merchantCertificatePem + platformCertificatePem },
  "wrong-public-armour": {
    WECHATPAY_PUBLIC_KEY: platformPublicKey
      .export({ type: "pkcs1", format: "pem" })
      .toString()
      .replaceAll("RSA PUBLIC KEY", "PUBLIC KEY"),
  },
  "not-rsa": {
    WECHATPAY_PRIVATE_KEY: curve.privateKey.export(pkcs8).toString(),
    WECHATPAY_PUBLIC_KEY: curve.publicKey.export(spki).toString(),
  },
  "not-2048-bits": {
    WECHATPAY_PRIVATE_KEY: ofBits(1024).privateKey.export(pkcs8).toString(),
    WECHATPAY_PUBLIC_KEY: ofBits(3072).publicKey.export(spki).toString(),
  },
  "several-keys": {
    WECHATPAY_PRIVATE_KEY: merchantKeyPem + platformKeyPem,
    WECHATPAY_PUBLIC_KEY: platformPublicKeyPem + platformPublicKeyPem,
  },
};

test("every mistake with a key is reported by its own name, in the setting and in its file", async (t) => {
  for (const problem of keyProblems) {
    for (const [variable, value] of Object.entries(keyMistakes[problem])) {
      await t.test(`${problem} in ${variable}`, () => {
        const expected = [{ kind: "key", variable, problem }];
        assert.deepEqual(problemsOf({ ...good, [variable]: value }), expected);
        if (problem === "empty") return;
        const inFile = { ...good, [variable]: undefined, [`${variable}_FILE`]: file(value) };
        assert.deepEqual(problemsOf(inFile), expected);
      });
    }
  }
});

test("a .p12 file is recognized by its bytes", () => {
  const inFile = { ...good, WECHATPAY_PRIVATE_KEY: undefined, WECHATPAY_PRIVATE_KEY_FILE: file(p12) };
  assert.deepEqual(problemsOf(inFile), [{ kind: "key", variable: "WECHATPAY_PRIVATE_KEY", problem: "binary" }]);
});

/** Each mistake with the APIv3 key. */
const apiV3KeyMistakes: Record<ApiV3KeyProblem, readonly string[]> = {
  pem: [merchantKeyPem, "-----BEGIN CERTIFICATE-----"],
  path: ["/run/secrets/apiv3_key", "./apiv3.key", "apiv3-key.txt"],
  serial: [good.WECHATPAY_SERIAL_NO],
  hex: [Buffer.from(apiV3Key).toString("hex")],
  base64: [Buffer.from(apiV3Key).toString("base64")],
  length: ["changeme", apiV3Key.slice(1), `${apiV3Key}b`],
  characters: [`${apiV3Key.slice(0, 31)}é`, `${apiV3Key.slice(0, 15)} ${apiV3Key.slice(16)}`],
};

test("every mistake with the APIv3 key is reported by its own name, and nothing of the key is said", async (t) => {
  for (const problem of apiV3KeyProblems)
    await t.test(problem, () => {
      for (const value of apiV3KeyMistakes[problem]) {
        const found = problemsOf({ ...good, WECHATPAY_APIV3_KEY: value });
        const length = value.length;
        assert.deepEqual(found, [{ kind: "apiv3-key", variable: "WECHATPAY_APIV3_KEY", problem, length }]);
        for (const { start } of [en, zhCN])
          for (const one of found) assert.ok(!start.problem(one).includes(value.slice(0, 12)));
      }
    });
});

test("the APIv3 key is 32 characters, taken as they are, and a secret", () => {
  const { WECHATPAY_APIV3_KEY: key, secrets } = settingsOf({ ...good, WECHATPAY_APIV3_KEY: apiV3Key });
  assert.equal(key?.export().toString(), apiV3Key);
  assert.ok(secrets.includes(apiV3Key));
  const inFile = { ...good, WECHATPAY_APIV3_KEY_FILE: file(`${apiV3Key}\n`) };
  assert.equal(settingsOf(inFile).WECHATPAY_APIV3_KEY?.export().toString(), apiV3Key);
});

test("with the APIv3 key, WeChat Pay's public key and its ID may be missing, but only together", () => {
  const { WECHATPAY_PUBLIC_KEY_ID: id, WECHATPAY_PUBLIC_KEY: key, ...others } = good;
  const certificates = { ...others, WECHATPAY_APIV3_KEY: apiV3Key };
  assert.equal(settingsOf(certificates).WECHATPAY_PUBLIC_KEYS.size, 0);
  assert.deepEqual([...settingsOf({ ...good, WECHATPAY_APIV3_KEY: apiV3Key }).WECHATPAY_PUBLIC_KEYS.keys()], [id]);
  assert.deepEqual(problemsOf({ ...certificates, WECHATPAY_PUBLIC_KEY_ID: id }), [
    { kind: "missing", variable: "WECHATPAY_PUBLIC_KEY" },
  ]);
  assert.deepEqual(problemsOf({ ...certificates, WECHATPAY_PUBLIC_KEY: key }), [
    { kind: "missing", variable: "WECHATPAY_PUBLIC_KEY_ID" },
  ]);
  // An APIv3 key that cannot be read was meant to be one.
  const nowhere = join(folder, "nowhere");
  assert.deepEqual(problemsOf({ ...others, WECHATPAY_APIV3_KEY_FILE: nowhere }), [
    { kind: "file-unreadable", variable: "WECHATPAY_APIV3_KEY", path: nowhere, why: "ENOENT" },
  ]);
});

test("two swapped keys are both reported at once", () => {
  const swapped = { ...good, WECHATPAY_PRIVATE_KEY: platformPublicKeyPem, WECHATPAY_PUBLIC_KEY: merchantKeyPem };
  assert.deepEqual(problemsOf(swapped), [
    { kind: "key", variable: "WECHATPAY_PRIVATE_KEY", problem: "public-key" },
    { kind: "key", variable: "WECHATPAY_PUBLIC_KEY", problem: "private-key" },
  ]);
});

test("a mistake with WeChat Pay's public key never leads to the private key", () => {
  const wrongKeys = [
    ...Object.values(keyMistakes).flatMap(({ WECHATPAY_PUBLIC_KEY: pem }) => pem ?? []),
    encryptedPem,
    pkcs1Pem.replaceAll("RSA PRIVATE KEY", "PRIVATE KEY"),
  ];
  for (const pem of wrongKeys) {
    const [problem] = problemsOf({ ...good, WECHATPAY_PUBLIC_KEY: pem });
    assert.ok(problem?.kind === "key");
    for (const { start } of [en, zhCN]) assert.doesNotMatch(start.problem(problem), /apiclient_key|openssl pkcs8/);
  }
});

test("quotation marks around a value are named, whatever the setting", () => {
  for (const variable of variables.filter((name) => !isKey(name))) {
    for (const mark of ['"', "'"])
      assert.deepEqual(problemsOf({ ...good, [variable]: `${mark}value${mark}` }), [{ kind: "quoted", variable }]);
  }
  const keys = { ...good, WECHATPAY_CERTIFICATE: merchantCertificatePem };
  for (const variable of keyVariables)
    assert.deepEqual(problemsOf({ ...good, [variable]: `"${keys[variable]}"` }), [{ kind: "quoted", variable }]);
});

test("a rotating token is named", () => {
  for (const variable of ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"] as const)
    assert.deepEqual(problemsOf({ ...good, [variable]: "xoxe.xoxb-1-bot" }), [{ kind: "rotating-token", variable }]);
});

test("a secret with a character that no header can contain is refused, and the character named", () => {
  const foreign: [Variable, value: string, character: string][] = [
    ["SLACK_BOT_TOKEN", "xoxb-…", "…"],
    ["SLACK_BOT_TOKEN", "xoxb-１２３-bot", "１"],
    ["SLACK_APP_TOKEN", "xapp-1-\u200Bapp", "\u200B"],
    ["SLACK_SIGNING_SECRET", "…", "…"],
    ["SLACK_SIGNING_SECRET", "xapp-…", "…"],
    ["WECHATPAY_SIGNER_TOKEN", "令牌".repeat(20), "令"],
  ];
  for (const [variable, value, character] of foreign)
    assert.deepEqual(problemsOf({ ...good, [variable]: value }), [{ kind: "foreign-character", variable, character }]);
});

test("a file in UTF-16 is named, with and without its mark; a UTF-8 byte order mark does no harm", () => {
  const utf16 = Buffer.from(merchantKeyPem, "utf16le");
  for (const content of [utf16, Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), Buffer.from(utf16).swap16()]) {
    const path = file(content);
    const inFile = { ...good, WECHATPAY_PRIVATE_KEY: undefined, WECHATPAY_PRIVATE_KEY_FILE: path };
    assert.deepEqual(problemsOf(inFile), [{ kind: "file-encoding", variable: "WECHATPAY_PRIVATE_KEY", path }]);
  }
  settingsOf({ ...good, SLACK_BOT_TOKEN: undefined, SLACK_BOT_TOKEN_FILE: file(`\uFEFF${good.SLACK_BOT_TOKEN}\r\n`) });
});

test("a byte order mark that became part of a name is reported with that name", () => {
  const { SLACK_BOT_TOKEN, ...others } = good;
  const mark = { kind: "byte-order-mark", variable: "SLACK_BOT_TOKEN" };
  assert.deepEqual(problemsOf({ ...others, "\uFEFFSLACK_BOT_TOKEN": SLACK_BOT_TOKEN }), [mark]);
  assert.deepEqual(problemsOf({ ...others, "\uFEFFSLACK_BOT_TOKEN": SLACK_BOT_TOKEN, PORT: "0" }), [
    mark,
    { kind: "malformed", variable: "PORT" },
  ]);
  settingsOf({ ...good, "\uFEFF# a comment with an ": "sign" });
});

test("a .env file that exists and cannot be read is reported; a missing one is fine", () => {
  assert.equal(envFileProblem(join(folder, "nowhere.env")), undefined);
  assert.equal(envFileProblem(file("PORT=3000\n")), undefined);
  assert.deepEqual(envFileProblem(folder), { kind: "env-file", path: folder, why: "EISDIR" });
  const path = file(Buffer.from("\uFEFFPORT=3000\n", "utf16le"));
  assert.deepEqual(envFileProblem(path), { kind: "env-file", path, why: "UTF-16" });
});

test("a database password that ends its address early is reported, and no part of it is shown", () => {
  for (const url of [
    "postgres://user:hun#ter2@db/receipts",
    "postgres://user:12#34@db/receipts",
    "postgres://user:hun/ter2@db/receipts",
    "postgres://user:12/34@db/receipts",
    "postgres://user:p@ss/word@db/receipts",
    "postgres://user:hun?ter2@db/receipts",
    "postgres://user:hun%zz@db/receipts",
  ]) {
    const problems = problemsOf({ ...good, DATABASE_URL: url });
    assert.deepEqual(problems, [{ kind: "password-encoding", variable: "DATABASE_URL" }], url);
  }
  for (const url of [
    "postgres://user:p@ss@db/receipts",
    "postgres://user:hun%23ter2@db/receipts",
    "postgres://db:5432/receipts?user=a@b",
    "postgres://user:pw@db/receipts?application_name=a@b",
    "postgres:///receipts?host=/var/run/postgresql",
  ])
    assert.deepEqual(settingsOf({ ...good, DATABASE_URL: url }).DATABASE_URL, { engine: "postgres", url });
});

test("an sslmode that pg does not know is refused: it would not mean what it says", () => {
  const at = (query: string) => `postgres://user:pw@db/receipts?${query}`;
  for (const mode of ["requier", "allow", "Disable", "true", ""])
    assert.deepEqual(
      problemsOf({ ...good, DATABASE_URL: at(`application_name=a&sslmode=${mode}`) }),
      [{ kind: "sslmode", variable: "DATABASE_URL" }],
      mode,
    );
  for (const mode of ["disable", "prefer", "require", "verify-ca", "verify-full", "no-verify"])
    settingsOf({ ...good, DATABASE_URL: at(`sslmode=${mode}`) });
});

test("a proxy is read with the settings, its password is a secret, and a mistake names the variable", () => {
  const { proxy, secrets } = settingsOf({ ...good, HTTPS_PROXY: "user:hunter22@proxy.internal:3128" });
  assert.partialDeepStrictEqual(proxy, { hostname: "proxy.internal", port: 3128 });
  assert.ok(secrets.includes("hunter22"));
  assert.equal(settingsOf(good).proxy, undefined);
  assert.deepEqual(problemsOf({ ...good, https_proxy: "http://user:hun#ter2@proxy:3128" }), [
    { kind: "proxy", variable: "https_proxy", problem: "encoding" },
  ]);
});

test("names that look like settings are warned of with the nearest one, and others are left alone", () => {
  const strangers = { PATH: "/bin", HOME: "/root", LOCALES: "x", PORTS: "1", NODE_ENV: "production", REASONS: "x" };
  const read = readSettings({
    ...httpMode,
    ...strangers,
    SLACK_SIGNING_SECRET: "0123456789abcdef0123456789abcdef",
    RECIEPT_CHANNELS: "C1",
    WECHATPAY_MCH_ID: "1",
    RECEIPT_ADMINS_FILE: "/run/admins",
    DATABSE_URL: "sqlite:x",
    SLACK_SOMETHING_ELSE_ALTOGETHER: "x",
  });
  assert.deepEqual(read.ok && read.warnings, [
    { kind: "unknown-name", name: "RECIEPT_CHANNELS", nearest: "RECEIPT_CHANNELS" },
    { kind: "unknown-name", name: "WECHATPAY_MCH_ID", nearest: "WECHATPAY_MCHID" },
    { kind: "unknown-name", name: "RECEIPT_ADMINS_FILE", nearest: "RECEIPT_ADMINS" },
    { kind: "unknown-name", name: "DATABSE_URL", nearest: "DATABASE_URL" },
    { kind: "unknown-name", name: "SLACK_SOMETHING_ELSE_ALTOGETHER", nearest: undefined },
  ]);
});

test("a slip in a short name is a warning; common variables of other programs are not", () => {
  const warned = (names: readonly string[]) => {
    const environment = Object.fromEntries(names.map((name) => [name, "x"]));
    const read = readSettings({ ...httpMode, SLACK_SIGNING_SECRET: "0".repeat(32), ...environment });
    return read.ok ? read.warnings.map((warning) => warning.kind === "unknown-name" && warning.nearest) : [];
  };
  for (const name of ["RETIAN", "RETAINN", "RETAI", "RETAIN_DAYS", "retain"])
    assert.deepEqual(warned([name]), ["RETAIN"], name);
  assert.deepEqual(warned(["LOCAL"]), ["LOCALE"]);
  assert.deepEqual(warned(["RAESON"]), ["REASON"]);
  const common =
    "PATH HOME LANG LANGUAGE LC_ALL LC_TIME USER LOGNAME SHELL TERM PWD OLDPWD SHLVL EDITOR PAGER MAIL HOST HOSTNAME TZ " +
    "TMPDIR DEBUG PORTS SPORT LOCALES LOCALHOST REASONS SEASON DETAIN NO_COLOR CI DISPLAY LOGLEVEL_X INVOCATION_ID " +
    "JOURNAL_STREAM LISTEN_FDS NOTIFY_SOCKET SYSTEMD_EXEC_PID npm_config_local npm_package_name PGHOST PGPORT PGPASSWORD";
  assert.deepEqual(warned(common.split(" ")), []);
});

test("if a setting is missing, the name that was probably meant for it is reported with it", () => {
  const { WECHATPAY_MCHID, ...others } = good;
  const slip = { kind: "unknown-name", name: "WECHATPAY_MCH_ID", nearest: "WECHATPAY_MCHID" } as const;
  assert.deepEqual(problemsOf({ ...others, WECHATPAY_MCH_ID: WECHATPAY_MCHID, RECIEPT_CHANNELS: "C1" }), [
    { kind: "missing", variable: "WECHATPAY_MCHID" },
    slip,
    { kind: "unknown-name", name: "RECIEPT_CHANNELS", nearest: "RECEIPT_CHANNELS" },
  ]);
  const both = problemsOf({ ...others, WECHATPAY_MCHID: "x", WECHATPAY_MCH_ID: WECHATPAY_MCHID });
  assert.deepEqual(both, [{ kind: "malformed", variable: "WECHATPAY_MCHID" }], "it is set, if wrongly");
});

test("missing settings follow from a .env file that cannot be read; wrong settings do not", () => {
  const envFile = { kind: "env-file", path: ".env", why: "UTF-16" } as const;
  const missing = readSettings({}, { envFile });
  assert.deepEqual(!missing.ok && missing.problems, [envFile]);
  const wrong = readSettings({ PORT: "0", BULK_FROM: "5" }, { envFile });
  assert.deepEqual(!wrong.ok && wrong.problems, [envFile, { kind: "malformed", variable: "PORT" }]);
  const complete = readSettings(httpMode, { envFile });
  assert.ok(complete.ok && complete.warnings.includes(envFile), "the environment may hold everything");
});

test("an address with spaces or a line end around it, or with a wrong port, is named as such", () => {
  for (const url of ["sqlite:x.db\r", "sqlite:x.db ", " sqlite:x.db", "postgres://bot:hunter22@db/receipts\n"])
    assert.deepEqual(problemsOf({ ...good, DATABASE_URL: url }), [{ kind: "spaces", variable: "DATABASE_URL" }], url);
  for (const url of [
    "postgres://bot@db:abc/receipts",
    "postgres://bot:hunter22@db:54x/receipts",
    "postgres://bot@db:x",
  ])
    assert.deepEqual(
      problemsOf({ ...good, DATABASE_URL: url }),
      [{ kind: "malformed", variable: "DATABASE_URL" }],
      url,
    );
});

test("a database in memory is refused: everything would be lost at each stop", () => {
  for (const url of ["sqlite::memory:", "sqlite:file::memory:?cache=shared", "sqlite:file:x.db?mode=memory"])
    assert.deepEqual(
      problemsOf({ ...good, DATABASE_URL: url }),
      [{ kind: "in-memory", variable: "DATABASE_URL" }],
      url,
    );
  assert.equal(readDatabaseAddress("sqlite::memory:"), undefined, "as the target of a move either");
  assert.notEqual(readDatabaseAddress("sqlite:/srv/memory/receipts.db"), undefined);
});

test("a port out of range is named as such, and is no mistake in the password", () => {
  for (const url of [
    "postgres://u:hunter22@h:99999/d",
    "postgres://u:hunter22@h:0/d",
    "postgres://h:65536/d",
    "postgresql://u:hunter22@[::1]:99999/d?sslmode=require",
    "postgres://u:hunter22@h:99999",
  ])
    assert.deepEqual(problemsOf({ ...good, DATABASE_URL: url }), [{ kind: "port", variable: "DATABASE_URL" }], url);
  const url = "postgres://u:99999@h:65535/d";
  assert.deepEqual(settingsOf({ ...good, DATABASE_URL: url }).DATABASE_URL, { engine: "postgres", url });
});

test("spaces around any value but a PEM text are refused: in a file they would not count", () => {
  const key = "k".repeat(32);
  for (const [variable, value] of [
    ["LEDGER_KEY", `${key} `],
    ["TICKET_PATTERN", " OPS-[0-9]+"],
    ["RECEIPT_ADMINS", "U0CAROL001\t"],
    ["HTTP_PATH", "/slack/events "],
  ] as const)
    assert.deepEqual(problemsOf({ ...good, [variable]: value }), [{ kind: "spaces", variable }], variable);
  for (const value of [`${key} `, `"${key}"`])
    assert.deepEqual(readLedgerKey({ LEDGER_KEY: value }), {
      ok: false,
      problems: [{ kind: value.startsWith('"') ? "quoted" : "spaces", variable: "LEDGER_KEY" }],
    });
  settingsOf({ ...good, WECHATPAY_PRIVATE_KEY: `\n${good.WECHATPAY_PRIVATE_KEY}\n` });
});

test("an address that a # has cut short in its password is named as such", () => {
  for (const url of ["postgres://bot:hunter", "postgresql://bot:hun%40ter"])
    assert.deepEqual(problemsOf({ ...good, DATABASE_URL: url }), [{ kind: "cut", variable: "DATABASE_URL" }], url);
  for (const url of ["postgres://db", "postgres://db:5432", "postgres://db:5432/receipts"])
    assert.deepEqual(settingsOf({ ...good, DATABASE_URL: url }).DATABASE_URL, { engine: "postgres", url });
});

test("a signing secret that is not 32 hexadecimal digits is warned of, and accepted", () => {
  const read = readSettings({ ...good, SLACK_SIGNING_SECRET: "not-a-real-secret" });
  assert.deepEqual(read.ok && read.warnings, [{ kind: "signing-secret" }]);
});

test("a certificate that fits the other settings is accepted, and each that does not is named", async (t) => {
  const serialNo = "35A47CB63095E08C1D6345F481869D8FF3144A3E";
  const withCertificate = { ...good, WECHATPAY_SERIAL_NO: serialNo, WECHATPAY_CERTIFICATE: merchantCertificatePem };
  assert.equal(settingsOf(withCertificate).WECHATPAY_CERTIFICATE?.commonName, good.WECHATPAY_MCHID);
  settingsOf({ ...withCertificate, WECHATPAY_SERIAL_NO: serialNo.toLowerCase() });
  settingsOf({ ...withCertificate, WECHATPAY_CERTIFICATE: merchantKeyPem + merchantCertificatePem });
  const own = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pkcs8).toString();
  const rows: [Environment, SettingsProblem][] = [
    [{ WECHATPAY_SERIAL_NO: good.WECHATPAY_SERIAL_NO }, { kind: "certificate-serial", serialNo }],
    [{ WECHATPAY_MCHID: "1900000002" }, { kind: "certificate-owner" }],
    [{ WECHATPAY_PRIVATE_KEY: own }, { kind: "certificate-key" }],
  ];
  for (const [change, problem] of rows)
    await t.test(problem.kind, () => assert.deepEqual(problemsOf({ ...withCertificate, ...change }), [problem]));
});

test("a warning appears 30 days before a certificate expires, and once it has expired", () => {
  const env = {
    ...good,
    WECHATPAY_SERIAL_NO: "35A47CB63095E08C1D6345F481869D8FF3144A3E",
    WECHATPAY_CERTIFICATE: merchantCertificatePem,
  };
  const [at, dayMs] = [Date.UTC(2126, 9, 30, 23, 31, 44), 86_400_000];
  const warningsAt = (now: number) => {
    const read = readSettings({ ...env, SLACK_SIGNING_SECRET: "0".repeat(32) }, { now });
    return read.ok && read.warnings;
  };
  assert.deepEqual(warningsAt(at - 30 * dayMs - 1), []);
  assert.deepEqual(warningsAt(at - 30 * dayMs), [{ kind: "certificate-expires", at }]);
  assert.deepEqual(warningsAt(at - 1), [{ kind: "certificate-expires", at }]);
  assert.deepEqual(warningsAt(at), [{ kind: "certificate-expired", at }]);
});

test("a rate above the limit is refused with the limit", () => {
  const problems = problemsOf({ ...good, WECHATPAY_RATE: "100001" });
  assert.deepEqual(problems, [{ kind: "malformed", variable: "WECHATPAY_RATE" }]);
  assert.equal(settingsOf({ ...good, WECHATPAY_RATE: "100000" }).WECHATPAY_RATE, 100_000);
  for (const texts of [en, zhCN])
    assert.match(texts.start.problem({ kind: "malformed", variable: "WECHATPAY_RATE" }), /100000/);
});

test("every sentence about a setting ends with a full stop or a question mark", () => {
  for (const variable of variables) {
    assert.match(en.start.problem({ kind: "malformed", variable }), /\.$/);
    assert.match(zhCN.start.problem({ kind: "malformed", variable }), /。$/);
  }
});

test("durations may have several parts", () => {
  assert.equal(settingsOf({ ...good, REQUEST_TTL: "1d12h" }).REQUEST_TTL, 36 * 3_600_000);
});

test("a wrong key is reported together with other mistakes", () => {
  const several = { ...good, SLACK_BOT_TOKEN: "bot", WECHATPAY_PUBLIC_KEY: platformCertificatePem, PORT: "none" };
  assert.deepEqual(problemsOf(several), [
    { kind: "malformed", variable: "SLACK_BOT_TOKEN" },
    { kind: "malformed", variable: "PORT" },
    { kind: "key", variable: "WECHATPAY_PUBLIC_KEY", problem: "certificate-alone" },
  ]);
});

test("the secrets are returned unchanged, so that the log can hide them", () => {
  const { secrets: kept } = settingsOf({ ...good, DATABASE_URL: secrets.DATABASE_URL });
  assert.deepEqual(kept.toSorted(), Object.values(secrets).toSorted());
});

/** The settings as plain data, with line breaks at the ends of secrets removed. */
function withoutKeys(settings: ReturnType<typeof settingsOf>) {
  const { WECHATPAY_PRIVATE_KEY: _, WECHATPAY_PUBLIC_KEYS: keys, ...others } = settings;
  const trim = (_name: string, value: unknown) => (typeof value === "string" ? value.trim() : value);
  return JSON.parse(JSON.stringify({ ...others, serials: [...keys.keys()] }, trim)) as unknown;
}
