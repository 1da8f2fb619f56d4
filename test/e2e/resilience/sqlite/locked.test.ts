/** Another program has the ledger's file locked: the bot goes on reading and answering, and says what it cannot do. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { demoChannel as channel, demoPeople as people } from "../../../../src/playground/playground.ts";
import { en } from "../../../../src/text/en/catalogue.ts";
import { lockElsewhere } from "../../../storage/sqlite/locked-elsewhere.ts";
import { openBotOn } from "./bot-on-file.ts";

const number = "1900000109";

/** A bot with a requester and an approver, whose ledger the test can lock. */
async function openBot(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), "receipt-locked-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "receipts.db");
  const opened = await openBotOn(t, path);
  await opened.grantRoles();
  return {
    ...opened,
    lock: () => lockElsewhere(t, path),
    statusOf: async (page: string) => (await opened.ask(page)).status,
  };
}

test("queries are answered, monitoring sees the reason in time, and people read that nothing was recorded", async (t) => {
  const { slack, bot, lock, type, statusOf } = await openBot(t);
  const { release } = await lock();
  const requested = type(people.ann, `open ${number}`);
  const [life, ready, status, help] = await Promise.all([
    statusOf("/healthz"),
    statusOf("/readyz"),
    type(people.ann, `status ${number}`),
    type(people.ann, "help"),
  ]);
  assert.deepEqual([life, ready], [200, 503]);
  assert.match(status.ephemeral?.text ?? "", new RegExp(number));
  assert.notEqual(status.ephemeral?.text, en.answer.slow);
  assert.notEqual(help.ephemeral?.text, en.answer.slow);
  // Slack hears in time that the answer takes longer, and it follows.
  assert.equal((await requested).ephemeral?.text, en.answer.slow);
  await slack.until(() => slack.ephemerals(people.ann).find(({ text }) => text === en.answer.ledgerAway));
  await bot.until("the database is unavailable");

  await release();
  await bot.until("the database is available again");
  assert.equal(await statusOf("/readyz"), 200);
  assert.match((await type(people.ann, `status ${number}`)).ephemeral?.text ?? "", new RegExp(number));
  await type(people.ann, `open ${number}`);
  await slack.until(() => slack.messages(channel)[0]);
});

test("an answer of WeChat Pay that arrives meanwhile is read, recorded once the lock is gone, and not asked for again", async (t) => {
  const { slack, weChatPay, bot, lock, type } = await openBot(t);
  await type(people.ann, `open ${number}`);
  const { ts } = await slack.until(() => slack.messages(channel)[0]);
  const { promise: hold, resolve: answer } = Promise.withResolvers<void>();
  weChatPay.behave(number, () => ({ hold }));
  await slack.click({ user: people.bob, channel, ts, actionId: "approve" });
  await bot.until("calling WeChat Pay");
  const { release } = await lock();
  // All that writes is waiting now: the person's command, and the bot's own jobs.
  const late = await type(people.ann, "open 1900000117");
  assert.equal(late.ephemeral?.text, en.answer.slow);
  answer();
  assert.match(await bot.until("WeChat Pay answered"), /"kind":"accepted"/);
  await release();
  await slack.until(() => JSON.stringify(slack.messages(channel)).includes("Receipts opened") || undefined);
  assert.equal(weChatPay.calls.filter(({ subMchid }) => subMchid === number).length, 1);
});
