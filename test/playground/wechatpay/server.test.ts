import assert from "node:assert/strict";
import { request as httpRequest } from "node:http";
import { after, test } from "node:test";
import { faults } from "../../../src/domain/attempt-result.ts";
import { scenarios } from "../../../src/playground/wechatpay/scenarios.ts";
import { startLocalWeChatPay } from "../../../src/playground/wechatpay/server.ts";
import { identity } from "../../e2e/support/identity.ts";
import { type Changes, isSigned, path, send as sendTo } from "./signed-request.ts";

const local = await startLocalWeChatPay(identity);
after(() => local.close());

const send = (changes: Changes = {}) => sendTo(local, changes);

test("a correct call succeeds, is signed, and changes the state", async () => {
  const answer = await send();
  assert.equal(answer.status, 200);
  assert.equal(answer.text, '{"sub_mchid":"1900000109"}');
  assert.equal(isSigned(answer), true);
  assert.equal(answer.headers["wechatpay-serial"], identity.publicKeyId);
  assert.match(String(answer.headers["request-id"]), /-0$/);
  assert.equal(answer.headers["keep-alive"], "timeout=8");
  assert.equal(answer.headers["content-language"], "zh-CN");
  assert.equal(local.states.get("1900000109"), "OPEN");
});

test("a provider with the public key has no platform certificates, which is said in a signed 404", async () => {
  const certificates = { method: "GET", path: "/v3/certificates", body: "" };
  const answer = await send(certificates);
  assert.equal(answer.status, 404);
  assert.equal(answer.json.code, "RESOURCE_NOT_EXISTS");
  assert.match(answer.json.message, /^无可用的平台证书/);
  assert.equal(isSigned(answer), true);
  assert.equal(local.calls.at(-1)?.acted, false);
  const unknown = await send({ ...certificates, fields: { serial_no: "AB12" } });
  assert.equal(unknown.status, 401);
  assert.equal("wechatpay-signature" in unknown.headers, false);
  assert.equal((await send({ ...certificates, method: "POST" })).status, 405);
});

test("an answer to a request that names no key is signed under the serial number of a certificate", async () => {
  const answer = await send({ headers: { "Wechatpay-Serial": undefined } });
  assert.match(String(answer.headers["wechatpay-serial"]), /^[0-9A-F]{40}$/);
});

