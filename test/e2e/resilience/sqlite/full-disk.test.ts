/** A disk that fills up under a running bot, and is emptied again. Needs the right to mount a small file system. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { demoPeople as people } from "../../../../src/playground/playground.ts";
import { en } from "../../../../src/text/en/catalogue.ts";
import { scraped } from "../../../metrics/scrape.ts";
import { mountSmallDisk } from "../../support/small-disk.ts";
import { openBotOn } from "./bot-on-file.ts";

const disk = await mountSmallDisk("3m");

test("people and monitoring read that the disk is full, and everything works again once it is not", {
  skip: disk.skip,
}, async (t) => {
  const { bot, type, ask } = await openBotOn(t, join(disk.path, "receipts.db"));
  const readyz = () => ask("/readyz");
  const shown = async () => {
    const page = scraped((await ask("/metrics")).body);
    return ["receipt_ledger_up", "receipt_ledger_writable"].map((name) => page.value(name));
  };
  const hear = async (text: string) => (await type(people.carol, text)).ephemeral?.text;
  await bot.until("Slack accepts");
  assert.equal((await readyz()).status, 200);
  assert.deepEqual(await shown(), [1, 1]);

  // Not a single page is left.
  const empty = disk.fill(1_000_000, 100_000, 10_000, 4_096);
  assert.equal(await hear("grant @ann requester"), en.answer.ledgerAway);
  assert.deepEqual(await readyz(), {
    status: 503,
    body: "the ledger cannot be written to: database or disk is full\n",
  });
  // A write that succeeded counts for ten seconds.
  await setTimeout(11_000);
  assert.deepEqual(await shown(), [1, 0]);

  empty();
  await bot.until("the database is available again");
  assert.equal((await readyz()).status, 200);
  assert.deepEqual(await shown(), [1, 1]);
  assert.match((await hear("grant @ann requester")) ?? "", / \*requester\*/);
  assert.doesNotMatch(bot.lines.join("\n"), /"stack"/);
});
