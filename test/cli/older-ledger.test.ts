/** The commands on a ledger that an older version wrote, which may still run: none of them migrates it. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, describe, test } from "node:test";
import type { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import { audit } from "../../src/cli/commands/audit.ts";
import { backup } from "../../src/cli/commands/backup.ts";
import type { Command } from "../../src/cli/commands/command.ts";
import { ledgerKey } from "../../src/cli/commands/ledger-key.ts";
import { move } from "../../src/cli/commands/move.ts";
import { names } from "../../src/cli/commands/names.ts";
import { doctor } from "../../src/cli/doctor/run.ts";
import { createLedger } from "../../src/ledger/ledger.ts";
import { appliedSteps } from "../../src/storage/migrations/applied-steps.ts";
import { migrations } from "../../src/storage/migrations/migrations.ts";
import { type DatabaseAddress, openStore, openUnchanged } from "../../src/storage/open.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { aRequest } from "../ledger/builders.ts";
import { engines } from "../storage/engines.ts";
import { createPostgresSchema } from "../storage/postgres-schemas.ts";
import { runCommand } from "./commands.ts";

const folder = mkdtempSync(join(tmpdir(), "receipt-older-"));
after(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);
writeFileSync(path("names.csv"), "sub_mchid,name\n1900000109,蓝海火锅\n");

const written = readFileSync(new URL("../ledger/audit/fixtures/ledger-0.1.0.sql", import.meta.url), "utf8");
/** The newest step of 0.1.0. */
const step = "0014-left-out";

const addressOf = (address: DatabaseAddress) => (address.engine === "sqlite" ? `sqlite:${address.path}` : address.url);

/** As `npm run move` shows it. */
function shownOf(address: DatabaseAddress): string {
  if (address.engine === "sqlite") return addressOf(address);
  const { host, pathname } = new URL(address.url);
  return `postgres://${host}${pathname}`;
}

let made = 0;

/** A ledger of 0.1.0 on either engine; on PostgreSQL, an empty one. */
const older: Record<"sqlite" | "postgres", () => Promise<{ address: DatabaseAddress; close(): Promise<void> }>> = {
  async sqlite() {
    const address = { engine: "sqlite", path: path(`older-${++made}.db`) } as const;
    // It stays open, as a running bot has it.
    const bot = new DatabaseSync(address.path);
    bot.exec(`pragma journal_mode = wal; ${written}`);
    return { address, close: async () => bot.close() };
  },
  async postgres() {
    const { url, drop, name } = await createPostgresSchema();
    const address = { engine: "postgres", url: url.href } as const;
    const store = await openUnchanged(address);
    const provider = { getMigrations: async () => migrations("postgres") };
    const db = store.db as unknown as Kysely<unknown>;
    const { error } = await new Migrator({ db, provider, migrationTableSchema: name }).migrateTo(step);
    assert.equal(error, undefined);
    await store.close();
    return { address, close: drop };
  },
};

for (const { name: engineName, engine, skip } of engines)
  describe(`a ledger of 0.1.0 (${engineName})`, { skip }, () => {
    async function newestStep(address: DatabaseAddress): Promise<string | undefined> {
      const store = await openUnchanged(address);
      const applied = await appliedSteps(store);
      await store.close();
      return applied.at(-1);
    }

    test("is refused by the commands that need the newest schema, and left as it is", async (t) => {
      const { address, close } = await older[engine]();
      t.after(close);
      const url = addressOf(address);
      const why = (name: string) => en.start.database(name, { kind: "older", step: "0015-trust" });
      const target = path(`${engine}-target.db`);
      const LEDGER_KEY = "a secret of thirty-two bytes or more";
      const refused: [command: Command, args: string[], code: number, words: string][] = [
        [names, ["export"], 1, en.names.exporting.cannotOpen(why("DATABASE_URL"))],
        [names, ["import", path("names.csv")], 1, en.names.cannotOpen(why("DATABASE_URL"))],
        [ledgerKey, ["enable"], 1, en.ledgerKey.cannotOpen(why("DATABASE_URL"))],
        [move, [url, `sqlite:${target}`], 1, en.move.cannotOpen(why(shownOf(address)))],
      ];
      for (const [command, args, code, words] of refused) {
        const said = await runCommand(command, args, { DATABASE_URL: url, LEDGER_KEY });
        assert.deepEqual([said.code, said.out, said.error], [code, "", `${words}\n`], args.join(" "));
        assert.equal(await newestStep(address), step, args.join(" "));
      }
      const audited = await runCommand(audit, [], { DATABASE_URL: url });
      assert.deepEqual([audited.code, audited.error], [2, `${why("DATABASE_URL")}\n`]);
      await runCommand(doctor, ["--offline", "--only", "database-schema,audit-trail,ledger-key"], {
        DATABASE_URL: url,
      });
      assert.equal(await newestStep(address), step);
      assert.deepEqual(
        readdirSync(folder).filter((file) => file.startsWith(`${engine}-target.db`)),
        [],
      );
    });

    test("is not migrated as the target of a move either", async (t) => {
      const { address, close } = await older[engine]();
      t.after(close);
      const from = { engine: "sqlite", path: path(`from-${engine}.db`) } as const;
      const store = await openStore(from);
      const context = { store, clock: systemClock, random: systemRandom, mchid: "1900000100", instance: "us" };
      await createLedger(context).requests.submit(aRequest());
      await store.close();
      const { code, out, error } = await runCommand(move, [addressOf(from), addressOf(address)], {});
      const why = en.start.database(shownOf(address), { kind: "older", step: "0015-trust" });
      assert.deepEqual([code, out, error], [1, "", `${en.move.cannotOpen(why)}\n`]);
      assert.equal(await newestStep(address), step);
    });
  });

test("a PostgreSQL database without a ledger is reported, and no table is created in it", {
  skip: engines[1]?.skip,
}, async (t) => {
  const { url, drop } = await createPostgresSchema();
  t.after(drop);
  const address = { engine: "postgres", url: url.href } as const;
  const why = en.start.database("DATABASE_URL", { kind: "no-ledger" });
  const refused: [command: Command, args: string[], words: string][] = [
    [names, ["export"], en.names.exporting.cannotOpen(why)],
    [ledgerKey, ["enable"], en.ledgerKey.cannotOpen(why)],
    [move, [url.href, `sqlite:${path("none.db")}`], en.move.nothingToMove(shownOf(address))],
  ];
  for (const [command, args, words] of refused) {
    const said = await runCommand(command, args, { DATABASE_URL: url.href, LEDGER_KEY: "x".repeat(32) });
    assert.deepEqual([said.code, said.error], [1, `${words}\n`]);
  }
  const store = await openUnchanged(address);
  t.after(() => store.close());
  assert.deepEqual(await appliedSteps(store), []);
});

test("a backup of a ledger of 0.1.0 does not change it", { skip: engines[0]?.skip }, async (t) => {
  const { address, close } = await older.sqlite();
  t.after(close);
  const { code, error } = await runCommand(backup, [path("backup.db")], { DATABASE_URL: addressOf(address) });
  assert.deepEqual([code, error], [0, ""]);
  for (const at of [address, { engine: "sqlite", path: path("backup.db") } as const]) {
    const store = await openUnchanged(at);
    assert.equal((await appliedSteps(store)).at(-1), step, addressOf(at));
    await store.close();
  }
});
