/** The keyboard's focus on the page: it stays where a person works, and is always visible. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { form as text } from "../../../src/text/en/form.ts";
import { freshNumber, people } from "../support/stage.ts";
import { be, openPage, requestOf, skip, stageOfFile, type } from "./browser.ts";
import { openLabStage } from "./stage-with-lab.ts";

const stage = stageOfFile(() => openLabStage({ environment: { WECHATPAY_RATE: "60" } }));
const open = (t: TestContext) => openPage(t, stage().slack.pageUrl);

/** Waits until this control has the focus and an outline. */
async function hasFocus(control: Locator): Promise<void> {
  await control.and(control.page().locator(":focus")).waitFor();
  const outline = "getComputedStyle(document.activeElement).outlineStyle";
  assert.notEqual(await control.page().evaluate(outline), "none", String(control));
}

async function openHome(page: Page, name: keyof typeof people): Promise<Locator> {
  await be(page, name);
  await page.getByRole("button", { name: / · Home/ }).press("Enter");
  const home = page.locator(".home");
  await home.locator(".block").first().waitFor();
  return home;
}

test("a form that is pushed has the focus, and Back returns it to where it was left", { skip }, async (t) => {
  const page = await open(t);
  await type(page, "/receipt");
  const form = page.locator("#modal");
  await form.getByLabel(text.action).selectOption({ index: 1 });
  await form.getByLabel(text.numbers).fill(freshNumber());
  const review = form.getByRole("button", { name: text.next });
  await review.press("Enter");
  await hasFocus(form.getByRole("button", { name: text.back }));
  await page.keyboard.press("Enter");
  await hasFocus(review);
  await page.keyboard.press("Escape");
  await form.waitFor({ state: "hidden" });
  await page.locator("#line:focus").waitFor();
});

test("after Approve and Grant in App Home, the focus stays in App Home", { skip }, async (t) => {
  const [first, second] = [freshNumber(), freshNumber()];
  for (const number of [first, second])
    await stage().slack.type({ user: people.ann, channel: "C0MERCHANT", text: `/receipt open ${number}` });
  const page = await open(t);
  let home = await openHome(page, "bob");
  await home.getByText(second).waitFor();
  await home.getByRole("button", { name: "Approve" }).first().press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Approve and open" }).press("Enter");
  await home.getByText(`Open receipts · ${first}`).waitFor({ state: "detached" });
  await hasFocus(home.locator("button, select, a").first());

  home = await openHome(page, "carol");
  await home.getByLabel("Person").selectOption(people.dan);
  await home.getByLabel("Role").selectOption("approver");
  await home.getByRole("button", { name: "Grant" }).press("Enter");
  await home.getByText("now has the role approver").waitFor();
  await hasFocus(home.getByRole("button", { name: "Grant" }));
});

test("a message that loses the button of a form gets the focus when the form closes", { skip }, async (t) => {
  const page = await open(t);
  const request = await requestOf(page, freshNumber());
  await be(page, "bob");
  await request.getByRole("button", { name: "Reject" }).press("Enter");
  const form = page.locator("#modal");
  await form.getByRole("textbox").fill("wrong shop");
  await form.locator("button[type=submit]").press("Enter");
  await request.getByText("Rejected by").waitFor();
  await form.waitFor({ state: "hidden" });
  await hasFocus(request);
});

test("each action of the tour leaves the focus on its button, or in the pane or form that it opens", {
  skip,
}, async (t) => {
  const page = await open(t);
  page.setDefaultTimeout(60_000);
  const tour = page.locator("#tour");
  const next = () => tour.locator("#tour-next").press("Enter");
  const form = page.locator("#modal");
  const does = async (name: string): Promise<Locator> => {
    const button = tour.getByRole("button", { name, exact: true });
    await button.press("Enter");
    return button;
  };
  /** Its action has ended. */
  const ended = (button: Locator) => button.and(page.locator(":not([aria-disabled])")).waitFor();
  await page.locator("#tour-toggle").press("Enter");
  for (const name of ["Request as Ann", "Approve as Bob"]) {
    const button = await does(name);
    await ended(button);
    await hasFocus(button);
    await next();
    await hasFocus(tour.locator("#tour-title"));
  }
  await does("Show the lines of this request");
  await hasFocus(page.locator("#wire-close"));
  await page.locator("#tour-toggle").press("Enter");
  await next();

  const reject = await does("Request as Ann, then Reject as Bob");
  await form.getByRole("textbox").press("Escape");
  await form.waitFor({ state: "hidden" });
  await hasFocus(reject);
  await next();
  await does("Request and approve 1900040005");
  await hasFocus(page.locator("#thread-close"));
  await page.keyboard.press("Escape");
  await tour.waitFor();
});

test("Escape closes the pane that has the focus, and the button that opens it says so", { skip }, async (t) => {
  const page = await open(t);
  for (const name of ["numbers", "wire", "mishaps", "tour"]) {
    const toggle = page.locator(`#${name}-toggle`);
    if (name !== "numbers") await toggle.press("Enter");
    assert.equal(await toggle.getAttribute("aria-expanded"), "true");
    await page.locator(`#${name}`).locator("button:visible, input:visible").last().press("Escape");
    await hasFocus(toggle);
    assert.equal(await toggle.getAttribute("aria-expanded"), "false");
  }
  await page.locator("#numbers-toggle").press("Enter");
  const filter = page.locator("#numbers-filter");
  await filter.fill("penal");
  await filter.press("Escape");
  assert.equal(await filter.inputValue(), "");
  await filter.press("Escape");
  await page.locator("#numbers").waitFor({ state: "hidden" });
});

test("Tab and Escape leave the ⋯ menu and close it", { skip }, async (t) => {
  const page = await open(t);
  const request = await requestOf(page, freshNumber());
  const more = request.getByRole("button", { name: "More actions" });
  const choice = request.getByRole("menuitem").first();
  await more.press("Enter");
  await choice.press("Escape");
  await choice.waitFor({ state: "hidden" });
  await hasFocus(more);
  for (const key of ["Tab", "Shift+Tab"]) {
    await more.press("Enter");
    await choice.press(key);
    await choice.waitFor({ state: "hidden" });
    assert.equal(await page.locator(".choice:focus, body:focus").count(), 0);
    assert.notEqual(await page.evaluate("document.activeElement.tagName"), "BODY");
  }
});
