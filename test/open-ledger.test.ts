/** What a running bot logs of the database that it opened. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { silentMetrics } from "../src/domain/telemetry/metrics.ts";
import { createLog } from "../src/log.ts";
import { openLedger } from "../src/open-ledger.ts";
import { openStore } from "../src/storage/open.ts";
import { systemClock } from "../src/system-clock.ts";
import { damageTable } from "./storage/damage.ts";

test("damage that a running bot meets is an error once a minute, and no outage that ends by itself", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "receipt-damage-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "receipts.db");
  await (await openStore({ engine: "sqlite", path })).close();
  damageTable(path, "events");
  let now = 0;
  const clock = { ...systemClock, monotonic: () => now };
  const lines: string[] = [];
  const log = await createLog({ level: "info", secrets: [], destination: { write: (line) => void lines.push(line) } });
  const { store, database } = await openLedger({ engine: "sqlite", path }, { clock, log, metrics: silentMetrics });
  t.after(async () => {
    await database.stop();
    await store.close();
  });
  const read = () => store.db.selectFrom("events").select("detail_json").execute();
  for (const at of [0, 1_000, 60_000]) {
    now = at;
    await assert.rejects(read(), /malformed/);
  }
  const line = [50, "the ledger is damaged: stop the bot, and restore a backup (npm run restore)"];
  assert.deepEqual(
    lines.map((text) => JSON.parse(text)).map(({ level, msg }) => [level, msg]),
    [line, line],
  );
  assert.equal(database.awayMs(), undefined);
});
