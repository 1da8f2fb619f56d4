/** The pane "Trouble" in a browser: what goes wrong there strikes, and nothing is lost or done twice. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { eventually } from "../../eventually.ts";
import { freshNumber, people } from "../support/stage.ts";
import { approve, openPage, requestAndApprove, requestOf, skip, stageOfFile } from "./browser.ts";
import { openLabStage } from "./stage-with-lab.ts";

const waitMs = 60_000;
const stage = stageOfFile(() => openLabStage({ environment: { WECHATPAY_RATE: "60" } }));

/** Opens the page with the pane. */
async function open(t: TestContext): Promise<Page> {
  const page = await openPage(t, stage().slack.pageUrl);
  page.setDefaultTimeout(waitMs);
  await page.getByRole("button", { name: "Trouble" }).click();
  await page.locator("#tally tr").first().waitFor();
  return page;
}

const countOf = (page: Page, name: string) => page.locator(`#tally tr[data-count=${name}] .count-of`);
const numberAt = async (page: Page, name: string) => Number(await countOf(page, name).textContent());

/** Waits until nothing is under way, and nothing was lost or done twice. */
async function settled(page: Page): Promise<void> {
  for (const name of ["operations", "posts", "lost", "twice"])
    await page.locator(`#tally tr[data-count=${name}] .count-of`, { hasText: /^0$/ }).waitFor();
  assert.equal(await page.locator("#findings li").count(), 0);
}

async function kill(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Kill the bot" }).click();
  await page.getByText("It was killed.").waitFor();
}

async function start(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start the bot" }).click();
  await page.getByText("It is running.").waitFor();
}

test("the bot is killed in the middle of 300 sub-merchants and started again: nothing is lost or done twice", {
  skip,
}, async (t) => {
  const page = await open(t);
  const numbers = Array.from({ length: 300 }, freshNumber);
  const request = await requestAndApprove(page, `${numbers.join(" ")} spring campaign`, "spring campaign");
  await request.getByText(/\d+ done/).waitFor();
  await page.getByText("There is one instance because the ledger is a SQLite file.").waitFor();
  await kill(page);
  const done = numbers.filter((number) => stage().weChatPay.states.has(number)).length;
  assert.ok(done > 0 && done < 300, `${done} were done before it was killed`);
  await start(page);
  await request.getByText("300 opened").waitFor();
  await settled(page);
  assert.equal(await numberAt(page, "kills"), 1);
  assert.ok(numbers.every((number) => stage().weChatPay.states.get(number) === "OPEN"));
});

test("WeChat Pay is down, then recovers: the request is carried out automatically", { skip }, async (t) => {
  const page = await open(t);
  const [before, number] = [await numberAt(page, "weChatPay"), freshNumber()];
  await page.getByLabel("WeChat Pay", { exact: true }).selectOption("down");
  const request = await requestAndApprove(page, number);
  await request.getByText(/attempt [2-9]/).waitFor();
  await page.getByLabel("WeChat Pay", { exact: true }).selectOption("none");
  await request.getByText("Receipts opened").waitFor();
  await settled(page);
  assert.ok((await numberAt(page, "weChatPay")) > before);
});

test("WeChat Pay answers for another sub-merchant: the outcome is shown as not certain, never as done", {
  skip,
}, async (t) => {
  const page = await open(t);
  const number = freshNumber();
  await page.getByLabel("WeChat Pay", { exact: true }).selectOption({ label: "success for another sub-merchant" });
  const request = await requestAndApprove(page, number);
  await request.getByText("Not certain").waitFor();
  await page.getByLabel("WeChat Pay", { exact: true }).selectOption("none");
  await settled(page);
});

test("Slack does not answer, then limits the rate: missed changes are shown later", { skip }, async (t) => {
  const page = await open(t);
  for (const trouble of ["silent", "rate-limited"]) {
    // With trouble, Slack does not say who Bob is. The bot remembers that for a minute, which begins when Bob types.
    await kill(page);
    await start(page);
    const [before, number] = [await numberAt(page, "slack"), freshNumber()];
    const request = await requestOf(page, number);
    await request.getByRole("button", { name: "Approve" }).waitFor();
    await stage().slack.type({ user: people.bob, channel: "C0MERCHANT", text: "/receipt status 1900000109" });
    await page.getByLabel("Slack", { exact: true }).selectOption(trouble);
    await approve(request);
    await eventually(async () => (await numberAt(page, "slack")) > before);
    await page.getByLabel("Slack", { exact: true }).selectOption("none");
    await request.getByText("Receipts opened").waitFor();
  }
  await settled(page);
});

test("Slack refuses files: the outcome is shown all the same, and the refusal is counted", { skip }, async (t) => {
  const page = await open(t);
  const [before, numbers] = [await numberAt(page, "slack"), Array.from({ length: 12 }, freshNumber)];
  await page.getByLabel("Slack", { exact: true }).selectOption("no-files");
  const request = await requestAndApprove(page, `${numbers.join(" ")} autumn campaign`, "autumn campaign");
  await request.getByText("12 opened").waitFor();
  await eventually(async () => (await numberAt(page, "slack")) > before);
  await page.getByLabel("Slack", { exact: true }).selectOption("none");
  assert.equal(await numberAt(page, "lost"), 0);
});

test("WeChat Pay's clock is 10 minutes ahead, then right: the request is carried out by itself", {
  skip,
}, async (t) => {
  const page = await open(t);
  const number = freshNumber();
  const clock = page.getByLabel("WeChat Pay's clock is 10 minutes ahead of the bot's");
  await clock.check();
  const request = await requestAndApprove(page, number);
  await request.getByText(/attempt [2-9]/).waitFor();
  await clock.uncheck();
  await request.getByText("Receipts opened").waitFor();
  await settled(page);
  assert.ok((await numberAt(page, "clock")) > 0);
});
