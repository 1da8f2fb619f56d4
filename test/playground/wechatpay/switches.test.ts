/** The second call of the local WeChat Pay, the two switches of a sub-merchant, and the 24 hours after a closing. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startLocalWeChatPay } from "../../../src/playground/wechatpay/server.ts";
import { identity } from "../../e2e/support/identity.ts";
import { isSigned, send } from "./signed-request.ts";

const hourMs = 3_600_000;
const local = await startLocalWeChatPay(identity);
after(() => local.close());

const goldplan = "/v3/goldplan/merchants/changegoldplanstatus";
const post = (body: Record<string, unknown>) => send(local, { path: goldplan, body: JSON.stringify(body) });
const change = (subMchid: string, operationType: "OPEN" | "CLOSE") =>
  post({ sub_mchid: subMchid, operation_type: operationType, operation_pay_scene: "JSAPI_AND_MINIPROGRAM" });

test("each call sets its own switch, and is recorded with its step and scene", async () => {
  const sub_mchid = "1900000301";
  const never = { receipt: undefined, goldplan: undefined, scene: undefined };
  assert.deepEqual(local.switchesOf(sub_mchid), never);
  const answer = await post({ sub_mchid, operation_type: "CLOSE", operation_pay_scene: "MINIPROGRAM" });
  assert.equal(answer.text, '{"sub_mchid":"1900000301"}');
  assert.equal(isSigned(answer), true);
  assert.deepEqual(local.switchesOf(sub_mchid), { ...never, goldplan: "CLOSE", scene: "MINIPROGRAM" });
  await send(local, { body: JSON.stringify({ sub_mchid, operation_type: "OPEN" }) });
  const both = { receipt: "OPEN", goldplan: "CLOSE", scene: "MINIPROGRAM" };
  assert.deepEqual(local.switchesOf(sub_mchid), both);
  const [first, second] = local.calls.filter(({ subMchid }) => subMchid === sub_mchid);
  assert.partialDeepStrictEqual(first, { step: "goldplan", payScene: "MINIPROGRAM", attempt: 1, acted: true });
  assert.partialDeepStrictEqual(second, { step: "receipt", operationType: "OPEN", attempt: 1, acted: true });
});

test("without a scene, the call concerns JSAPI payments", async () => {
  assert.equal((await post({ sub_mchid: "1900000302", operation_type: "OPEN" })).status, 200);
  assert.equal(local.switchesOf("1900000302").scene, "JSAPI");
});

test("a body that is not as documented is refused, and sets nothing", async () => {
  const sub_mchid = "1900000303";
  const rows: [body: Record<string, unknown>, message: RegExp][] = [
    [{ operation_type: "OPEN" }, /“\/body\/sub_mchid”.*必填性/],
    [{ sub_mchid }, /operation_type”.*必填性/],
    [{ sub_mchid, operation_type: "open" }, /枚举.*OPEN, CLOSE$/],
    [{ sub_mchid, operation_type: "OPEN", operation_pay_scene: "APP" }, /枚举.*JSAPI, MINIPROGRAM, JSAPI_AND_MINI/],
    [{ sub_mchid, operation_type: "OPEN", operation_pay_scene: 1 }, /operation_pay_scene”.*枚举/],
    [{ sub_mchid, operation_type: "OPEN", pay_scene: "JSAPI" }, /“\/body\/pay_scene”.*未定义/],
  ];
  for (const [body, message] of rows) {
    const { status, json } = await post(body);
    assert.deepEqual([status, json.code], [400, "PARAM_ERROR"], JSON.stringify(body));
    assert.match(json.message, message);
  }
  assert.equal(local.switchesOf(sub_mchid).goldplan, undefined);
  const receipt = await send(local, {
    body: JSON.stringify({ sub_mchid, operation_type: "OPEN", operation_pay_scene: "JSAPI" }),
  });
  assert.match(receipt.json.message, /“\/body\/operation_pay_scene”.*未定义/, "the receipt's call has no scene");
  const method = await send(local, { path: goldplan, method: "GET", body: "" });
  assert.equal(method.status, 405);
});

test("after a closing, 点金计划 cannot be opened for 24 hours; repeating the closing does not prolong them", async () => {
  const number = "1900000304";
  await change(number, "OPEN");
  await change(number, "CLOSE");
  local.letClosingsAge(23 * hourMs);
  const refused = await change(number, "OPEN");
  assert.deepEqual(refused.json, { code: "INVALID_REQUEST", message: "距离上次关闭点金计划间隔不足24小时" });
  assert.equal(isSigned(refused), true);
  assert.equal(local.switchesOf(number).goldplan, "CLOSE");
  assert.equal((await change(number, "CLOSE")).status, 200);
  local.letClosingsAge(hourMs);
  assert.equal((await change(number, "OPEN")).status, 200);
  assert.equal(local.switchesOf(number).goldplan, "OPEN");
  assert.equal((await change(number, "OPEN")).status, 200, "what is open can be opened again");
});

test("the receipt can be opened at once after its closing", async () => {
  for (const operation_type of ["CLOSE", "OPEN"])
    assert.equal(
      (await send(local, { body: JSON.stringify({ sub_mchid: "1900000305", operation_type }) })).status,
      200,
    );
});

test("the two calls for one sub-merchant count their attempts separately", async () => {
  const number = "1900050003";
  const statuses = { receipt: [] as number[], goldplan: [] as number[] };
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    statuses.receipt.push((await send(local, { body: `{"sub_mchid":"${number}","operation_type":"OPEN"}` })).status);
    statuses.goldplan.push((await change(number, "OPEN")).status);
  }
  assert.deepEqual(statuses, { receipt: [500, 500, 200], goldplan: [500, 500, 200] });
  assert.deepEqual(
    local.calls.filter(({ subMchid }) => subMchid === number).map(({ step, attempt }) => `${step} ${attempt}`),
    ["receipt 1", "goldplan 1", "receipt 2", "goldplan 2", "receipt 3", "goldplan 3"],
  );
});
