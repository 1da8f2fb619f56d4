/** One Chromium for a test file, and what every test does on the playground's page. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, type TestContext } from "node:test";
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core";
import { people } from "../support/stage.ts";

const executablePath = "/usr/bin/chromium";
const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"];
const isMissing = !existsSync(executablePath) && !process.env["REQUIRE_CHROMIUM"];
/** Why tests in the browser are skipped, or false. */
export const skip =
  isMissing &&
  `THE PAGE IS NOT TESTED: there is no ${executablePath}. apt-get install chromium, or set REQUIRE_CHROMIUM`;

let browser: Promise<Browser> | undefined;

/** One stage for all tests of a file: opened before the first, closed with the browser after the last. */
export function stageOfFile<Opened extends { close(): Promise<void> }>(
  open: () => Promise<Opened>,
  isSkipped: string | false = skip,
): () => Opened {
  let stage: Opened | undefined;
  before(async () => {
    if (!isSkipped) stage = await open();
  });
  after(async () => {
    await (await browser)?.close();
    await stage?.close();
  });
  return () => stage ?? assert.fail("the stage is not open");
}

/** Opens the page as Ann. Any error in the page, dialog of the browser or request to elsewhere fails the test. */
export async function openPage(t: TestContext, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  browser ??= chromium.launch({ executablePath, args: flags });
  const page = await (await browser).newPage(options);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("request", (request) => {
    const to = request.url();
    if (!to.startsWith(url) && !to.startsWith("data:")) complaints.push(`a request to ${to}`);
  });
  page.on("dialog", (dialog) => {
    complaints.push(`${dialog.type()}: ${dialog.message()}`);
    return dialog.dismiss();
  });
  t.after(async () => {
    await page.close();
    assert.deepEqual(complaints, []);
  });
  await page.goto(url);
  await be(page, "ann");
  return page;
}

/** Becomes another person of the workspace. */
export async function be(page: Page, name: keyof typeof people): Promise<void> {
  await page.locator("#you").selectOption(people[name]);
  await page.locator(`body[data-you=${people[name]}]`).waitFor();
}

/** Types a message or command into the channel's composer, and sends it. */
export async function type(page: Page, text: string): Promise<void> {
  await page.locator("#line").fill(text);
  await page.locator("#line").press("Enter");
}

/** Bob approves a request in the dialog. */
export async function approve(request: Locator): Promise<void> {
  const page = request.page();
  await be(page, "bob");
  await request.getByRole("button", { name: "Approve" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /Approve and open/ })
    .click();
}

/** Ann requests to open what stands in `words`. Returns the request's message, found by `about`. */
export async function requestOf(page: Page, words: string, about = words): Promise<Locator> {
  await be(page, "ann");
  await type(page, `/receipt open ${words}`);
  return page.locator("#messages article", { hasText: about }).last();
}

/** Ann requests, and Bob approves. */
export async function requestAndApprove(page: Page, words: string, about = words): Promise<Locator> {
  const request = await requestOf(page, words, about);
  await approve(request);
  return request;
}
