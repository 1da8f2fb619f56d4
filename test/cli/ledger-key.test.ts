/** `npm run ledger-key` as an operator uses it: switching the key on, changing it, switching it off. */
import assert from "node:assert/strict";
import { createSecretKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { audit } from "../../src/cli/commands/audit.ts";
import { ledgerKey } from "../../src/cli/commands/ledger-key.ts";
import { adoptLedgerKey, LedgerKeyRefused } from "../../src/ledger/audit/keys/ledger-key.ts";
import { createLedger } from "../../src/ledger/ledger.ts";
import { createRoles } from "../../src/ledger/roles.ts";
import { openStore } from "../../src/storage/open.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { aRequest } from "../ledger/builders.ts";
import { engines, type TestStore } from "../storage/engines.ts";
import { runCommand } from "./commands.ts";

const [oldKey, newKey] = ["an old secret of thirty-two bytes or more", "a new secret of thirty-two bytes or more"];
const origin = { from: "command", channelId: "COPS" } as const;

for (const engine of engines) {
  describe(`npm run ledger-key (${engine.name})`, { skip: engine.skip }, () => {
    let store: TestStore;
    /** The ledger as a bot without a key leaves it. */
    before(async () => {
      store = await engine.open();
      const { db } = store;
      const roles = createRoles({ db, clock: systemClock, instance: "us", admins: [] });
      await roles.grant({ holder: { kind: "user", id: "UBOB" }, role: "approver", by: "UADMIN", origin });
      const mchid = "1900000100";
      const ledger = createLedger({ store, clock: systemClock, random: systemRandom, mchid, instance: "us" });
      const asked = await ledger.requests.submit(aRequest({ subMchid: "1900000109" }));
      assert.equal(asked.kind, "recorded");
      const requestId = asked.kind === "recorded" ? asked.requestId : "";
      await ledger.requests.decide({ requestId, decision: "approve", by: "UBOB", origin });
      // The command needs the ledger for itself.
      await db.destroy();
    });
    after(() => store.close().catch(() => {}));

    const url = () => (store.address.engine === "sqlite" ? `sqlite:${store.address.path}` : store.address.url);

    function run(program: "audit" | "ledger-key", args: string[], environment: Record<string, string>) {
      const command = program === "audit" ? audit : ledgerKey;
      return runCommand(command, args, { DATABASE_URL: url(), ...environment });
    }

    async function audited(key: string): Promise<string[]> {
      const { out, error } = await run("audit", [], { LEDGER_KEY: key });
      return `${out}${error}`.trim().split("\n").slice(-2);
    }

    async function startsWith(key: string | undefined): Promise<string> {
      const bot = await openStore(store.address);
      try {
        await adoptLedgerKey(bot, key === undefined ? undefined : createSecretKey(Buffer.from(key)));
        return "starts";
      } catch (error) {
        return error instanceof LedgerKeyRefused ? error.problem : String(error);
      } finally {
        await bot.close();
      }
    }

    test("without a key the bot starts as before, and with one it wants the ledger to be signed first", async () => {
      assert.equal(await startsWith(undefined), "starts");
      assert.equal(await startsWith(oldKey), "not-enabled");
    });

    test("enable signs the existing records, and from then on the bot needs this key", async () => {
      const { code, out } = await run("ledger-key", ["enable"], { LEDGER_KEY: oldKey });
      assert.deepEqual([code, out], [0, `${en.ledgerKey.enabled}\n`]);
      const keyless = await run("audit", [], {});
      assert.equal(keyless.code, 2, "a signed ledger cannot be vouched for without its key");
      assert.equal(keyless.error, `${en.audit.needsKey}\n`);
      assert.ok(keyless.out.endsWith(`${en.audit.compared(1)}\n`), keyless.out);
      assert.deepEqual(await audited(oldKey), [en.audit.compared(1), en.audit.signed]);
      assert.equal(await startsWith(undefined), "missing");
      assert.equal(await startsWith(newKey), "other");
      assert.equal(await startsWith(oldKey), "starts");
      const other = await run("ledger-key", ["enable"], { LEDGER_KEY: newKey });
      assert.deepEqual([other.code, other.error], [1, `${en.ledgerKey.enabledAlready}\n`]);
      const again = await run("ledger-key", ["enable"], { LEDGER_KEY: oldKey });
      assert.deepEqual([again.code, again.out], [0, `${en.ledgerKey.sameAlready}\n`], "as after a kill");
    });

    test("change needs the old key, and replaces it", async () => {
      const swapped = await run("ledger-key", ["change"], { LEDGER_KEY: oldKey, LEDGER_KEY_OLD: newKey });
      assert.deepEqual([swapped.code, swapped.error], [1, `${en.ledgerKey.changedAlready}\n`]);
      const wrong = await run("ledger-key", ["change"], { LEDGER_KEY: `${newKey}2`, LEDGER_KEY_OLD: newKey });
      assert.deepEqual([wrong.code, wrong.error], [1, `${en.ledgerKey.otherKey("LEDGER_KEY_OLD")}\n`]);
      const right = await run("ledger-key", ["change"], { LEDGER_KEY: newKey, LEDGER_KEY_OLD: oldKey });
      assert.deepEqual([right.code, right.out], [0, `${en.ledgerKey.changed}\n`]);
      assert.deepEqual(await audited(newKey), [en.audit.compared(1), en.audit.signed]);
      assert.deepEqual([await startsWith(oldKey), await startsWith(newKey)], ["other", "starts"]);
    });

    test("disable removes the MACs, and the bot starts without a key", async () => {
      const { code, out } = await run("ledger-key", ["disable"], { LEDGER_KEY: newKey });
      assert.deepEqual([code, out], [0, `${en.ledgerKey.disabled}\n`]);
      assert.deepEqual([await startsWith(undefined), await startsWith(newKey)], ["starts", "not-enabled"]);
      assert.deepEqual((await run("audit", [], {})).code, 0);
      assert.equal((await run("ledger-key", ["enable"], { LEDGER_KEY: newKey })).code, 0);
    });

    test("an event that someone inserts is named, and is not signed by a change of the key", async () => {
      const bot = await openStore(store.address);
      const row = { actor: "UEVE", request_id: null, operation_id: null, origin: null, detail_json: '{"v":2}' };
      const inserted = bot.db
        .insertInto("events")
        .values({ at: 1, what: "exported", ...row })
        .returning("seq");
      const { seq } = await inserted.executeTakeFirstOrThrow();
      await bot.db.insertInto("unsealed").values({ event_seq: seq }).execute();
      await bot.close();
      const [named, sum] = await audited(newKey);
      assert.match(named ?? "", new RegExp(`^Event #${seq} .*UEVE.*MAC under LEDGER_KEY is wrong or missing`));
      assert.equal(sum, en.audit.forged(1));
      const refused = await run("ledger-key", ["change"], { LEDGER_KEY: oldKey, LEDGER_KEY_OLD: newKey });
      assert.deepEqual([refused.code, refused.error], [1, `${en.ledgerKey.differs}\n`]);
      assert.equal(await startsWith(newKey), "starts");
    });

    test("a wrong command and a missing key are explained", async () => {
      for (const args of [["rotate"], [], ["enable", "now"], ["--enable"]]) {
        const { code, error } = await run("ledger-key", args, {});
        assert.deepEqual([code, error], [2, `${en.ledgerKey.usage}\n`], String(args));
      }
      assert.deepEqual(await run("ledger-key", ["--help"], {}), {
        code: 0,
        out: `${en.ledgerKey.usage}\n`,
        error: "",
      });
      assert.equal((await run("ledger-key", ["disable"], {})).error, `${en.ledgerKey.needsKey("LEDGER_KEY")}\n`);
    });
  });
}

test("a key that cannot be read is reported with its variable and the reason", async () => {
  const short = "too short";
  const file = (variable: "LEDGER_KEY" | "LEDGER_KEY_OLD") =>
    en.start.problem({ kind: "file-unreadable", variable, path: "/nope", why: "ENOENT" });
  const twice = (variable: "LEDGER_KEY" | "LEDGER_KEY_OLD") => en.start.problem({ kind: "given-twice", variable });
  const malformed = (variable: "LEDGER_KEY" | "LEDGER_KEY_OLD") => en.start.problem({ kind: "malformed", variable });
  const said: [command: string, env: Record<string, string>, words: string[]][] = [
    ["enable", { LEDGER_KEY_FILE: "/nope" }, [file("LEDGER_KEY")]],
    ["disable", { LEDGER_KEY: short }, [malformed("LEDGER_KEY")]],
    ["change", { LEDGER_KEY: newKey, LEDGER_KEY_OLD_FILE: "/nope" }, [file("LEDGER_KEY_OLD")]],
    ["change", { LEDGER_KEY_FILE: "/nope", LEDGER_KEY_OLD: short }, [file("LEDGER_KEY"), malformed("LEDGER_KEY_OLD")]],
    ["change", { LEDGER_KEY: newKey }, [en.ledgerKey.needsKey("LEDGER_KEY_OLD")]],
    // The old key is not read.
    ["enable", { LEDGER_KEY_OLD_FILE: "/nope" }, [en.ledgerKey.needsKey("LEDGER_KEY")]],
  ];
  for (const variable of ["LEDGER_KEY", "LEDGER_KEY_OLD"] as const) {
    const env = { LEDGER_KEY: newKey, [variable]: oldKey, [`${variable}_FILE`]: fileURLToPath(import.meta.url) };
    said.push(["change", { LEDGER_KEY_OLD: oldKey, ...env }, [twice(variable)]]);
  }
  for (const [command, env, words] of said) {
    const { code, error } = await runCommand(ledgerKey, [command], env);
    assert.deepEqual([code, error], [1, `${words.join("\n")}\n`], JSON.stringify(env));
  }
});

test("a path that is not a ledger is reported, with advice", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "receipt-ledger-key-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const [letter, missing] = [join(folder, "letter.db"), join(folder, "missing.db")];
  writeFileSync(letter, "Dear bot, this is a letter. ".repeat(90));
  const why = "file is not a database";
  const said: [path: string, words: string][] = [
    [missing, en.ledgerKey.noLedger(missing)],
    [folder, en.ledgerKey.cannotOpen(en.start.database("DATABASE_URL", { kind: "file", path: folder, why: "EISDIR" }))],
    [letter, en.ledgerKey.cannotOpen(en.start.database("DATABASE_URL", { kind: "damaged", path: letter, why }))],
  ];
  for (const [path, words] of said) {
    const env = { DATABASE_URL: `sqlite:${path}`, LEDGER_KEY: newKey };
    const { code, error } = await runCommand(ledgerKey, ["enable"], env);
    assert.deepEqual([code, error], [1, `${words}\n`]);
  }
});

test("a new ledger takes the key that it starts with", async () => {
  const [sqlite] = engines;
  assert.ok(sqlite);
  const store = await sqlite.open();
  const key = createSecretKey(Buffer.from(oldKey));
  await adoptLedgerKey(store, key);
  await assert.rejects(adoptLedgerKey(store, undefined), LedgerKeyRefused);
  const roles = createRoles({ db: store.db, clock: systemClock, instance: "us", admins: [] });
  await roles.grant({ holder: { kind: "user", id: "UBOB" }, role: "approver", by: "UADMIN", origin });
  assert.equal((await store.db.selectFrom("macs").selectAll().execute()).length, 2);
  await store.close();
});