const refusals: { name: string; changes: Changes; status: number; code?: string; message?: RegExp; signed: boolean }[] =
  [
    {
      name: "no User-Agent",
      changes: { headers: { "User-Agent": undefined } },
      status: 400,
      code: "INVALID_REQUEST",
      message: /^Http头缺少Accept或User-Agent$/,
      signed: false,
    },
    {
      name: "no Accept",
      changes: { headers: { Accept: undefined } },
      status: 400,
      code: "INVALID_REQUEST",
      message: /缺少Accept/,
      signed: false,
    },
    { name: "an unknown path", changes: { path: "/v3/goldplan" }, status: 404, signed: false },
    { name: "another method", changes: { method: "PUT" }, status: 405, signed: false },
    {
      name: "no Authorization",
      changes: { headers: { Authorization: undefined } },
      status: 401,
      code: "SIGN_ERROR",
      message: /Authorization值格式错误/,
      signed: false,
    },
    {
      name: "a bearer token",
      changes: { headers: { Authorization: "Bearer x" } },
      status: 401,
      code: "SIGN_ERROR",
      message: /Authorization值格式错误/,
      signed: false,
    },
    {
      name: "a misspelt scheme",
      changes: { headers: { Authorization: 'WECHATPAY mchid="1"' } },
      status: 401,
      code: "SIGN_ERROR",
      message: /认证类型不正确/,
      signed: false,
    },
    {
      name: "a space after a comma",
      changes: { headers: { Authorization: 'WECHATPAY2-SHA256-RSA2048 mchid="1", nonce_str="2"' } },
      status: 401,
      code: "SIGN_ERROR",
      message: /值格式错误/,
      signed: false,
    },
    {
      name: "an extra field",
      changes: { fields: { extra: "1" } },
      status: 401,
      code: "SIGN_ERROR",
      message: /值格式错误/,
      signed: false,
    },
    {
      name: "a clock six minutes slow",
      changes: { timestamp: Math.floor(Date.now() / 1000) - 360 },
      status: 401,
      code: "SIGN_ERROR",
      message: /不得超过5分钟/,
      signed: false,
    },
    {
      name: "a timestamp in milliseconds",
      changes: { timestamp: Date.now() },
      status: 401,
      code: "SIGN_ERROR",
      message: /不得超过5分钟/,
      signed: false,
    },
    {
      name: "another serial number",
      changes: { fields: { serial_no: "AB12" } },
      status: 401,
      code: "SIGN_ERROR",
      message: /序列号/,
      signed: false,
    },
    {
      name: "the sub-merchant's number as mchid",
      changes: { fields: { mchid: "1900000109" } },
      status: 401,
      code: "SIGN_ERROR",
      message: /序列号/,
      signed: false,
    },
    {
      name: "another content type",
      changes: { headers: { "Content-Type": "text/plain" } },
      status: 400,
      code: "INVALID_REQUEST",
      message: /Content-Type/,
      signed: true,
    },
    {
      name: "broken JSON",
      changes: { body: '{"sub_mchid":' },
      status: 400,
      code: "PARAM_ERROR",
      message: /解析 Json 出错 \(位置: \/body\)/,
      signed: true,
    },
    {
      name: "no sub_mchid",
      changes: { body: '{"operation_type":"OPEN"}' },
      status: 400,
      code: "PARAM_ERROR",
      message: /“\/body\/sub_mchid”.*必填性/,
      signed: true,
    },
    {
      name: "sub_mchid null",
      changes: { body: '{"sub_mchid":null,"operation_type":"OPEN"}' },
      status: 400,
      code: "PARAM_ERROR",
      message: /必填性/,
      signed: true,
    },
    {
      name: "sub_mchid as a number",
      changes: { body: '{"sub_mchid":1900000109,"operation_type":"OPEN"}' },
      status: 400,
      code: "PARAM_ERROR",
      message: /必须为字符串/,
      signed: true,
    },
    {
      name: "sub_mchid with a letter",
      changes: { body: '{"sub_mchid":"19000001O9","operation_type":"OPEN"}' },
      status: 400,
      code: "PARAM_ERROR",
      message: /正则表达式/,
      signed: true,
    },
    {
      name: "sub_mchid of 33 digits",
      changes: { body: `{"sub_mchid":"${"1".repeat(33)}","operation_type":"OPEN"}` },
      status: 400,
      code: "PARAM_ERROR",
      message: /32/,
      signed: true,
    },
    {
      name: "no operation_type",
      changes: { body: '{"sub_mchid":"1900000109"}' },
      status: 400,
      code: "PARAM_ERROR",
      message: /operation_type”.*必填性/,
      signed: true,
    },
    {
      name: "operation_type in lower case",
      changes: { body: '{"sub_mchid":"1900000109","operation_type":"open"}' },
      status: 400,
      code: "PARAM_ERROR",
      message: /枚举/,
      signed: true,
    },
  ];

test("the local WeChat Pay refuses in the real one's words, and signs only after it has verified the request", async (t) => {
  for (const { name, changes, status, code, message, signed } of refusals) {
    await t.test(name, async () => {
      const answer = await send(changes);
      assert.equal(answer.status, status);
      assert.equal(answer.json?.code, code);
      if (message === undefined) assert.equal(answer.text, "");
      else assert.match(answer.json.message, message);
      assert.equal("wechatpay-signature" in answer.headers, signed);
      if (signed) assert.equal(isSigned(answer), true);
    });
  }
});

