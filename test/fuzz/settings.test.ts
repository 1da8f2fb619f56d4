/** Any environment gives settings, or names every wrong variable with what to do; never an exception. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Environment, readSettings, type Variable } from "../../src/settings.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { zhCN } from "../../src/text/zh-CN/catalogue.ts";
import { merchantCertificatePem, merchantKeyPem, platformPublicKeyPem } from "../wechatpay/fixtures/fixtures.ts";
import { runs } from "./runs.ts";

const good: Record<Variable, string> = {
  SLACK_BOT_TOKEN: "xoxb-1-bot",
  SLACK_APP_TOKEN: "xapp-1-app",
  SLACK_SIGNING_SECRET: "8f742231b10e8888abcd99yyyzzz85a5",
  PORT: "3000",
  HTTP_PATH: "/slack/events",
  HTTP_KEEP_ALIVE: "75s",
  SLACK_API_URL: "https://slack.com/api/",
  WECHATPAY_MCHID: "1900000001",
  WECHATPAY_SERIAL_NO: "35A47CB63095E08C1D6345F481869D8FF3144A3E",
  WECHATPAY_PRIVATE_KEY: merchantKeyPem,
  WECHATPAY_SIGNER: "",
  WECHATPAY_SIGNER_TOKEN: "t".repeat(32),
  WECHATPAY_PUBLIC_KEY_ID: "PUB_KEY_ID_0119000000012026112300000000000001",
  WECHATPAY_PUBLIC_KEY: platformPublicKeyPem,
  WECHATPAY_APIV3_KEY: "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb",
  WECHATPAY_CERTIFICATE: merchantCertificatePem,
  WECHATPAY_ENDPOINTS: "https://api.mch.weixin.qq.com",
  DATABASE_URL: "sqlite:data/receipts.db",
  SLACK_COMMAND: "/receipt",
  RECEIPT_ADMINS: "U0ANN00001",
  RECEIPT_CHANNELS: "C0MERCHANT",
  APPROVAL_POLICY: "four-eyes",
  APPROVERS_NEEDED: "2",
  BULK_FROM: "100",
  BULK_APPROVERS_NEEDED: "3",
  BREAK_GLASS: "on",
  REASON: "optional",
  WECHATPAY_RATE: "10",
  REQUEST_TTL: "24h",
  STALE_AFTER: "1h",
  RETAIN: "400d",
  ESCALATE_AFTER: "4h",
  ESCALATE_TO: "S0ONCALL01",
  LOCALE: "en",
  PERSONAL_LOCALE: "on",
  GOLDPLAN: "with-receipts",
  UNKNOWN_MERCHANTS: "refuse",
  GOLDPLAN_SCENE: "MINIPROGRAM",
  TICKET_PATTERN: "OPS-[0-9]+",
  TICKET_EXAMPLE: "OPS-4711",
  TICKET_URL: "https://tickets.example.com/{ticket}",
  LOG_LEVEL: "info",
  OPS_PORT: "9090",
  OPS_HOST: "0.0.0.0",
  LEDGER_KEY: "k".repeat(32),
};
const variables = Object.keys(good) as Variable[];

/** A value that is cut, doubled, reversed, or has something inserted. */
const spoilt = fc
  .tuple(
    fc.constantFrom(...Object.values(good)),
    fc.nat(),
    fc.constantFrom("", " ", "\n", "\u0000", "-", "é", "\\n", "://"),
  )
  .chain(([value, at, what]) => {
    const place = at % (value.length + 1);
    const [before, after] = [value.slice(0, place), value.slice(place)];
    return fc.constantFrom(before + what + after, before, after + before, value + what + value);
  });
const anyValue = fc.oneof(
  spoilt,
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    " ",
    "0",
    "-1",
    "1e999",
    "NaN",
    "null",
    "{}",
    "x".repeat(100_000),
    "/dev/null",
    merchantCertificatePem,
  ),
  fc.webUrl(),
);
const name = fc.oneof(
  fc.constantFrom<string>(
    ...variables,
    ...variables.map((variable) => `${variable}_FILE`),
    ...["HTTPS_PROXY", "https_proxy", "NO_PROXY", "RECIEPT_ADMINS"],
  ),
  fc.string({ maxLength: 10 }),
);
const changes = fc.dictionary(name, fc.option(anyValue, { nil: undefined, freq: 5 }), { maxKeys: 6 });

/** The variables reported as wrong or missing. Each has a text in both languages. */
function named(env: Environment): Set<string> {
  const read = readSettings(env);
  if (read.ok) return new Set();
  assert.ok(read.problems.length > 0);
  for (const { start } of [en, zhCN])
    for (const problem of read.problems) assert.match(start.problem(problem), /^[A-Za-z_]+(_FILE)? ?\S/);
  return new Set(read.problems.map((problem) => ("variable" in problem ? problem.variable : problem.kind)));
}

test("any environment can be read, and each wrong value is named whatever else is wrong", () => {
  fc.assert(
    fc.property(changes, fc.boolean(), (changed, startsGood) => {
      const together = named({ ...(startsGood ? good : {}), ...changed });
      for (const [variable, value] of Object.entries(changed)) {
        if (!variables.includes(variable as Variable)) continue;
        // Keys are compared with each other: a pair can be valid although one of them alone is wrong.
        if (variable === "WECHATPAY_PUBLIC_KEY" || `${variable}_FILE` in changed) continue;
        // Even if wrong, a signer takes the place of the private key, and the APIv3 key that of the public key.
        const has = (other: Variable) => other in changed || `${other}_FILE` in changed;
        if (variable === "WECHATPAY_PRIVATE_KEY" && has("WECHATPAY_SIGNER")) continue;
        if (variable === "WECHATPAY_PUBLIC_KEY_ID" && has("WECHATPAY_APIV3_KEY")) continue;
        if (named({ ...good, [variable]: value }).has(variable)) assert.ok(together.has(variable), variable);
      }
    }),
    runs(300),
  );
});

test("accepted settings have the types that the bot relies on", () => {
  fc.assert(
    fc.property(changes, (changed) => {
      const read = readSettings({ ...good, ...changed });
      if (!read.ok) return;
      const { settings } = read;
      for (const port of [settings.PORT, settings.OPS_PORT ?? 1])
        assert.ok(Number.isInteger(port) && port > 0 && port < 65_536);
      assert.ok(settings.WECHATPAY_RATE > 0 && Number.isFinite(settings.WECHATPAY_RATE));
      assert.ok(settings.REQUEST_TTL > 0 && Number.isSafeInteger(settings.REQUEST_TTL));
      for (const url of [settings.SLACK_API_URL, ...settings.WECHATPAY_ENDPOINTS])
        assert.match(new URL(url).protocol, /^https?:$/);
      assert.match(settings.WECHATPAY_MCHID, /^[0-9]{1,32}$/);
      assert.ok(settings.WECHATPAY_PUBLIC_KEYS.size > 0 || settings.WECHATPAY_APIV3_KEY?.symmetricKeySize === 32);
      assert.equal(settings.WECHATPAY_PUBLIC_KEYS.size > 0, settings.WECHATPAY_PUBLIC_KEY_ID !== undefined);
      for (const secret of [settings.SLACK_BOT_TOKEN, settings.SLACK_SIGNING_SECRET ?? settings.SLACK_BOT_TOKEN])
        assert.ok(settings.secrets.includes(secret));
    }),
    runs(300),
  );
});
