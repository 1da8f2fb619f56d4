/** The pane "Wire" in a browser: each call, the ledger and the outbox, and the way to them from a message. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { eventually } from "../../eventually.ts";
import { send } from "../../playground/wechatpay/signed-request.ts";
import { freshNumber } from "../support/stage.ts";
import { approve, be, openPage, requestAndApprove, requestOf, skip, stageOfFile } from "./browser.ts";
import { openLabStage } from "./stage-with-lab.ts";

const stage = stageOfFile(() => openLabStage());
const open = (t: TestContext) => openPage(t, stage().slack.pageUrl);

/** Ann requests, Bob approves. Returns the request's message once it shows `words`. */
async function carryOut(page: Page, number: string, words: string) {
  const request = await requestAndApprove(page, number);
  await request.getByText(words).waitFor();
  return request;
}

test("a message leads to its call: the signed request, the answer, and the verification on each side", {
  skip,
}, async (t) => {
  const page = await open(t);
  const [number, other] = [freshNumber(), freshNumber()];
  await carryOut(page, other, "Receipts opened");
  const request = await carryOut(page, number, "Receipts opened");
  await request.hover();
  await request.getByRole("button", { name: "Wire" }).click();
  const wire = page.getByRole("complementary", { name: "Wire" });
  const calls = wire.locator("#wire-calls details");
  await calls.getByText(`${number}`).first().waitFor();
  await calls.getByText(other).waitFor({ state: "detached" });
  assert.equal(await calls.count(), 1);
  await calls.locator("summary").click();
  const body = `{"sub_mchid":"${number}","operation_type":"OPEN"}`;
  const signed = await calls.locator(".signed li").allTextContents();
  assert.deepEqual(signed.slice(0, 2), ["POST", "/v3/goldplan/merchants/changecustompagestatus"]);
  assert.match(signed[2] ?? "", /^\d{10}$/);
  assert.equal(signed[4], body);
  const [sent = "", answered = ""] = await calls.locator("pre").allTextContents();
  assert.match(sent, /^POST \/v3\/\S+ HTTP\/1\.1\n/);
  assert.match(sent, /\nauthorization: WECHATPAY2-SHA256-RSA2048 mchid="1900000001"/);
  assert.ok(sent.endsWith(`\n\n${body}`));
  assert.match(answered, /^HTTP\/1\.1 200\n[\s\S]*\nWechatpay-Signature: /);
  assert.ok(answered.endsWith(`\n\n{"sub_mchid":"${number}"}`));
  assert.equal(await calls.locator(".step").count(), 9);
  assert.equal(await calls.locator(".step", { hasText: "✓ passed" }).count(), 9);
  await calls.getByText(/^accepted · attempt 1 of request #\d+$/).waitFor();
  await calls.locator("p", { hasText: /^Receipt: OPEN$/ }).waitFor();
  await calls.locator("p", { hasText: /^点金计划: never set$/ }).waitFor();

  const events = await wire.locator("#wire-events .wire-line b").allTextContents();
  for (const what of ["asked", "approved", "operation-succeeded"])
    assert.ok(events.includes(what), `${what} in ${events}`);
  await wire
    .locator("#wire-outbox .wire-line", { hasText: "message" })
    .getByText(/^shown/)
    .waitFor();
  await wire.getByRole("button", { name: "All lines" }).click();
  await calls.locator("summary", { hasText: other }).waitFor();
});

test("an answer that is signed for another body shows the step at which it fails, and the ledger agrees", {
  skip,
}, async (t) => {
  const page = await open(t);
  const number = "1900020005";
  const request = await requestOf(page, number);
  await page.getByRole("button", { name: "Wire", exact: true }).first().click();
  await approve(request);
  const call = page.locator("#wire-calls details", { hasText: number }).last();
  await call.locator("summary", { hasText: "OPEN → 200 · not verified" }).click();
  await call.locator(".step", { hasText: "✗ failed: the signature matches these bytes" }).waitFor();
  await call.locator(".step", { hasText: "– not reached: the body names" }).waitFor();
  await call.getByText(/^unverified: wrong-signature · attempt 1/).waitFor();
});

test("a call that switches 点金计划 shows both switches, and the 24 hours after a closing can be skipped", {
  skip,
}, async (t) => {
  const page = await open(t);
  const number = freshNumber();
  const change = (operation_type: "OPEN" | "CLOSE") => {
    const body = JSON.stringify({ sub_mchid: number, operation_type, operation_pay_scene: "MINIPROGRAM" });
    return send(stage().weChatPay, { path: "/v3/goldplan/merchants/changegoldplanstatus", body });
  };
  await change("CLOSE");
  assert.equal((await change("OPEN")).status, 400);
  await page.getByRole("button", { name: "Wire", exact: true }).first().click();
  const call = page.locator("#wire-calls details", { hasText: number }).first();
  await call.locator("summary", { hasText: "点金计划 OPEN → 400 · verified" }).click();
  await call.locator("p", { hasText: /^Receipt: never set$/ }).waitFor();
  await call.locator("p", { hasText: /^点金计划: CLOSE MINIPROGRAM$/ }).waitFor();
  await page.getByRole("button", { name: "Trouble" }).click();
  await page.getByRole("button", { name: "Skip the 24 hours after closing 点金计划" }).click();
  await eventually(async () => (await change("OPEN")).status === 200);
});

test("each person's card says what they may do", { skip }, async (t) => {
  const page = await open(t);
  const card = page.locator("#card");
  await card.getByText("Requester: submits requests.").waitFor();
  await be(page, "carol");
  await card.getByText("Admin: grants and revokes roles.").waitFor();
  await be(page, "eve");
  await card.getByText("can never hold a role").waitFor();
  await be(page, "dan");
  await card.getByText("No role yet. An admin can give one: /receipt grant @dan requester").waitFor();
  await stage().slack.type({ user: "U0CAROL001", channel: "C0MERCHANT", text: "/receipt grant @dan approver" });
  await card.getByText("Approver: decides on requests.").waitFor();
});