test("a signature over a different body is answered with what the server received", async () => {
  const answer = await send({ sentBody: '{"sub_mchid": "1900000109", "operation_type": "OPEN"}' });
  assert.equal(answer.status, 401);
  assert.match(String(answer.headers["request-id"]), /-268443699$/);
  const { detail } = answer.json;
  assert.equal(detail.detail.issue, "sign not match");
  assert.equal(detail.sign_information.url, path);
  assert.equal(detail.sign_information.sign_message_length, 122);
  assert.match(detail.sign_information.truncated_sign_message, /\nNONCE\n\{"sub_mc\n$/);
});

test("the record numbers attempts, and shows which of them overlapped", async () => {
  const { promise: hold, resolve: release } = Promise.withResolvers<void>();
  local.behave("1900000201", (_call, n) => (n === 1 ? { hold } : undefined));
  const body = '{"sub_mchid":"1900000201","operation_type":"CLOSE"}';
  const first = send({ body });
  // Verifying a signature takes a turn of the event loop, in which another call could become the first attempt.
  await untilTrue(() => local.calls.some((call) => call.subMchid === "1900000201" && call.verified));
  await send({ body });
  assert.equal(local.calls.filter((call) => call.acted && call.subMchid === "1900000201").length, 1);
  release();
  await first;
  const [one, two] = local.calls.filter((call) => call.subMchid === "1900000201");
  assert.deepEqual([one?.attempt, two?.attempt], [1, 2]);
  await untilTrue(() => one?.endedAtMs !== undefined && two?.endedAtMs !== undefined);
  assert.ok((two?.startedAtMs ?? 0) < (one?.endedAtMs ?? 0));
});

test("a refused call leaves the state unchanged", async () => {
  await send({ body: '{"sub_mchid":"1900040003","operation_type":"OPEN"}' });
  assert.equal(local.states.has("1900040003"), false);
});

test("'once, then success' fails again after the success", async () => {
  const body = '{"sub_mchid":"1900040006","operation_type":"OPEN"}';
  const statuses = [];
  for (let attempt = 0; attempt < 4; attempt += 1) statuses.push((await send({ body })).status);
  assert.deepEqual(statuses, [400, 200, 400, 200]);
});

test("a call with a wrong signature is recorded with what it requested", async () => {
  const other = await startLocalWeChatPay({ ...identity });
  const response = await fetch(`${other.url}${path}`, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json", "user-agent": "test" },
    body: '{"sub_mchid":"1900000202","operation_type":"CLOSE"}',
  });
  assert.equal(response.status, 401);
  const [{ subMchid, operationType, verified } = assert.fail()] = other.calls;
  assert.deepEqual(
    { subMchid, operationType, verified },
    { subMchid: "1900000202", operationType: "CLOSE", verified: false },
  );
  await other.close();
});

test("closing drops open connections", async () => {
  const other = await startLocalWeChatPay({ ...identity, delayMs: 60_000 });
  const lost = httpRequest(`${other.url}${path}`, { method: "POST" });
  lost.end();
  lost.on("error", () => {});
  const gone = new Promise((resolve) => lost.once("close", resolve));
  await untilTrue(() => other.calls.length === 1);
  await other.close();
  await gone;
});

test("the table covers every fault, and no number appears twice", () => {
  const played = new Set(scenarios.map(({ expect }) => (expect.kind === "refused" ? expect.fault : expect.why)));
  for (const fault of faults) assert.ok(played.has(fault), fault);
  for (const why of ["missing", "wrong-signature", "stale", "unknown-serial", "wrong-body"] as const)
    assert.ok(played.has(why), why);
  assert.equal(new Set(scenarios.map(({ subMchid }) => subMchid)).size, scenarios.length);
  for (const { subMchid, step } of scenarios) {
    assert.match(subMchid, /^19000\d{5}$/);
    assert.equal(step === "goldplan", Number(subMchid.slice(-2)) > 50, subMchid);
  }
});

/** Polls on each turn of the event loop. The awaited call may have failed, so the wait is limited. */
async function untilTrue(condition: () => boolean, withinMs = 40_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!condition()) {
    assert.ok(performance.now() < end, `not within ${withinMs} ms: ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
