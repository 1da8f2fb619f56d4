/** What a newcomer tries on the page beside typing commands: files, an invitation, App Home, the other language. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { type TestContext, test } from "node:test";
import type { Page } from "playwright-core";
import { form as text } from "../../../src/text/en/form.ts";
import { workbook } from "../../parsing/number-list/workbook-file.ts";
import { freshNumber, openStage } from "../support/stage.ts";
import { be, openPage, requestAndApprove, skip, stageOfFile, type } from "./browser.ts";

const stage = stageOfFile(() => openStage({ environment: { WECHATPAY_RATE: "20" } }));
const open = (t: TestContext) => openPage(t, stage().slack.pageUrl);

/** Opens the form and chooses an action. */
async function openForm(page: Page) {
  await type(page, "/receipt");
  const form = page.locator("#modal");
  await form.getByLabel(text.action).selectOption({ label: text.change({ action: "OPEN", object: "receipt" }) });
  return form;
}

/** Reviews and submits the form, and returns its request's message. */
async function submit(page: Page, number: string) {
  const form = page.locator("#modal");
  await form.getByRole("button", { name: text.next }).click();
  await form.getByRole("button", { name: text.ask }).click();
  await form.waitFor({ state: "hidden" });
  return page.locator("#messages article", { hasText: number }).last();
}

test("the form takes a CSV file that was chosen, and an Excel file that was dropped", { skip }, async (t) => {
  const page = await open(t);
  const [first, second, third, fourth] = Array.from({ length: 4 }, freshNumber) as [string, string, string, string];
  const form = await openForm(page);
  const csv = { name: "shops.csv", mimeType: "text/csv", buffer: Buffer.from(`sub_mchid\n${first}\n${second}\n`) };
  await form.getByLabel(text.file).setInputFiles(csv);
  await form.getByRole("checkbox", { name: "shops.csv" }).waitFor();
  await (await submit(page, first)).getByText(second).waitFor();

  await openForm(page);
  const bytes = [...workbook([["sub_mchid"], [third], [fourth]])];
  await drop(page, "shops.xlsx", bytes);
  await form.getByRole("checkbox", { name: "shops.xlsx" }).waitFor();
  await (await submit(page, third)).getByText(fourth).waitFor();
});

test("a file of another type is refused by name, and an unticked file is left out", { skip }, async (t) => {
  const page = await open(t);
  const number = freshNumber();
  const form = await openForm(page);
  await drop(page, "photo.png", [1, 2, 3]);
  await page.getByRole("alert").getByText("photo.png is not one of these: .csv, .tsv, .txt, .xlsx").waitFor();
  await drop(page, "numbers.txt", [...Buffer.from(freshNumber())]);
  await form.getByRole("checkbox", { name: "numbers.txt" }).uncheck();
  await form.getByLabel(text.numbers).fill(number);
  await (await submit(page, number)).waitFor();
});

test("the list that a stop leaves is downloaded, and uploaded again as a new request", { skip }, async (t) => {
  const page = await open(t);
  const numbers = Array.from({ length: 120 }, freshNumber);
  const request = await requestAndApprove(page, `${numbers.join(" ")} spring campaign`, "spring campaign");
  await request.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("dialog").getByRole("button").last().click();
  await request.getByText(/not started, stopped by/).waitFor();
  await request.locator(".thread-line").click();
  const link = page.locator("#replies").getByRole("link", { name: /not-started|not started/i });
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const rows = (await readFile(await download.path(), "utf8")).trim().split("\n").slice(1);
  assert.ok(rows.length > 0 && rows.length < 120, `${rows.length} were not started`);

  await be(page, "ann");
  const form = await openForm(page);
  const buffer = await readFile(await download.path());
  const name = download.suggestedFilename();
  await form.getByLabel(text.file).setInputFiles({ name, mimeType: "text/csv", buffer });
  await form.getByRole("checkbox", { name }).waitFor();
  await submit(page, "");
  await page.locator("#messages article", { hasText: `Open receipts · ${rows.length} sub-merchants` }).waitFor();
});

test("/invite adds the app to a channel, where its command then works", { skip }, async (t) => {
  const page = await open(t);
  await page.getByRole("button", { name: "# random" }).click();
  await page.getByText("the app is not in this channel").waitFor();
  await type(page, "/invite @nobody");
  await page.getByRole("alert").getByText("There is no @nobody here").waitFor();
  const number = freshNumber();
  await type(page, "/invite @receipt");
  await page.locator("#messages article", { hasText: "was added to #random by Ann Arbor" }).waitFor();
  await page.getByText("the app is not in this channel").waitFor({ state: "detached" });
  await type(page, `/receipt open ${number}`);
  await page.locator("#messages article", { hasText: number }).getByRole("button", { name: "More actions" }).waitFor();
});

test("you stay able to change who you are in App Home and in direct messages", { skip }, async (t) => {
  const page = await open(t);
  await be(page, "carol");
  await type(page, "/receipt grant @dan requester");
  await page.getByRole("button", { name: / · Home/ }).click();
  await page.locator(".home").waitFor();
  // Dan has not opened it before, so that the app has put nothing there.
  await be(page, "dan");
  await page.locator(".home").getByText("Roles of").waitFor();
  await page.locator("#apps").getByRole("button", { name: "Receipts", exact: false }).last().click();
  await page.locator("#messages article", { hasText: "requester" }).first().waitFor();
  await be(page, "ann");
});

test("the page speaks the language that is chosen on it, also after a reload", { skip }, async (t) => {
  const page = await open(t);
  await page.getByLabel("Language of this page").selectOption("中文");
  await page.getByLabel("当前身份").waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "zh-CN");
  await page.reload();
  await page.getByRole("button", { name: "发送" }).waitFor();
  await type(page, "/receipt");
  await page.locator("#modal").getByLabel(text.file).waitFor();
  assert.match((await page.locator("#modal .drop").textContent()) ?? "", /或把文件拖到这里：\.csv/);
  await page.locator("#modal button[type=submit]").click();
  await page.locator("#modal .wrong", { hasText: `请填写此项：${text.action}` }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#modal").waitFor({ state: "hidden" });
  for (const [line, sentence] of [
    ["/receip", "/receip 不是有效的命令"],
    ["/invite @nobody", "这里没有 @nobody"],
  ] as const) {
    await type(page, line);
    await page.getByRole("alert").getByText(sentence).waitFor();
  }
  await page.getByLabel("本页语言").selectOption("English");
  await page.getByLabel("You are").waitFor();
});

/** Drops a file onto the form's file input. */
async function drop(page: Page, name: string, bytes: readonly number[]): Promise<void> {
  const make = `(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(${JSON.stringify(bytes)})], ${JSON.stringify(name)}));
    return transfer;
  })()`;
  await page.locator("#modal .drop").dispatchEvent("drop", { dataTransfer: await page.evaluateHandle(make) });
}
