/**
 * Somebody puts a backup in the place of the ledger's file, or removes its log, while the bot runs: nothing is accepted
 * that would be lost.
 */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { demoChannel as channel, demoPeople as people } from "../../../../src/playground/playground.ts";
import { backUp } from "../../../../src/storage/backup.ts";
import { LedgerFileReplaced } from "../../../../src/storage/store-errors.ts";
import { en } from "../../../../src/text/en/catalogue.ts";
import { openBotOn } from "./bot-on-file.ts";

test("people, monitoring and the log say that the file was replaced; only its return or a restart ends that", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "receipt-replaced-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [own, aside] = [join(folder, "own"), join(folder, "aside")];
  for (const each of [own, aside]) mkdirSync(each);
  const path = join(own, "receipts.db");
  const move = (from: string, to: string) => {
    for (const name of readdirSync(from)) renameSync(join(from, name), join(to, name));
  };
  const { slack, weChatPay, bot, start, type, ask, grantRoles } = await openBotOn(t, path);
  await grantRoles();
  const readyz = () => ask("/readyz");
  const sentence = new LedgerFileReplaced("ledger").message;

  const backup = join(folder, "older.db");
  assert.equal((await backUp(path, backup)).kind, "done");
  await type(people.ann, "open 1900000109");
  const { ts } = await slack.until(() => slack.messages(channel)[0]);

  move(own, aside);
  copyFileSync(backup, path);
  const isAway = { status: 503, body: `the ledger cannot be written to: ${sentence}\n` };
  assert.deepEqual(await readyz(), isAway);
  assert.equal((await type(people.ann, "open 1900000117")).ephemeral?.text, en.answer.ledgerAway);
  await slack.click({ user: people.bob, channel, ts, actionId: "approve" });
  await slack.until(() => slack.ephemerals(people.bob).find(({ text }) => text === en.answer.ledgerAwayAtClick));
  assert.deepEqual(await readyz(), isAway);
  assert.deepEqual(weChatPay.calls, []);
  const logged = bot.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === sentence);
  assert.deepEqual(
    logged.map(({ level, path: named }) => ({ level, named })),
    [{ level: 50, named: path }],
  );

  rmSync(path);
  move(aside, own);
  await bot.until("the database is available again");
  assert.equal((await readyz()).status, 200);
  await slack.click({ user: people.bob, channel, ts, actionId: "approve" });
  await slack.until(() => JSON.stringify(slack.messages(channel)).includes("Receipts opened") || undefined);

  await bot.end();
  await start();
  const { ephemeral } = await type(people.ann, "status 1900000109");
  assert.match(JSON.stringify(ephemeral), /approved by/);
});

test("a bot whose log is removed says so and records nothing more, and loses nothing at a kill or a stop", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "receipt-log-removed-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "receipts.db");
  const { slack, bot, start, type, ask, grantRoles } = await openBotOn(t, path);
  await grantRoles();
  await type(people.ann, "open 1900000109");
  await slack.until(() => slack.messages(channel)[0]);

  for (const suffix of ["-wal", "-shm"]) rmSync(`${path}${suffix}`);
  assert.equal((await type(people.ann, "open 1900000117")).ephemeral?.text, en.answer.ledgerAway);
  const sentence = new LedgerFileReplaced("log").message;
  assert.deepEqual(await ask("/readyz"), { status: 503, body: `the ledger cannot be written to: ${sentence}\n` });
  const logged = bot.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === sentence);
  assert.deepEqual(
    logged.map(({ level, path: named }) => ({ level, named })),
    [{ level: 50, named: path }],
  );

  const isThere = async () => {
    const { ephemeral } = await type(people.ann, "status 1900000109");
    assert.match(JSON.stringify(ephemeral), /In progress: request by/);
  };
  await bot.end("SIGKILL");
  const restarted = await start();
  await isThere();
  rmSync(`${path}-wal`);
  await restarted.end("SIGTERM");
  await start();
  await isThere();
});
