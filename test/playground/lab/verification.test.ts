/** The steps of verification that the page shows, against everything that the local WeChat Pay can send. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answerSteps, requestSteps, signedLines } from "../../../src/playground/lab/verification.ts";
import { scenarios } from "../../../src/playground/wechatpay/scenarios.ts";
import { identity } from "../../e2e/support/identity.ts";
import { exchange, failedAt, path } from "./signed-call.ts";

test("an answer fails at the step for which the client has to refuse it", async (t) => {
  const at = {
    missing: "format",
    "wrong-signature": "signature",
    stale: "clock",
    "unknown-serial": "serial",
    "wrong-body": "body",
  } as const;
  for (const { subMchid, title, expect } of scenarios) {
    if (expect.kind !== "unverified") continue;
    const { sent, call } = await exchange(t, subMchid);
    assert.ok(sent, title);
    const steps = answerSteps(sent, call, identity, Date.now());
    assert.equal(failedAt(steps), at[expect.why], title);
    const later = steps.slice(steps.findIndex(({ ok }) => ok === false) + 1);
    assert.ok(later.every(({ ok }) => ok === undefined));
  }
});

test("a true answer passes every step, and a true refusal does, too", async (t) => {
  for (const number of ["1900000109", "1900040005"]) {
    const { sent, call } = await exchange(t, number);
    assert.ok(sent);
    const steps = answerSteps(sent, call, identity, Date.now());
    assert.deepEqual(
      steps,
      ["format", "serial", "clock", "signature", "body"].map((step) => ({ step, ok: true })),
    );
  }
});

test("a request fails at the step for which WeChat Pay refuses it", async (t) => {
  const cases = {
    format: { scheme: "Bearer" },
    clock: { ageSeconds: 600 },
    serial: { serialNo: "0".repeat(40) },
    signature: { signedBody: "{}" },
  } as const;
  for (const [step, changes] of Object.entries(cases)) {
    const { call, sent } = await exchange(t, "1900000109", changes);
    assert.equal(sent?.status, 401, step);
    assert.equal(failedAt(requestSteps(call, identity, Date.now())), step);
  }
});

test("the five signed lines are method, path, timestamp, nonce and body", async (t) => {
  const { call } = await exchange(t, "1900000109");
  const [method, url, timestamp, nonce, body] = signedLines(call) ?? [];
  assert.deepEqual([method, url, nonce], ["POST", path, "NONCE"]);
  assert.match(timestamp ?? "", /^\d{10}$/);
  assert.equal(body, '{"sub_mchid":"1900000109","operation_type":"OPEN"}');
});
