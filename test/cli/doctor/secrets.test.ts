/** No secret and no line of PEM is printed, wherever in the settings it stands. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { secretVariables, variables } from "../../../src/settings/schema.ts";
import { merchantCertificatePem, merchantKeyPem, platformKeyPem } from "../../wechatpay/fixtures/fixtures.ts";
import { type Env, openInstallation, run } from "./builders.ts";

const { env } = await openInstallation({ after });
const folder = mkdtempSync(join(tmpdir(), "receipt-doctor-"));
after(() => rmSync(folder, { recursive: true }));

const word = "Pl4ntedS3cret";
const planted = {
  "a token": `xoxb-${word}-1`,
  "an app-level token": `xapp-${word}-1`,
  "a private key": platformKeyPem,
  "a private key on one line": platformKeyPem.replaceAll("\n", " "),
  "a private key with escaped line breaks": platformKeyPem.replaceAll("\n", "\\n"),
  "half a private key": platformKeyPem.slice(0, 900),
  "an address with a password": `postgres://bot:${word}@127.0.0.1:1/receipts`,
};
/** Base64 lines of the keys, whole or in part, and their first and last lines. */
const lines = [merchantKeyPem, platformKeyPem, merchantCertificatePem].flatMap((pem) => pem.split("\n"));
const pieces = lines.filter((line) => line.length >= 20).map((line) => line.slice(0, 20));

function assertClean(text: string, what: string): void {
  assert.ok(!text.includes(word), `${what} shows the planted secret:\n${text}`);
  for (const piece of pieces) assert.ok(!text.includes(piece), `${what} shows a line of PEM:\n${text}`);
  assert.doesNotMatch(text, /-----(BEGIN|END) [A-Z]/, what);
}

/** As JSON, which has every sentence of the text, and has it uncut. */
async function outputs(changed: Env, what: string): Promise<void> {
  const { out, error } = await run(["--offline", "--json"], changed);
  assertClean(out + error, what);
}

for (const [kind, secret] of Object.entries(planted)) {
  test(`${kind} in any setting is not shown`, async () => {
    for (const variable of variables) {
      // The path of a file is no secret, and has to be shown.
      await outputs({ ...env, [variable]: secret }, `${kind} in ${variable}`);
    }
    await outputs({ ...env, HTTPS_PROXY: secret }, `${kind} in HTTPS_PROXY`);
    const everywhere = { ...Object.fromEntries(variables.map((variable) => [variable, secret])), HTTPS_PROXY: secret };
    const text = await run(["--offline"], { ...everywhere, LOCALE: undefined });
    assertClean(text.out + text.error, `${kind} in every setting at once`);
  });

  test(`${kind} in a setting's file, or in the place of its name, is not shown`, async () => {
    const file = join(folder, "secret");
    writeFileSync(file, secret);
    for (const variable of secretVariables) {
      const without = { ...env, [variable]: undefined };
      await outputs({ ...without, [`${variable}_FILE`]: file }, `${kind} in the file of ${variable}`);
      await outputs({ ...without, [`${variable}_FILE`]: secret }, `${kind} as ${variable}_FILE`);
    }
  });
}

test("a secret is not shown where an address or a path repeats it, and the rest of the line is", async () => {
  const secret = word.repeat(4);
  const repeating = {
    ...env,
    LEDGER_KEY: secret,
    DATABASE_URL: `sqlite:${join(folder, `-----BEGIN PRIVATE KEY-----${secret}`, "receipts.db")}`,
    WECHATPAY_CERTIFICATE: undefined,
    WECHATPAY_CERTIFICATE_FILE: join(folder, `${secret}.pem`),
  };
  for (const args of [["--offline"], ["--offline", "--json"]]) {
    const { out, error } = await run(args, repeating);
    assertClean(out + error, "a repeated secret");
    assert.ok(out.includes(folder), out);
  }
});

test("all secrets at once are not shown either, while Slack and WeChat Pay refuse them", async () => {
  const wrong = {
    ...env,
    SLACK_BOT_TOKEN: planted["a token"],
    SLACK_APP_TOKEN: planted["an app-level token"],
    SLACK_SIGNING_SECRET: word,
    WECHATPAY_PRIVATE_KEY: platformKeyPem,
    WECHATPAY_CERTIFICATE: undefined,
    WECHATPAY_PUBLIC_KEY: env["WECHATPAY_PUBLIC_KEY"],
    DATABASE_URL: planted["an address with a password"],
    LEDGER_KEY: word.repeat(4),
  };
  const { out, error } = await run([], wrong);
  assertClean(out + error, "all of them");
  const unreachable = {
    ...wrong,
    SLACK_API_URL: "http://127.0.0.1:9999/api/",
    WECHATPAY_ENDPOINTS: "http://127.0.0.1:1",
  };
  const far = await run([], { ...unreachable, WECHATPAY_PRIVATE_KEY: merchantKeyPem });
  assertClean(far.out + far.error, "all of them, unreachable");
});
