/** What each wrong setting is answered with, one sentence each, without the secret in it. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type Playground, startPlayground } from "../../src/playground/playground.ts";
import { readSettings } from "../../src/settings.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { identity } from "../e2e/support/identity.ts";

type Variables = Readonly<Record<string, string>>;

/** The sentences about settings with which the bot cannot start. */
function sentences(environment: Variables): string {
  const read = readSettings(environment);
  assert.ok(!read.ok, "the settings are valid");
  return read.problems.map(en.start.problem).join("\n");
}

const pem = (key: { export(options: { type: "pkcs8"; format: "pem" }): string | Buffer }) =>
  String(key.export({ type: "pkcs8", format: "pem" }));
const keys: [what: string, change: (good: Variables) => Variables, said: RegExp][] = [
  ["an empty line", () => ({ WECHATPAY_PRIVATE_KEY: " " }), /WECHATPAY_PRIVATE_KEY is empty/],
  ["a path", () => ({ WECHATPAY_PRIVATE_KEY: "/etc/apiclient_key.pem" }), /contains a file name/],
  [
    "literal line breaks",
    (good) => ({ WECHATPAY_PRIVATE_KEY: (good["WECHATPAY_PRIVATE_KEY"] ?? "").replaceAll("\n", "\\n") }),
    /two characters \\n/,
  ],
  [
    "a key without its first line",
    (good) => ({ WECHATPAY_PRIVATE_KEY: (good["WECHATPAY_PRIVATE_KEY"] ?? "").replace(/^.*\n/, "") }),
    /is incomplete: lines are missing, such as the first or the last one/,
  ],
  [
    "a key from the data of a Kubernetes secret",
    (good) => ({ WECHATPAY_PRIVATE_KEY: Buffer.from(good["WECHATPAY_PRIVATE_KEY"] ?? "").toString("base64") }),
    /encoded in Base64 as a whole.*decoded text/,
  ],
  [
    "RSA-3072",
    () => ({ WECHATPAY_PRIVATE_KEY: pem(generateKeyPairSync("rsa", { modulusLength: 3072 }).privateKey) }),
    /not of 2048 bits/,
  ],
  [
    "an elliptic curve",
    () => ({ WECHATPAY_PRIVATE_KEY: pem(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey) }),
    /not an RSA key/,
  ],
  [
    "WeChat Pay's key in place of ours",
    (good) => ({ WECHATPAY_PRIVATE_KEY: good["WECHATPAY_PUBLIC_KEY"] ?? "" }),
    /WECHATPAY_PRIVATE_KEY is a public key/,
  ],
  [
    "a private key in place of WeChat Pay's",
    (good) => ({ WECHATPAY_PUBLIC_KEY: good["WECHATPAY_PRIVATE_KEY"] ?? "" }),
    /WECHATPAY_PUBLIC_KEY is a private key/,
  ],
];

const secret = "hunter22";
const addresses: [what: string, change: Variables, said: RegExp][] = [
  [
    "an unencoded # in the proxy's password",
    { HTTPS_PROXY: `http://bot:${secret}#x@proxy:3128` },
    /HTTPS_PROXY has a spe/,
  ],
  [
    "an impossible port of the proxy",
    { HTTPS_PROXY: `http://bot:${secret}@proxy:99999` },
    /HTTPS_PROXY has no valid port/,
  ],
  [
    "an impossible port of the database",
    { DATABASE_URL: `postgres://bot:${secret}@db:99999/r` },
    /DATABASE_URL has no valid port: after the host/,
  ],
  [
    "an unencoded / in the database's password",
    { DATABASE_URL: `postgres://bot:${secret}/x@db/r` },
    /DATABASE_URL has a spe/,
  ],
  [
    "a database's password that was cut at a #",
    { DATABASE_URL: `postgres://bot:${secret}` },
    /DATABASE_URL ends within its user name or password\. If the password contains #, write %23/,
  ],
  [
    "an unencoded # in the database's password",
    { DATABASE_URL: `postgres://bot:${secret}#x@db/r` },
    /DATABASE_URL has a spe/,
  ],
];

describe("one sentence tells what is wrong with a setting", () => {
  let playground: Playground;
  before(async () => {
    playground = await startPlayground({ identity });
  });
  after(() => playground.close());

  for (const [what, change, said] of keys)
    test(`a key that is ${what}`, () => {
      assert.match(sentences({ ...playground.environment, ...change(playground.environment) }), said);
    });

  test("our own public key in place of WeChat Pay's", () => {
    const own = playground.identity.merchantPublicKey.export({ type: "spki", format: "pem" }).toString();
    const words = sentences({ ...playground.environment, WECHATPAY_PUBLIC_KEY: own });
    assert.match(words, /WECHATPAY_PUBLIC_KEY is our own key/);
  });

  for (const [what, change, said] of addresses)
    test(`${what}, without the password`, () => {
      const words = sentences({ ...playground.environment, ...change });
      assert.match(words, said);
      assert.doesNotMatch(words, new RegExp(secret));
    });
});

test("a character that cannot be in a token is named by its code, and shown where it can be seen", () => {
  const problem = { kind: "foreign-character", variable: "SLACK_BOT_TOKEN" } as const;
  const said = ["\u200B", "…"].map((character) => en.start.problem({ ...problem, character }));
  assert.match(said[0] ?? "", /contains the character U\+200B, which/);
  assert.match(said[1] ?? "", /contains the character U\+2026 \(…\), which/);
});

test("each way in which Slack refuses the bot's token has advice of its own", () => {
  const codes = ["token_revoked", "account_inactive", "not_allowed_token_type", "team_access_not_granted", "another"];
  const advice = codes.map((code) => en.start.slackRefuses(code).replace(code, ""));
  assert.equal(new Set(advice).size, codes.length);
});
