/** How the page looks and is used: axe on each view, light and dark, both languages, 400 pixels, the keyboard alone. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { freshNumber } from "../support/stage.ts";
import { be, openPage, requestAndApprove, skip, stageOfFile, type } from "./browser.ts";
import { openLabStage } from "./stage-with-lab.ts";

const stage = stageOfFile(() => openLabStage());

/** Each view of the page, after the one before it. */
const views: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  "the channel": async (page) => {
    const [done, open] = [freshNumber(), freshNumber()];
    const request = await requestAndApprove(page, `${done} new store`, done);
    await request.locator(".thread-line").waitFor();
    await be(page, "ann");
    await type(page, "/receipt open nonsense");
    await page.locator("#messages article.only").first().waitFor();
    await type(page, `/receipt open ${open}`);
    await page.locator("#messages article", { hasText: open }).waitFor();
  },
  "a thread": (page) => page.locator(".thread-line").first().click(),
  "the wire": async (page) => {
    await page.locator("#thread-close").click();
    await page.locator("#wire-toggle").click();
    await page.locator("#wire-calls summary").first().click();
  },
  trouble: async (page) => {
    await closePane(page);
    await page.locator("#mishaps-toggle").click();
    await page.locator("#tally tr").first().waitFor();
  },
  "the tour": async (page) => {
    await closePane(page);
    await page.locator("#tour-toggle").click();
  },
  "the numbers": async (page) => {
    await closePane(page);
    await page.locator("#numbers-toggle").click();
  },
  "App Home": async (page) => {
    await closePane(page);
    await page.locator("#apps button").first().click();
    await page.locator(".home .block").first().waitFor();
  },
  "the form": async (page) => {
    await page.locator("#channels button").first().click();
    await type(page, "/receipt");
    await page.locator("#modal .drop").waitFor();
  },
};

/** On a narrow page a pane covers the buttons that open the others. */
async function closePane(page: Page): Promise<void> {
  await page.locator("aside:not([hidden]) .close").click();
}

async function findings(page: Page): Promise<string[]> {
  const { violations } = (await page.evaluate("axe.run()")) as axe.AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, any }) => `${id}: ${target} ${any[0]?.message}`));
}

/** Opens each view in turn, and hands it to `inspect`. */
async function everyView(
  t: TestContext,
  options: BrowserContextOptions,
  inspect: (page: Page) => Promise<void>,
  language = "en",
): Promise<void> {
  const page = await openPage(t, stage().slack.pageUrl, { reducedMotion: "reduce", bypassCSP: true, ...options });
  if (language !== "en") {
    await page.locator("#language").selectOption(language);
    await page.locator(`html[lang=${language}] body[data-you=U0ANN00001]`).waitFor();
  }
  for (const [name, show] of Object.entries(views)) {
    await show(page);
    await t.test(name, () => inspect(page));
  }
  // The local Slack keeps an open form, which would cover the next page.
  await page.keyboard.press("Escape");
  await page.locator("#modal").waitFor({ state: "hidden" });
}

for (const [colorScheme, language] of [
  ["light", "en"],
  ["dark", "zh-CN"],
] as const)
  test(`axe finds nothing in any view, ${colorScheme}, in ${language}`, { skip }, (t) =>
    everyView(
      t,
      { colorScheme },
      async (page) => {
        await page.evaluate(axe.source);
        assert.deepEqual(await findings(page), []);
      },
      language,
    ),
  );

test("no view is wider than a page of 400 pixels", { skip }, (t) =>
  everyView(t, { viewport: { width: 400, height: 800 } }, async (page) => {
    const overflow = await page.evaluate(`[...document.querySelectorAll("body, body *")]
      .filter((node) => getComputedStyle(node).overflowX !== "visible" || node === document.body)
      .filter((node) => node.scrollWidth > node.clientWidth + 1 && !node.matches(".unseen, .bar p, nav li button"))
      .map((node) => node.id || node.className || node.tagName)`);
    assert.deepEqual(overflow, []);
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 400);
  }),
);

test("a channel's title stays on one line beside the widest pane", { skip }, async (t) => {
  const page = await openPage(t, stage().slack.pageUrl, { viewport: { width: 1280, height: 760 } });
  await page.locator("#wire-toggle").click();
  await page.locator("#wire-close:focus").waitFor();
  const { height = 0, width = 0 } = (await page.locator("#place").boundingBox()) ?? {};
  assert.ok(height <= 24 && width > 100, `${width} × ${height}`);
});

test("the page brings fonts for Chinese and emoji, and its own policy lets them in", { skip }, async (t) => {
  const page = await openPage(t, stage().slack.pageUrl);
  const load = (font: string, text: string) =>
    page.evaluate(
      `document.fonts.load('16px "${font}"', '${text}').then((faces) => faces.map(({ status }) => status))`,
    );
  assert.deepEqual(await load("Page Chinese", "商家小票"), ["loaded"]);
  assert.deepEqual(await load("Page Emoji", "✅"), ["loaded"]);
  const stacks = "[document.body, document.querySelector('code')].map((node) => getComputedStyle(node).fontFamily)";
  for (const stack of (await page.evaluate(stacks)) as string[])
    for (const font of ["Page Chinese", "Page Emoji"]) assert.ok(stack.includes(font), stack);
});

test("with the system's dark scheme the page is dark", { skip }, async (t) => {
  for (const [colorScheme, isDark] of [
    ["dark", true],
    ["light", false],
  ] as const) {
    const page = await openPage(t, stage().slack.pageUrl, { colorScheme });
    const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    const [red = 255] = String(background).match(/\d+/g)?.map(Number) ?? [];
    assert.equal(red < 128, isDark, String(background));
  }
});

test("the panes open, close and give the focus back with the keyboard alone", { skip }, async (t) => {
  const page = await openPage(t, stage().slack.pageUrl);
  await page.locator("#line:focus").waitFor();
  for (const name of ["wire", "mishaps", "tour"]) {
    const toggle = page.locator(`#${name}-toggle`);
    await toggle.press("Enter");
    await page.locator(`#${name}-close:focus`).waitFor();
    await page.keyboard.press("Enter");
    await page.locator(`#${name}-toggle:focus`).waitFor();
  }
  await page.locator("#you").press("ArrowDown");
  await page.locator("body[data-you=U0BOB00001]").waitFor();
});
