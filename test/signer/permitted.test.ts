/** What the reference signer signs, and that it signs nothing else. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { actions } from "../../src/domain/attempt-result.ts";
import { payScenes } from "../../src/domain/goldplan/objects.ts";
import { judge } from "../../src/signer/permitted.ts";
import {
  certificatesPath,
  changeCustomPageStatusPath,
  changeGoldPlanStatusPath,
  createWeChatPayClient,
} from "../../src/wechatpay/client.ts";
import { merchantPublicKey } from "../wechatpay/fixtures/fixtures.ts";

const now = 1_764_360_000_500;
const nonce = "593BEC0C930BF1AFEB40B4A08C8FB242";
const receipt = changeCustomPageStatusPath;
const goldplan = changeGoldPlanStatusPath;
const open = '{"sub_mchid":"1900000109","operation_type":"OPEN"}';
const openGoldplan = '{"sub_mchid":"1900000109","operation_type":"OPEN","operation_pay_scene":"JSAPI"}';

interface Parts {
  method?: string;
  path?: string;
  timestamp?: string;
  nonce?: string;
  body?: string;
}

function message(parts: Parts = {}): Buffer {
  const { method = "POST", path = receipt, timestamp = String(Math.floor(now / 1_000)), body = open } = parts;
  return Buffer.from(`${method}\n${path}\n${timestamp}\n${parts.nonce ?? nonce}\n${body}\n`);
}

const judged = (bytes: Buffer, pathPrefix = "") => judge(bytes, { pathPrefix, now });
const ofCertificates: Parts = { method: "GET", path: certificatesPath, body: "" };

test("every call that the bot's client makes is permitted, for each action and scene", async () => {
  const asked: Buffer[] = [];
  const client = createWeChatPayClient({
    mchid: "1900000001",
    serialNo: "AB12",
    sign: async (bytes) => {
      asked.push(bytes);
      return { kind: "unreachable", why: "other", mayHaveActed: false };
    },
    publicKeyId: "PUB_KEY_ID_01",
    verificationKeys: new Map([["PUB_KEY_ID_01", merchantPublicKey]]),
    endpoints: ["https://api.mch.weixin.qq.com"],
    userAgent: "test",
    clock: { now: () => now },
  });
  for (const operationType of actions) {
    const call = { subMchid: "1".repeat(32), operationType, endpoint: 0 } as const;
    await client.changeCustomPageStatus(call);
    for (const payScene of payScenes) await client.changeGoldPlanStatus({ ...call, payScene });
  }
  await client.checkSignature(0);
  await client.close();
  assert.equal(asked.length, 2 + 2 * 3 + 1);
  for (const bytes of asked) assert.equal(judged(bytes).isPermitted, true, bytes.toString());
});

test("a permitted message comes back as its call and its body", () => {
  assert.deepEqual(judged(message()), { isPermitted: true, call: `POST ${receipt}`, body: open });
  assert.deepEqual(judged(message({ path: goldplan, body: openGoldplan })), {
    isPermitted: true,
    call: `POST ${goldplan}`,
    body: openGoldplan,
  });
  assert.deepEqual(judged(message(ofCertificates)), { isPermitted: true, call: "GET /v3/certificates", body: "" });
});

const seconds = (difference: number) => String(Math.floor(now / 1_000) + difference);
const refused: Record<string, [bytes: Buffer, why: RegExp]> = {
  "a refund": [message({ path: "/v3/refund/domestic/refunds" }), /path/],
  "a payment": [message({ path: "/v3/pay/partner/transactions/jsapi" }), /path/],
  "profit sharing": [message({ path: "/v3/profitsharing/orders" }), /path/],
  "the switch of advertising": [message({ path: "/v3/goldplan/merchants/open-advertising-show" }), /path/],
  "a query": [message({ path: `${receipt}?x=1` }), /path/],
  "a longer path": [message({ path: `${receipt}/` }), /path/],
  "a permitted path after another": [message({ path: `/v3/refund${receipt}` }), /path/],
  "an escaped path": [message({ path: receipt.replace("goldplan", "%67oldplan") }), /path/],
  "dots in the path": [message({ path: `/v3/x/..${receipt.slice(3)}` }), /path/],
  "the path in upper case": [message({ path: receipt.toUpperCase() }), /path/],
  "a whole address": [message({ path: `https://api.mch.weixin.qq.com${receipt}` }), /path/],
  "GET of a POST": [message({ method: "GET", body: "" }), /path/],
  "POST of the certificates": [message({ ...ofCertificates, method: "POST" }), /path/],
  "another method": [message({ method: "DELETE" }), /path/],
  "the method in lower case": [message({ method: "post" }), /path/],
  "a refund of which only the body is permitted": [
    message({ path: "/v3/refund/domestic/refunds", body: open }),
    /path/,
  ],

  "61 seconds old": [message({ timestamp: seconds(-61) }), /old/],
  "a day old": [message({ timestamp: seconds(-86_400) }), /old/],
  "62 seconds in the future": [message({ timestamp: seconds(62) }), /ahead/],
  "ten years in the future": [message({ timestamp: seconds(315_360_000) }), /ahead/],
  milliseconds: [message({ timestamp: String(now) }), /seconds/],
  "no timestamp": [message({ timestamp: "" }), /seconds/],
  "a timestamp with a sign": [message({ timestamp: `+${seconds(0).slice(1)}` }), /seconds/],
  "a timestamp with a space": [message({ timestamp: ` ${seconds(0)}` }), /seconds/],
  "a hexadecimal timestamp": [message({ timestamp: "0x692a0000" }), /seconds/],

  "a shorter nonce": [message({ nonce: nonce.slice(1) }), /nonce/],
  "a longer nonce": [message({ nonce: `${nonce}0` }), /nonce/],
  "a nonce with a hyphen": [message({ nonce: `-${nonce.slice(1)}` }), /nonce/],
  "no nonce": [message({ nonce: "" }), /nonce/],

  "no body": [message({ body: "" }), /body/],
  "an extra key": [message({ body: `${open.slice(0, -1)},"amount":1}` }), /body/],
  "an extra key at the front": [message({ body: `{"amount":1,${open.slice(1)}` }), /body/],
  "a key twice": [message({ body: `{"sub_mchid":"1",${open.slice(1)}` }), /body/],
  "a missing key": [message({ body: '{"sub_mchid":"1900000109"}' }), /body/],
  "the keys in another order": [message({ body: '{"operation_type":"OPEN","sub_mchid":"1"}' }), /body/],
  "spaces in the body": [message({ body: open.replaceAll(":", ": ") }), /body/],
  "an escape in the body": [message({ body: open.replace("OPEN", "\\u004fPEN") }), /body/],
  "a number instead of a string": [message({ body: '{"sub_mchid":1900000109,"operation_type":"OPEN"}' }), /body/],
  "letters in the number": [message({ body: open.replace("1900000109", "190000010x") }), /body/],
  "33 digits": [message({ body: open.replace("1900000109", "1".repeat(33)) }), /body/],
  "no digits": [message({ body: open.replace("1900000109", "") }), /body/],
  "another operation": [message({ body: open.replace("OPEN", "DELETE") }), /body/],
  "two bodies": [message({ body: open + open }), /body/],
  "an array": [message({ body: `[${open}]` }), /body/],
  "a scene for the receipt": [message({ body: openGoldplan }), /body/],
  "点金计划 without a scene": [message({ path: goldplan }), /body/],
  "an unknown scene": [message({ path: goldplan, body: openGoldplan.replace("JSAPI", "NATIVE") }), /body/],
  "a body for the certificates": [message({ ...ofCertificates, body: open }), /body/],

  "a sixth line": [Buffer.concat([message(), Buffer.from("x\n")]), /five lines/],
  "an empty sixth line": [Buffer.concat([message(), Buffer.from("\n")]), /five lines/],
  "a body of two lines": [message({ body: `${open}\n${open}` }), /five lines/],
  "a path with a line feed": [message({ path: `${receipt}\n/v3/refund/domestic/refunds` }), /five lines/],
  "no line feed at the end": [message().subarray(0, -1), /five lines/],
  "four lines": [Buffer.from("POST\nx\n1\n2\n"), /five lines/],
  nothing: [Buffer.alloc(0), /five lines/],
  "carriage returns": [Buffer.from(message().toString().replaceAll("\n", "\r\n")), /ASCII/],
  "a carriage return in the body": [message({ body: `${open}\r` }), /ASCII/],
  "a zero byte": [message({ body: `${open}\0` }), /ASCII/],
  "a tab": [message({ body: `\t${open}` }), /ASCII/],
  "full-width digits": [message({ body: open.replace("1900000109", "１９００") }), /ASCII/],
  "a byte that is not UTF-8": [Buffer.concat([Buffer.from([0xff]), message()]), /ASCII/],
  "a byte order mark": [Buffer.from(`\uFEFF${message()}`), /ASCII/],
};

test("anything else is refused, with a reason that contains nothing of the message", async (t) => {
  assert.equal(judged(message()).isPermitted, true);
  for (const [name, [bytes, why]] of Object.entries(refused))
    await t.test(name, () => {
      const found = judged(bytes);
      assert.equal(found.isPermitted, false);
      assert.match(found.isPermitted ? "" : found.why, why);
      // Slack shows at most this much of it.
      assert.ok(!found.isPermitted && found.why.length <= 60);
    });
});

test("no single byte of a permitted message can be changed, added or removed, except to another permitted one", () => {
  const [original, values] = [message(), [0x00, 0x0a, 0x0d, 0x20, 0x2f, 0x39, 0x41, 0x7b, 0x7f, 0x80]];
  const text = original.toString();
  const [nonceAt, numberAt, bodyAt] = [text.indexOf(nonce), text.indexOf("1900000109"), text.indexOf("{")];
  const isFree = (at: number) =>
    (at >= nonceAt && at < bodyAt - 1) || (at >= numberAt && at <= numberAt + 10) || (at > nonceAt - 4 && at < nonceAt);
  for (let at = 0; at <= original.length; at += 1)
    for (const value of values) {
      const [before, after] = [original.subarray(0, at), original.subarray(at)];
      const changes = [
        Buffer.concat([before, Buffer.from([value]), after.subarray(1)]),
        Buffer.concat([before, Buffer.from([value]), after]),
      ];
      for (const changed of changes)
        if (!changed.equals(original) && !isFree(at))
          assert.equal(judged(changed).isPermitted, false, `${at} ${value}`);
    }
});

test("a timestamp may be 60 seconds from the signer's clock, in either direction", () => {
  for (const difference of [-59, 0, 60])
    assert.equal(judged(message({ timestamp: seconds(difference) })).isPermitted, true, String(difference));
});

test("a path prefix is permitted if the signer's settings name it, and then no path without it", () => {
  const prefixed = message({ path: `/gateway${receipt}` });
  assert.equal(judged(prefixed).isPermitted, false);
  assert.equal(judged(prefixed, "/gateway").isPermitted, true);
  assert.equal(judged(message(), "/gateway").isPermitted, false);
  assert.equal(judged(message({ path: `/gateway/v3/refund/domestic/refunds` }), "/gateway").isPermitted, false);
});

test("a refusal names what was asked for to the signer's log alone", () => {
  const found = judged(message({ path: `/v3/refund/${"x".repeat(300)}` }));
  assert.ok(!found.isPermitted && found.call?.startsWith("POST /v3/refund/x") && found.call.length === 120);
});

test("the signer imports no package and nothing else of the bot, so that it can be audited alone", () => {
  const folder = join(import.meta.dirname, "../../src/signer");
  const files = readdirSync(folder);
  const imports = files.flatMap((file) =>
    [...readFileSync(join(folder, file), "utf8").matchAll(/(?:from|import\(?)\s*"([^"]+)"/g)].map(
      ([, from = ""]) => from,
    ),
  );
  assert.ok(imports.length >= 10);
  assert.deepEqual(
    imports.filter((from) => !from.startsWith("node:") && !/^\.\/[a-z]+\.ts$/.test(from)),
    [],
  );
});
