/** From 0.1.0 to this version and back on SQLite, as operating.md describes it, with real processes of both. */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { backup } from "../../src/cli/commands/backup.ts";
import { restore } from "../../src/cli/commands/restore.ts";
import { startBotProcess } from "../../src/playground/bot-process.ts";
import { demoChannel as channel, demoPeople as people, startPlayground } from "../../src/playground/playground.ts";
import { databaseFiles } from "../../src/storage/backup.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { runCommand } from "../cli/commands.ts";
import { identity } from "../e2e/support/identity.ts";
import { engines } from "../storage/engines.ts";
import { noRelease, unpackRelease } from "./release.ts";

const sqlite = engines.find(({ engine }) => engine === "sqlite");

test("a rollback to 0.1.0 with its backup brings back what it wrote; a restore by this version says that it cannot", {
  skip: noRelease || sqlite?.skip,
}, async (t) => {
  const playground = await startPlayground({ identity });
  const { slack, environment } = playground;
  const path = (environment["DATABASE_URL"] ?? "").replace(/^sqlite:/, "");
  const oldMain = join(unpackRelease(t), "src/main.ts");
  const running: ReturnType<typeof startBotProcess>[] = [];
  t.after(async () => {
    await Promise.all(running.map((bot) => bot.end("SIGKILL")));
    await playground.close();
  });
  const start = (version: "old" | "new") => {
    const bot = startBotProcess(environment, version === "old" ? [oldMain] : undefined);
    running.push(bot);
    return bot;
  };
  const type = (who: keyof typeof people, words: string) =>
    slack.type({ user: people[who], channel, text: `/receipt ${words}` });
  const numbers = () => {
    const ledger = new DatabaseSync(path, { readOnly: true });
    const rows = ledger.prepare("select sub_mchid from operations order by seq").all();
    ledger.close();
    return rows.map((row) => row["sub_mchid"]);
  };
  const [before, since, after] = ["1900000109", "1900000110", "1900000111"];

  const old = start("old");
  await old.until('"listening"');
  await type("carol", "grant @ann requester");
  await type("ann", `open ${before}`);
  assert.equal(await old.end(), 0);

  // This version's backup, because 0.1.0 has none.
  const copy = `${path}.backup`;
  const env = { DATABASE_URL: environment["DATABASE_URL"] };
  assert.deepEqual((await runCommand(backup, [copy], env)).error, "");
  const upgraded = start("new");
  await upgraded.until('"listening"');
  await type("ann", `open ${since}`);
  assert.equal(await upgraded.end(), 0);
  assert.deepEqual(numbers(), [before, since]);

  await t.test("this version's restore brings the schema up to date, says so, and 0.1.0 does not start", async () => {
    const { code, out, error } = await runCommand(restore, [copy], env);
    assert.deepEqual([code, error], [0, ""]);
    assert.ok(out.includes(en.restore.updated("0014-left-out")), out);
    assert.equal(await start("old").ended, 1);
  });

  await t.test("0.1.0 starts on a copy of the backup, with nothing left beside it, and works", async () => {
    for (const suffix of databaseFiles)
      if (existsSync(path + suffix)) renameSync(path + suffix, `${path}.upgraded${suffix}`);
    copyFileSync(copy, path);
    const again = start("old");
    await again.until('"listening"');
    await type("ann", `open ${after}`);
    assert.equal(await again.end(), 0);
    assert.deepEqual(numbers(), [before, after]);
  });
});
