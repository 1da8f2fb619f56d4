/** The playground's page in a real browser with the real bot: what people type, press and see. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { freshNumber, openStage, people } from "../support/stage.ts";
import { be, openPage, skip, stageOfFile, type } from "./browser.ts";

const grants = [
  ["ann", "requester"],
  ["bob", "approver"],
] as const;
const stage = stageOfFile(() =>
  openStage({
    grants,
    slack: {
      notes: [
        { title: "sub-merchant is penalised", text: "/receipt open 1900040005" },
        { title: "goldplan: provider has not opened it", text: "/receipt both open 1900040051" },
      ],
    },
  }),
);
const open = (t: TestContext) => openPage(t, stage().slack.pageUrl);

test("one person types a command, another approves it in the dialog, and both see the outcome and its thread", {
  skip,
}, async (t) => {
  const number = freshNumber();
  const page = await open(t);
  await type(page, `/receipt open ${number} new store, contract 4711`);
  const request = page.locator("#messages article", { hasText: number });
  await request.getByText("new store, contract 4711").waitFor();
  await be(page, "bob");
  await request.getByRole("button", { name: "Approve" }).click();
  const dialog = page.getByRole("dialog", { name: `Open receipts for ${number}?` });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "hidden" });
  assert.deepEqual(stage().callsFor(number), []);
  await request.getByRole("button", { name: "Approve" }).click();
  await dialog.getByRole("button", { name: "Approve and open" }).click();
  await request.getByText("Receipts opened").waitFor();
  await request.getByRole("button", { name: "1 reply" }).click();
  const thread = page.getByRole("complementary", { name: "Thread" });
  await thread.locator("article", { hasText: `receipts are open for ${number}` }).waitFor();
  assert.deepEqual(stage().callsFor(number), ["OPEN 200"]);
});

test("the page shows text as it was typed and does not interpret it", { skip }, async (t) => {
  const number = freshNumber();
  const page = await open(t);
  const reason = "<img src=x onerror=alert(1)> <!channel> *bold* _it_ `code` <https://evil.example|here> :x:";
  await type(page, `/receipt open ${number} ${reason}`);
  const quote = page.locator("#messages article", { hasText: number }).locator("blockquote");
  await quote.waitFor();
  assert.equal(await quote.textContent(), reason);
  assert.equal(await quote.locator("*").count(), 0);
  const markup = "<img src=x onerror=alert(2)> <!channel>";
  await type(page, markup);
  await page.locator("#messages article", { hasText: markup }).waitFor();
  assert.equal(await page.locator("article img, article .mention.all").count(), 0);
});

test("clicking a listed number fills the composer, and a private refusal is visible to one person only", {
  skip,
}, async (t) => {
  const page = await open(t);
  await be(page, "dan");
  await page.getByRole("button", { name: "sub-merchant is penalised" }).click();
  assert.equal(await page.locator("#line").inputValue(), "/receipt open 1900040005");
  await page.locator("#line").press("Enter");
  const refusal = page.locator("#messages article", { hasText: "Only visible to you" });
  await refusal.getByText("You need the role requester").waitFor();
  await be(page, "bob");
  await refusal.waitFor({ state: "detached" });
});

test("the list of numbers is in the language of the page, whatever command a number is for", { skip }, async (t) => {
  const page = await open(t);
  await page.getByLabel("Language of this page").selectOption("中文");
  const row = page.locator("#numbers-list button").nth(1);
  await row.getByText("点金计划：服务商未开通（英文）").waitFor();
  assert.equal(await row.locator("code").textContent(), "1900040051");
  assert.equal(await row.getAttribute("title"), "填入输入框：/receipt both open 1900040051");
});

test("a requester submits and withdraws a request with the keyboard alone", { skip }, async (t) => {
  const number = freshNumber();
  const page = await open(t);
  await page.locator("#line:focus").waitFor();
  await page.keyboard.type(`/receipt open ${number}`);
  await page.keyboard.press("Enter");
  const request = page.locator("#messages article", { hasText: number });
  const more = request.getByRole("button", { name: "More actions" });
  await more.press("Enter");
  await request.getByRole("menuitem", { name: "Withdraw" }).press("Escape");
  await more.press("Enter");
  await request.getByRole("menuitem", { name: "Withdraw" }).press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Enter");
  await request.getByText("Withdrawn by").waitFor();
  assert.equal(await request.getByRole("button").count(), 0);
});

test("an approver approves a pending request in App Home", { skip }, async (t) => {
  const number = freshNumber();
  const request = await stage().request("ann", `open ${number}`);
  const page = await open(t);
  await be(page, "bob");
  await page.getByRole("button", { name: / · Home/ }).click();
  const home = page.locator(".home");
  const title = home.getByText(`Open receipts · ${number}`);
  await title.waitFor();
  // Oldest first; this is the newest.
  await home.getByRole("button", { name: "Approve" }).last().click();
  await page.getByRole("button", { name: "Approve and open" }).click();
  await title.waitFor({ state: "detached" });
  await stage().untilShown(request, "Receipts opened");
});

test("an admin grants a role to a chosen person in App Home and revokes it", { skip }, async (t) => {
  const page = await open(t);
  await be(page, "carol");
  await page.getByRole("button", { name: / · Home/ }).click();
  const home = page.locator(".home");
  await home.getByLabel("Person").selectOption(people.dan);
  await home.getByLabel("Role").selectOption("approver");
  await home.getByRole("button", { name: "Grant" }).click();
  await home.getByText("now has the role approver").waitFor();
  const line = home.locator(".section", { hasText: "Dan" }).filter({ has: page.getByRole("button") });
  await line.getByRole("button", { name: "Revoke" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await home.getByText("no longer has the role approver").waitFor();
});

test("an approver searches for sub-merchants in the form, selects them, and they are excluded", { skip }, async (t) => {
  const numbers = Array.from({ length: 30 }, freshNumber);
  const [first = "", second = ""] = numbers.slice(20);
  const page = await open(t);
  await type(page, `/receipt open ${numbers.join(" ")}`);
  await be(page, "bob");
  const message = page.locator("#messages article", { hasText: numbers[0] ?? "" });
  await message.getByRole("button", { name: "Leave out" }).click();
  const form = page.getByRole("dialog", { name: "Leave out" });
  await form.getByRole("searchbox").waitFor();
  assert.equal(await form.getByRole("checkbox").count(), 30);
  await form.getByRole("searchbox").fill(first.slice(-4));
  await form.getByLabel(second).waitFor({ state: "hidden" });
  await form.getByRole("searchbox").press("Enter");
  await form.getByLabel(first).check();
  await form.getByRole("searchbox").fill("");
  await form.getByLabel(second).check();
  await form.getByRole("button", { name: "Leave out" }).click();
  await form.waitFor({ state: "hidden" });
  await message.getByText("2 left out").waitFor();
  for (const number of [first, second]) assert.ok((await message.textContent())?.includes(number));
});
