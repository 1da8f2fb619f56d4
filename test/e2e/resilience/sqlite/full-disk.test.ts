/** A disk that fills up under a running bot, and is emptied again. Needs the right to mount a small file system. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { demoPeople as people } from "../../../../src/playground/playground.ts";
import { codeOf } from "../../../../src/storage/store-errors.ts";
import { en } from "../../../../src/text/en/catalogue.ts";
import { openBotOn } from "./bot-on-file.ts";

const disk = mkdtempSync(join(tmpdir(), "receipt-disk-"));
const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", disk]).status === 0;
after(() => {
  if (isMounted) spawnSync("umount", [disk]);
  rmdirSync(disk);
});

const filling = join(disk, "filling");

/** Leaves not a single page free. */
function fill(): void {
  for (const size of [1_000_000, 100_000, 10_000, 4_096])
    try {
      for (;;) writeFileSync(filling, Buffer.alloc(size), { flag: "a" });
    } catch (error) {
      assert.equal(codeOf(error), "ENOSPC");
    }
}

test("people and monitoring read that the disk is full, and everything works again once it is not", {
  skip: !isMounted && "SKIPPED: no file system can be mounted here",
}, async (t) => {
  const { bot, type, ask } = await openBotOn(t, join(disk, "receipts.db"));
  const readyz = () => ask("/readyz");
  const hear = async (text: string) => (await type(people.carol, text)).ephemeral?.text;
  await bot.until("Slack accepts");
  assert.equal((await readyz()).status, 200);

  fill();
  assert.equal(await hear("grant @ann requester"), en.answer.ledgerAway);
  assert.deepEqual(await readyz(), {
    status: 503,
    body: "the ledger cannot be written to: database or disk is full\n",
  });

  rmSync(filling);
  await bot.until("the database is available again");
  assert.equal((await readyz()).status, 200);
  assert.match((await hear("grant @ann requester")) ?? "", / \*requester\*/);
  assert.doesNotMatch(bot.lines.join("\n"), /"stack"/);
});
