/** The guided tour in a browser, from its first step to its last, with what each step says to look at. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { be, openPage, skip, stageOfFile, type } from "./browser.ts";
import { openLabStage } from "./stage-with-lab.ts";

interface Words {
  page: Record<"mishaps" | "tour" | "leaveTour" | "back" | "next" | "closeThread", string>;
  wire: Record<"verified", string>;
  tour: {
    place(step: number, all: number): string;
    steps: readonly { title: string; look: string; actions: Record<string, string> }[];
  };
}

const folder = new URL("../../../src/playground/slack/page/words/", import.meta.url);
const wordsOf = async (language: string) =>
  ((await import(new URL(`${language}.js`, folder).href)) as { words: Words }).words;

/** What the bot shows at each step. */
const shown = {
  en: {
    opened: "Receipts opened",
    rejected: "Rejected by",
    whatToDo: "What to do",
    many: "60 sub-merchants",
    leaveOut: "Leave out",
    leftOut: "1 left out",
    manyOpened: "59 opened",
    intact: /The audit trail is intact: \d+ events are sealed\./,
    changed: /The audit trail was tampered with: .*\(approved, U0EVE00001, .*does not match its seal\./,
  },
  "zh-CN": {
    opened: "已开通商家小票",
    rejected: "已拒绝",
    whatToDo: "处理办法",
    many: "60 个特约商户",
    leaveOut: "剔除",
    leftOut: "已剔除 1 个",
    manyOpened: "已开通 59 个",
    intact: /审计记录完整：已封存 \d+ 条事件。/,
    changed: /审计记录被篡改：.*（批准，U0EVE00001，.*与其封存哈希不符。/,
  },
} as const;

// Nobody holds a role yet, as with `npm run demo -- --empty`.
const open = (language: "en" | "zh-CN") => stageOfFile(() => openLabStage({ language, grants: [] }));
const stages = { en: open("en"), "zh-CN": open("zh-CN") } as const;

for (const language of ["en", "zh-CN"] as const) {
  const stage = stages[language];

  test(`ten steps lead from a request to the audit trail and the other language, in ${language}`, {
    skip,
  }, async (t) => {
    const [words, bot] = [await wordsOf(language), shown[language]];
    const page = await openPage(t, stage().slack.pageUrl);
    page.setDefaultTimeout(60_000);
    await page.locator("#language").selectOption(language);
    await page.locator(`html[lang=${language}] body[data-you]`).waitFor();
    await page.getByRole("button", { name: words.page.tour, exact: true }).click();

    const tour = page.locator("#tour");
    const newest = page.locator("#messages article").last();
    const form = page.locator("#modal");
    const thread = page.locator("#thread");
    const press = (name: string) => tour.getByRole("button", { name, exact: true }).click();
    let step = 0;
    const next = async () => {
      step += 1;
      await press(words.page.next);
    };
    /** Presses what this step offers. */
    const does = async (action: string) => {
      const { title, look, actions } = words.tour.steps[step] ?? assert.fail(`no step ${step}`);
      await tour.getByRole("heading", { name: title, exact: true }).waitFor();
      await tour.getByText(look).waitFor();
      await press(actions[action] ?? assert.fail(`step ${step} does not offer ${action}`));
    };

    await tour.getByText(words.tour.place(1, 10)).waitFor();
    await does("request");
    await newest.getByText("new store, contract 4711").waitFor();

    await next();
    await does("approve");
    await newest.getByText(bot.opened).waitFor();

    await next();
    await does("wire");
    await page.locator("#wire-calls details", { hasText: `OPEN → 200 · ${words.wire.verified}` }).waitFor();
    await page.getByRole("button", { name: words.page.tour, exact: true }).click();

    await next();
    await does("reject");
    await form.getByRole("textbox").fill("wrong shop");
    await form.locator("button[type=submit]").click();
    await newest.getByText(bot.rejected).waitFor();

    await next();
    await does("fail");
    await thread.getByText(bot.whatToDo).waitFor();
    await thread.getByRole("button", { name: words.page.closeThread }).click();

    await next();
    await does("many");
    await newest.getByText(bot.many).waitFor();

    await next();
    await does("leaveOut");
    await form.getByRole("checkbox").first().check();
    await form.getByRole("button", { name: bot.leaveOut }).click();
    await newest.getByText(bot.leftOut).waitFor();

    await next();
    await does("approveAndKill");
    await does("start");
    await newest.getByText(bot.manyOpened).waitFor();
    await page.getByRole("button", { name: words.page.mishaps, exact: true }).click();
    for (const [name, count] of [
      ["kills", 1],
      ["lost", 0],
      ["twice", 0],
    ])
      await page.locator(`#tally tr[data-count=${name}] .count-of`, { hasText: new RegExp(`^${count}$`) }).waitFor();
    await page.getByRole("button", { name: words.page.tour, exact: true }).click();

    await next();
    await does("audit");
    const output = tour.locator("#tour-output");
    await output.getByText("update events set actor").waitFor();
    const [before = "", changed = ""] = ((await output.textContent()) ?? "").split("update events set actor");
    assert.match(before, bot.intact);
    assert.match(changed, bot.changed);

    await next();
    assert.ok(await tour.getByRole("button", { name: words.page.next }).isDisabled());
    await does("language");
    const other = await wordsOf(language === "en" ? "zh-CN" : "en");
    await page.getByText(other.tour.place(10, 10)).waitFor();
    await page.getByRole("button", { name: other.page.back }).click();
    await page.getByRole("heading", { name: other.tour.steps[8]?.title ?? "" }).waitFor();
    await page.getByRole("button", { name: other.page.leaveTour }).click();
    await page.locator("#tour").waitFor({ state: "hidden" });
  });
}

test("a step that was skipped, or is done again, submits the request that it needs", { skip }, async (t) => {
  const page = await openPage(t, stages.en().slack.pageUrl);
  await page.locator("#tour-toggle").click();
  await page.locator("#tour-next").click();
  for (const _ of ["skipped", "again"]) {
    const requests = page.locator("#messages article", { hasText: "new store, contract 4711" });
    const before = await requests.count();
    await page.getByRole("button", { name: "Approve as Bob" }).click();
    await requests.nth(before).getByText("Receipts opened").waitFor();
  }
  assert.equal(await page.locator("#trouble").textContent(), "");
});

test("whoever goes on while the bot is killed is told so, and starts it again", { skip }, async (t) => {
  const page = await openPage(t, stages.en().slack.pageUrl);
  page.setDefaultTimeout(60_000);
  await page.evaluate("sessionStorage.setItem('step', '7')");
  await page.reload();
  await page.locator("#tour-toggle").click();
  await page.getByRole("button", { name: "Approve as Bob, then kill the bot" }).click();
  const stopped = page.getByRole("status").filter({ hasText: "The bot is not running" });
  await stopped.waitFor();
  await page.locator("#tour-next").click();
  await stopped.getByRole("button", { name: "Start it again" }).press("Enter");
  await page.locator("#line:focus").waitFor();
  await stopped.waitFor({ state: "hidden" });
  await page.locator("#messages article", { hasText: "60 opened" }).waitFor();
  await be(page, "bob");
  const answers = page.locator("#messages article.only");
  const before = await answers.count();
  await type(page, "/receipt help");
  await answers.nth(before).waitFor();
});
