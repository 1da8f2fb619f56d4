/** Takes the README's pictures, .github/*.png, of the real bot. Run by hand: `node test/e2e/page/pictures.ts`. */
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium, type Locator, type Page } from "playwright-core";
import { startBotProcess } from "../../../src/playground/bot-process.ts";
import { demoChannel as channel, demoPeople as people, startPlayground } from "../../../src/playground/playground.ts";
import type { Message } from "../../../src/playground/slack/state.ts";
import { form as text } from "../../../src/text/en/form.ts";
import { withPalette } from "./png-palette.ts";

const folder = new URL("../../../.github/", import.meta.url);
/** GitHub shows larger files only after a click, and a page of text does not need more. */
const bytesMax = 250_000;
const penalised = "1900040005";
/** Number of sub-merchants in the bulk request. */
const campaign = [penalised, "1900040006", ...Array.from({ length: 298 }, (_, n) => `1900000${200 + n}`)];

const playground = await startPlayground({ environment: { WECHATPAY_RATE: "20" } });
const { slack } = playground;
const bot = startBotProcess(playground.environment);
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"],
});
try {
  await bot.until('"listening"');
  for (const grant of ["@ann requester", "@bob approver"])
    await slack.type({ user: people.carol, channel, text: `/receipt grant ${grant}` });
  await one();
  await many();
  await form();
  await home();
} finally {
  await browser.close();
  await bot.end();
  await playground.close();
}

/** A request that succeeded, one that failed, with its thread, and a pending one. */
async function one(): Promise<void> {
  for (const request of ["1900000109 new store, contract 4711", penalised]) {
    const { ts } = await approved(request);
    await slack.until(() => slack.thread(channel, ts).at(0));
  }
  const waiting = await submitted("1900000108 reopened after the move");
  const page = await open("ann", { width: 1140, height: 640 });
  await page.locator("#messages article", { hasText: penalised }).locator(".thread-line").click();
  await page.locator("#replies article", { hasText: "What to do" }).waitFor();
  await save("thread", await reading(page));
  await slack.click({ user: people.bob, channel, ts: waiting.ts, actionId: "approve" });
}

/** A completed bulk request with its thread, and a running one. */
async function many(): Promise<void> {
  const some = await approved(`${campaign.slice(0, 20).join(" ")} spring campaign, first shops`);
  await slack.until(() => slack.thread(channel, some.ts).at(2));
  const rest = await approved(`${campaign.slice(20).join(" ")} spring campaign`);
  await slack.until(() => {
    const shown = JSON.stringify(slack.messages(channel).find(({ ts }) => ts === rest.ts)?.blocks);
    return Number(/(\d+) %/.exec(shown)?.[1]) >= 40;
  });
  const page = await open("ann", { width: 1140, height: 640 });
  await page.locator("#messages article", { hasText: "first shops" }).locator(".thread-line").click();
  await page.locator("#replies article", { hasText: "penalty" }).first().waitFor();
  await save("many", await reading(page));
}

/** The form's reading of pasted text. */
async function form(): Promise<void> {
  const page = await open("ann", { width: 1140, height: 700 });
  await page.locator("#line").fill("/receipt");
  await page.getByRole("main").getByRole("button", { name: "Send" }).click();
  const dialog = page.locator("#modal");
  await dialog.getByLabel(text.action).selectOption({ label: text.change({ action: "OPEN", object: "receipt" }) });
  const paste = ["1900000109", "19000001O9", ...campaign.slice(0, 4), "see mail of 12 May"].join("\n");
  await dialog.getByLabel(text.numbers).fill(paste);
  await dialog.getByLabel(text.reason).fill("summer campaign");
  await dialog.getByRole("button", { name: text.next }).click();
  await dialog.getByText("line 2").waitFor();
  await save("form", dialog);
}

/** Bob's view of the bot's Home tab. */
async function home(): Promise<void> {
  await submitted("1900000110 new store, contract 4712");
  await submitted("1900000111 1900000112 1900000113 moved to the new till");
  const page = await open("bob", { width: 900, height: 640 });
  await page.getByRole("button", { name: / · Home/ }).click();
  await page.locator(".home").getByText("1900000110").first().waitFor();
  await save("home", await reading(page));
}

async function submitted(what: string): Promise<Message> {
  const before = new Set(slack.messages(channel).map(({ ts }) => ts));
  await slack.type({ user: people.ann, channel, text: `/receipt open ${what}` });
  return slack.until(() => slack.messages(channel).find(({ ts }) => !before.has(ts)));
}

async function approved(what: string): Promise<Message> {
  const message = await submitted(what);
  await slack.click({ user: people.bob, channel, ts: message.ts, actionId: "approve" });
  return message;
}

async function open(name: "ann" | "bob", viewport: { width: number; height: number }): Promise<Page> {
  const page = await browser.newPage({ viewport, deviceScaleFactor: 2, locale: "en-US", timezoneId: officeZone() });
  await page.goto(slack.pageUrl);
  await page.getByLabel("You are").selectOption(people[name]);
  await page.locator(`body[data-you=${people[name]}]`).waitFor();
  return page;
}

/** The content to read, without the sidebar, the composers, the pointer or a focus. */
async function reading(page: Page): Promise<Page> {
  await page.evaluate("for (const part of document.querySelectorAll('nav, form')) part.hidden = true");
  await page.mouse.move(0, 0);
  await page.evaluate("document.activeElement.blur()");
  return page;
}

async function save(name: string, part: Locator | Page): Promise<void> {
  const png = withPalette(await part.screenshot({ animations: "disabled" }));
  if (png.byteLength > bytesMax)
    throw new Error(`${name}.png has ${png.byteLength} bytes, more than the maximum of ${bytesMax}`);
  await mkdir(folder, { recursive: true });
  const path = fileURLToPath(new URL(`${name}.png`, folder));
  await writeFile(path, png);
  process.stdout.write(`${path}: ${png.byteLength} bytes\n`);
}

/** A time zone in which it is about two in the afternoon now; POSIX inverts the sign. */
function officeZone(): string {
  const ahead = 14 - new Date().getUTCHours();
  return `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}
