/** The pane "Trouble" with a ledger on PostgreSQL, which two instances of the bot share. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { engines } from "../../storage/engines.ts";
import { createPostgresSchema } from "../../storage/postgres-schemas.ts";
import { freshNumber } from "../support/stage.ts";
import { openPage, requestAndApprove, skip as skipPage, stageOfFile } from "./browser.ts";
import { openLabStage } from "./stage-with-lab.ts";

const skip = skipPage || (engines.find(({ engine }) => engine === "postgres")?.skip ?? false);
const stage = stageOfFile(async () => {
  const { url, drop } = await createPostgresSchema();
  const lab = await openLabStage({ database: url.href, environment: { WECHATPAY_RATE: "40" } });
  return { ...lab, close: () => lab.close().then(drop) };
}, skip);

test("one of two instances is killed in the middle of a bulk request, and the other takes over", {
  skip,
}, async (t) => {
  const page = await openPage(t, stage().slack.pageUrl);
  page.setDefaultTimeout(60_000);
  await page.getByRole("button", { name: "Trouble" }).click();
  const pane = page.locator("#mishaps");
  const instances = pane.locator("#instances li");
  await instances.nth(1).getByText("Instance 2: not started").waitFor();
  await pane.getByRole("button", { name: "Start instance 2" }).click();
  await instances.nth(1).getByText("Instance 2: running").waitFor();

  const numbers = Array.from({ length: 120 }, freshNumber);
  const request = await requestAndApprove(page, `${numbers.join(" ")} spring campaign`, "spring campaign");
  // Both are at work.
  for (const place of [0, 1])
    await instances
      .nth(place)
      .getByText(/running, [1-9]\d* sub-merchants/)
      .waitFor();
  await pane.getByRole("button", { name: "Kill instance 1" }).click();
  await instances.nth(0).getByText("Instance 1: killed").waitFor();
  const done = numbers.filter((number) => stage().weChatPay.states.has(number)).length;
  assert.ok(done > 0 && done < numbers.length, `${done} were done before the kill`);
  await request.getByText("120 opened").waitFor();
  for (const name of ["operations", "posts", "lost", "twice"])
    await pane.locator(`#tally tr[data-count=${name}] .count-of`, { hasText: /^0$/ }).waitFor();
  assert.ok(numbers.every((number) => stage().weChatPay.states.get(number) === "OPEN"));
  assert.equal(await pane.getByText("There is one instance").isVisible(), false);

  // Commands now reach the other instance, and the audit reads a copy of this ledger.
  await (await requestAndApprove(page, freshNumber())).getByText("Receipts opened").waitFor();
  const sent = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
  const response = await fetch(new URL("playground/audit", stage().slack.pageUrl), sent);
  const { result } = (await response.json()) as { result: { intact: string; changed: string } };
  assert.match(result.intact, /The audit trail is intact/);
  assert.match(result.changed, /The audit trail was tampered with/);
});
