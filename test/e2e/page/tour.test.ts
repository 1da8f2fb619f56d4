/** The guided tour in a browser, from its first step to its last, with what each step says to look at. */
import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { closeBrowser, openPage, skip } from "./browser.ts";
import { type LabStage, openLabStage } from "./stage-with-lab.ts";

let stage: LabStage;

before(async () => {
  if (skip) return;
  // Nobody holds a role yet, as with `npm run demo -- --empty`.
  stage = await openLabStage({}, []);
});
after(async () => {
  await closeBrowser();
  await stage?.close();
});

async function open(t: TestContext): Promise<Page> {
  const page = await openPage(t, stage.slack.pageUrl);
  page.setDefaultTimeout(60_000);
  await page.getByRole("button", { name: "Tour" }).click();
  return page;
}

test("ten steps lead from a request to the audit trail and the other language", { skip }, async (t) => {
  const page = await open(t);
  const tour = page.locator("#tour");
  const newest = page.locator("#messages article").last();
  const does = (label: string) => tour.getByRole("button", { name: label, exact: true }).click();
  const next = async (title: string) => {
    await does("Next");
    await tour.getByRole("heading", { name: title }).waitFor();
    await tour.getByText("What to look at:").waitFor();
  };

  await tour.getByText("Step 1 of 10").waitFor();
  await does("Request as Ann");
  await newest.getByText("new store, contract 4711").waitFor();

  await next("Approve");
  await does("Approve as Bob");
  await newest.getByText("Receipts opened").waitFor();

  await next("Look at the wire");
  await does("Show the lines of this request");
  await page.locator("#wire-calls details", { hasText: "OPEN → 200 · verified" }).waitFor();
  await page.getByRole("button", { name: "Tour", exact: true }).click();

  await next("Reject");
  await does("Request as Ann, then Reject as Bob");
  const form = page.locator("#modal");
  await form.getByRole("textbox").fill("wrong shop");
  await form.getByRole("button", { name: "Reject" }).click();
  await newest.getByText("Rejected by").waitFor();

  await next("A failure and its guidance");
  await does("Request and approve 1900040005");
  const thread = page.getByRole("complementary", { name: "Thread" });
  await thread.getByText("What to do").waitFor();
  await thread.getByRole("button", { name: "Close thread" }).click();

  await next("Many at once");
  await does("Request 60 merchants as Ann");
  await newest.getByText("60 sub-merchants").waitFor();

  await next("Leave out");
  await does("Open Leave out as Bob");
  await form.getByRole("checkbox").first().check();
  await form.getByRole("button", { name: "Leave out" }).click();
  await newest.getByText("1 left out").waitFor();

  await next("Kill the bot in the middle");
  await does("Approve as Bob, then kill the bot");
  await does("Start the bot");
  await newest.getByText("59 opened").waitFor();
  await page.getByRole("button", { name: "Trouble" }).click();
  for (const [name, count] of [
    ["kills", 1],
    ["lost", 0],
    ["twice", 0],
  ])
    await page.locator(`#tally tr[data-count=${name}] .count-of`, { hasText: new RegExp(`^${count}$`) }).waitFor();
  await page.getByRole("button", { name: "Tour", exact: true }).click();

  await next("The audit trail");
  await does("Audit a copy, change a row, audit again");
  const output = tour.locator("#tour-output");
  await output.getByText("update events set actor").waitFor();
  const [before = "", changed = ""] = ((await output.textContent()) ?? "").split("After this change:");
  assert.match(before, /The audit trail is intact: \d+ events are sealed\./);
  assert.match(changed, /The audit trail was tampered with: .*\(approved, U0EVE00001, .*does not match its seal\./);

  await next("The same in Chinese");
  assert.ok(await tour.getByRole("button", { name: "Next" }).isDisabled());
  await does("Switch the page to Chinese");
  await page.getByText("第 10 步，共 10 步").waitFor();
  await page.getByRole("button", { name: "上一步" }).click();
  await page.getByRole("heading", { name: "审计记录" }).waitFor();
  await page.getByRole("button", { name: "离开导览" }).click();
  await page.locator("#tour").waitFor({ state: "hidden" });
});

test("the tour's first steps work in Chinese, with a bot that speaks Chinese", { skip }, async (t) => {
  const chinese = await openLabStage({ LOCALE: "zh-CN" }, []);
  const page = await openPage(t, chinese.slack.pageUrl);
  t.after(() => chinese.close());
  page.setDefaultTimeout(60_000);
  await page.locator("#language").selectOption("zh-CN");
  await page.getByRole("button", { name: "导览" }).click();
  await page.getByRole("button", { name: "以 Ann 的身份申请" }).click();
  const newest = page.locator("#messages article").last();
  await newest.getByText("待审批").waitFor();
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByRole("button", { name: "以 Bob 的身份批准" }).click();
  await newest.getByText("已开通商家小票").waitFor();
});
