/** Forms on the page: what was typed stays, as in Slack, when another view covers the form or the app changes it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { form as text } from "../../../src/text/en/form.ts";
import { actions, button, httpApp, plain, slackFor } from "../../playground/slack/builders.ts";
import { freshNumber, openStage } from "../support/stage.ts";
import { openPage, skip, stageOfFile, type } from "./browser.ts";

const stage = stageOfFile(() => openStage());
const openAction = { label: text.change({ action: "OPEN", object: "receipt" }) };

async function openForm(page: Page) {
  await type(page, "/receipt");
  const form = page.locator("#modal");
  await form.getByLabel(text.action).selectOption(openAction);
  return form;
}

test("Back returns to the form with everything that was typed, and Review takes what was changed", {
  skip,
}, async (t) => {
  const page = await openPage(t, stage().slack.pageUrl);
  const [first, second] = [freshNumber(), freshNumber()];
  const form = await openForm(page);
  await form.getByLabel(text.numbers).fill(first);
  await form.getByLabel(text.reason).fill("new store");
  for (const shown of [first, second]) {
    await form.getByRole("button", { name: text.next }).click();
    await form.getByText(shown).first().waitFor();
    await form.getByRole("button", { name: text.back }).click();
    await form.getByLabel(text.numbers).waitFor();
    assert.equal(await form.getByLabel(text.action).locator("option:checked").textContent(), openAction.label);
    assert.equal(await form.getByLabel(text.numbers).inputValue(), shown);
    assert.equal(await form.getByLabel(text.reason).inputValue(), "new store");
    await form.getByLabel(text.numbers).fill(second);
  }
  await form.getByRole("button", { name: text.next }).click();
  await form.getByRole("button", { name: text.ask }).click();
  await page.locator("#messages article", { hasText: second }).getByText("new store").waitFor();
});

test("Back from a question that the preview has replaced returns to the form with its file", { skip }, async (t) => {
  const page = await openPage(t, stage().slack.pageUrl);
  const form = await openForm(page);
  const buffer = Buffer.from(`shop,account\n${freshNumber()},${freshNumber()}\n${freshNumber()},${freshNumber()}\n`);
  await form.getByLabel(text.file).setInputFiles({ name: "shops.csv", mimeType: "text/csv", buffer });
  const file = form.getByRole("checkbox", { name: "shops.csv" });
  await file.waitFor();
  await form.getByRole("button", { name: text.next }).click();
  await form.locator("select").selectOption({ index: 1 });
  await form.locator("button[type=submit]").click();
  await form.getByRole("button", { name: text.back }).click();
  assert.ok(await file.isChecked());
  await page.keyboard.press("Escape");
  await form.waitFor({ state: "hidden" });
  await type(page, "/receipt");
  await form.getByLabel(text.file).waitFor();
  assert.equal(await file.count(), 0);
  await page.keyboard.press("Escape");
});

test("an updated form keeps the input of the fields that stay", { skip }, async (t) => {
  const slack = await slackFor(t);
  const app = await httpApp(t, slack);
  const input = (id: string, label: string, element: object) =>
    ({
      type: "input",
      block_id: id,
      label: plain(label),
      optional: true,
      element: { action_id: id, ...element },
    }) as const;
  const choices = (...values: string[]) => ({ options: values.map((value) => ({ text: plain(value), value })) });
  const view = (label: string, ...options: string[]) => ({
    type: "modal" as const,
    title: plain("Form"),
    submit: plain("Send"),
    blocks: [
      { block_id: "more", ...actions(button("more")) },
      input("why", `Why ${label}`, { type: "plain_text_input" }),
      input(`other ${label}`, "Other", { type: "plain_text_input" }),
      input("one", "One", { type: "static_select", ...choices(...options) }),
      input("many", "Many", { type: "checkboxes", ...choices(...options) }),
    ],
  });
  app.command("/receipt", async ({ ack, client, command }) => {
    await ack();
    await client.views.open({ trigger_id: command.trigger_id, view: view("first", "a", "b", "c") as never });
  });
  app.action("more", async ({ ack, body, client }) => {
    await ack();
    const { id = "" } = (body as { view?: { id: string } }).view ?? {};
    await client.views.update({ view_id: id, view: view("then", "b", "c") as never });
  });
  const page = await openPage(t, slack.pageUrl);
  await type(page, "/receipt");
  const form = page.locator("#modal");
  await form.getByLabel("Why first").fill("new store");
  await form.getByLabel("Other").fill("gone");
  await form.getByLabel("One").selectOption("a");
  for (const name of ["a", "b"]) await form.getByRole("checkbox", { name }).check();
  await form.getByRole("button", { name: "more" }).click();
  await form.getByLabel("Why then").waitFor();
  assert.equal(await form.getByLabel("Why then").inputValue(), "new store");
  assert.equal(await form.getByLabel("Other").inputValue(), "");
  assert.equal(await form.getByLabel("One").inputValue(), "");
  const isChecked = (name: string) => form.getByRole("checkbox", { name }).isChecked();
  assert.deepEqual([await isChecked("b"), await isChecked("c")], [true, false]);
  // Before its Slack ends, which the page would report.
  await page.close();
});
