/** `npm run audit` as whoever runs it sees it: one sentence, and an exit code. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { sql } from "kysely";
import { audit as auditCommand } from "../../src/cli/commands/audit.ts";
import { createLedger } from "../../src/ledger/ledger.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { zhCN } from "../../src/text/zh-CN/catalogue.ts";
import { aRequest, click, virtualClock } from "../ledger/builders.ts";
import { age, pruneAll, sealAll } from "../ledger/retention/pruning.ts";
import { engines, type TestStore, unguarded } from "../storage/engines.ts";
import { runCommand, runProgram, type Said } from "./commands.ts";

/** A ledger in which a request was pruned: its sub-merchant was asked for again. */
async function prune(store: TestStore): Promise<void> {
  const clock = virtualClock();
  const ledger = createLedger({ store, clock, random: systemRandom, mchid: "1900000100", instance: "us" });
  for (const decision of ["withdraw", "reject"] as const) {
    const asked = await ledger.requests.submit(aRequest());
    const requestId = asked.kind === "recorded" ? asked.requestId : "";
    await ledger.requests.decide({ requestId, decision, by: "UBOB", origin: click });
    await age({ db: store.db, clock });
  }
  assert.equal((await pruneAll(ledger)).requests, 1);
  await sealAll(ledger);
}

for (const engine of engines) {
  describe(`npm run audit (${engine.name})`, { skip: engine.skip }, () => {
    const folder = mkdtempSync(join(tmpdir(), "receipt-audit-"));
    let store: TestStore;
    before(async () => {
      store = await engine.open();
      const ledger = createLedger({
        store,
        clock: systemClock,
        random: systemRandom,
        mchid: "1900000100",
        instance: "us",
      });
      for (const subMchid of ["1900000109", "1900000110", "1900000111"])
        await ledger.requests.submit({
          sourceKey: subMchid,
          action: "OPEN",
          object: "receipt",
          scene: "JSAPI",
          subMchids: [subMchid],
          reason: undefined,
          requestedBy: "UANN",
          channelId: "COPS",
          origin: { from: "command", channelId: "COPS" },
          ttlMs: 60_000,
          remindAfterMs: 0,
          approvalRule: { needed: 1 },
        });
      await ledger.sealing.sealNext(2);
    });
    after(async () => {
      await store.close();
      rmSync(folder, { recursive: true });
    });

    function url(): string {
      const { address } = store;
      return address.engine === "sqlite" ? `sqlite:${address.path}` : address.url;
    }

    function audit(args: string[] = [], environment: Record<string, string> = {}): Promise<Said> {
      return runCommand(auditCommand, args, { DATABASE_URL: url(), ...environment });
    }

    test("reports an intact trail, its newest hash, and the events that are not sealed yet", async () => {
      const { code, out } = await audit();
      const newest = await newestHash();
      assert.equal(code, 0);
      assert.ok(out.startsWith(`${en.audit.intact(2, newest)}\n`), out);
      assert.match(out, /Not sealed yet: the newest event, #3 \(requested, UANN, 20\d\d-.*Z, request /);
      assert.equal((await audit(["--expect", newest.toUpperCase()])).code, 0);
    });

    test("compares roles and requests with the trail, and reports that MACs were not verified without LEDGER_KEY", async () => {
      const { code, out } = await audit();
      assert.equal(code, 0);
      assert.ok(out.endsWith(`${en.audit.compared(3)}\n${en.audit.notSigned}\n`), out);
    });

    test("names a role that nobody granted and a state that nothing led to, and ends with 1", async () => {
      const { db } = store;
      const value = JSON.stringify({ value: { by: "UADMIN", at: 1 } });
      await db.insertInto("keyv").values({ key: "grant:UEVE:approver", value, expires_at: null }).execute();
      const { id } = await db.selectFrom("requests").select("id").limit(1).executeTakeFirstOrThrow();
      const become = (state: "pending" | "rejected") =>
        db.updateTable("requests").set({ state }).where("id", "=", id).execute();
      await become("rejected");
      try {
        const { code, out } = await audit();
        assert.equal(code, 1);
        assert.ok(out.startsWith(en.audit.intact(2, await newestHash())), "the trail itself is intact");
        assert.match(
          out,
          /^Grant user:UEVE:approver: terms is .*UADMIN.*; according to the audit trail, it should be missing\.$/m,
        );
        assert.ok(
          out.includes(`Request ${id}: state is rejected; according to the audit trail, it should be pending.\n`),
          out,
        );
        assert.ok(out.includes(en.audit.differs(2)), out);
      } finally {
        await become("pending");
        await db.deleteFrom("keyv").execute();
      }
    });

    test("takes the database from a file and the language from LOCALE, as the bot does", async () => {
      const file = join(folder, "url");
      writeFileSync(file, `${url()}\n`);
      const { code, out } = await audit([], { DATABASE_URL: "", DATABASE_URL_FILE: file, LOCALE: "zh-CN" });
      assert.equal(code, 0);
      assert.ok(out.startsWith(zhCN.audit.intact(2, await newestHash())), out);
      assert.match(out, /其中第一条为 #3（提交申请，UANN，/);
    });

    test("reports what was changed, without terminal control characters, and ends with 1", async () => {
      const { code, out } = await unguarded(store, async () => {
        const { actor } = await store.db
          .selectFrom("events")
          .select("actor")
          .where("seq", "=", 2)
          .executeTakeFirstOrThrow();
        const actAs = (name: string) =>
          store.db.updateTable("events").set({ actor: name }).where("seq", "=", 2).execute();
        await actAs("U\u001b[2JEVE");
        try {
          return await audit();
        } finally {
          await actAs(actor);
        }
      });
      assert.equal(code, 1);
      assert.match(
        out,
        /tampered with: at position 2, #2 \(requested, U\[2JEVE, .* command COPS\) does not match its seal/,
      );
    });

    test("reports differences in Chinese, with the column", async () => {
      const { id } = await store.db.selectFrom("requests").select("id").limit(1).executeTakeFirstOrThrow();
      const become = (state: "pending" | "rejected") =>
        store.db.updateTable("requests").set({ state }).where("id", "=", id).execute();
      await become("rejected");
      const { code, out } = await audit([], { LOCALE: "zh-CN" }).finally(() => become("pending"));
      assert.equal(code, 1);
      assert.ok(out.includes(`申请 ${id}：状态（state），台账中为 rejected，按审计记录应为 pending。\n`), out);
    });

    test("reports that a hash is not in the trail, and ends with 1", async () => {
      const { code, out } = await audit(["--expect", "ab".repeat(32)]);
      assert.equal(code, 1);
      assert.ok(out.startsWith(`${en.audit.notTheChain(2, "ab".repeat(32))}\n`), out);
    });

    test("cannot tell about a hash that is not in a pruned trail, and ends with 2", async () => {
      const pruned = await engine.open();
      try {
        await prune(pruned);
        const { address } = pruned;
        const DATABASE_URL = address.engine === "sqlite" ? `sqlite:${address.path}` : address.url;
        const intact = await audit([], { DATABASE_URL });
        assert.deepEqual([intact.code, intact.out.split("\n")[1]], [0, en.audit.pruned(2)]);
        const { code, out } = await audit(["--expect", "ab".repeat(32)], { DATABASE_URL });
        assert.equal(code, 2);
        assert.ok(out.startsWith(`${en.audit.maybePruned("ab".repeat(32))}\n`), out);
        await unguarded(pruned, async () => {
          await pruned.db.updateTable("pruned_ranges").set({ checkpoint: "forged" }).execute();
        });
        const forged = await audit([], { DATABASE_URL });
        assert.equal(forged.code, 1);
        assert.match(
          forged.out,
          /^The audit trail was tampered with: #\d+ \(older requests removed, bot, .*\) does not/,
        );
      } finally {
        await pruned.close();
      }
    });

    test("does not create a missing ledger, and ends with 2", async () => {
      const elsewhere = join(folder, "elsewhere.db");
      const { code, error } = await audit([], { DATABASE_URL: `sqlite:${elsewhere}` });
      assert.deepEqual([code, error], [2, `${en.audit.noLedger(elsewhere)}\n`]);
      assert.equal(existsSync(elsewhere), false);
    });

    const wrong: [what: string, args: string[], environment: Record<string, string>, says: RegExp][] = [
      ["half a hash", ["--expect", "abc"], {}, /--expect HASH/],
      ["64 zeros, which every trail contains", ["--expect", "0".repeat(64)], {}, /^64 zeros represent a trail without/],
      [
        "a folder",
        [],
        { DATABASE_URL: `sqlite:${folder}` },
        /^DATABASE_URL names .*receipt-audit-.* \(EISDIR\)\. Check/,
      ],
      [
        "a misspelt name",
        [],
        { DATABASE_URL: "", DATABSE_URL: "sqlite:x.db" },
        /^DATABSE_URL is .* mean DATABASE_URL\?$/m,
      ],
      ["an argument", ["ledger.db"], {}, /--expect HASH/],
      ["an option that it does not have", ["--fix"], {}, /--expect HASH/],
      ["an address that is none", [], { DATABASE_URL: "mysql://db" }, /DATABASE_URL must be sqlite:PATH or postgres/],
      ["a key that is too short", [], { LEDGER_KEY: "short" }, /LEDGER_KEY must be a secret of at least 32 bytes/],
      ["a key, while the ledger has none", [], { LEDGER_KEY: "k".repeat(32) }, /npm run ledger-key -- enable/],
      [
        "a file that is no database",
        [],
        { DATABASE_URL: `sqlite:${import.meta.filename}` },
        /^DATABASE_URL names .*audit\.test\.ts, which is not a SQLite database or is damaged \(file is not a database\)\./,
      ],
      [
        "a server that is not there",
        [],
        { DATABASE_URL: "postgres://127.0.0.1:9/x" },
        /^The server of DATABASE_URL cannot be reached, .*ECONNREFUSED/,
      ],
    ];
    for (const [what, args, environment, says] of wrong)
      test(`given ${what}, it says so and ends with 2`, async () => {
        const { code, out, error } = await audit(args, environment);
        assert.deepEqual([code, out], [2, ""]);
        assert.match(error, says);
        assert.equal(error.split("\n").length, 2, "one line");
        assert.doesNotMatch(error, /^\s+at /m);
      });

    test("--help prints the usage", async () => {
      assert.deepEqual(await audit(["--help"]), { code: 0, out: `${en.audit.usage}\n`, error: "" });
    });

    test("a ledger that a newer version made is refused as a start refuses it, with 2", async () => {
      const row = { name: "9999-later", timestamp: "2030-01-01" };
      await sql`insert into kysely_migration (name, timestamp) values (${row.name}, ${row.timestamp})`.execute(
        store.db,
      );
      try {
        const words = en.start.database("DATABASE_URL", { kind: "newer", step: row.name });
        assert.deepEqual(await audit(), { code: 2, out: "", error: `${words}\n` });
      } finally {
        await sql`delete from kysely_migration where name = ${row.name}`.execute(store.db);
      }
    });

    test("finds no difference while a bot is working", async () => {
      const ledger = createLedger({
        store,
        clock: systemClock,
        random: systemRandom,
        mchid: "1900000100",
        instance: "busy",
      });
      const origin = { from: "click", channelId: "COPS" } as const;
      let written = 0;
      async function work(): Promise<void> {
        const subMchid = String(1_900_100_000 + written++);
        const submitted = await ledger.requests.submit({
          sourceKey: subMchid,
          action: "OPEN",
          object: "receipt",
          scene: "JSAPI",
          subMchids: [subMchid],
          reason: "beside the audit",
          requestedBy: "UANN",
          channelId: "COPS",
          origin,
          ttlMs: 60_000,
          remindAfterMs: 0,
          approvalRule: { needed: 1 },
        });
        assert.equal(submitted.kind, "recorded");
        const requestId = submitted.kind === "recorded" ? submitted.requestId : "";
        await ledger.requests.decide({
          requestId,
          decision: written % 3 === 0 ? "reject" : "approve",
          by: "UBOB",
          origin,
        });
        if (written % 20 === 0) await ledger.sealing.sealNext(50);
        await setImmediate();
      }
      let isOver = false;
      const busy = (async () => {
        while (!isOver) await work();
      })();
      try {
        // On a busy machine, one audit may be over before much was written.
        do {
          const { code, out, error } = await runProgram("audit", [], { DATABASE_URL: url() });
          assert.equal(code, 0, out + error);
        } while (written <= 10);
      } finally {
        isOver = true;
        await busy;
      }
    });

    async function newestHash(): Promise<string> {
      const seal = store.db.selectFrom("seals").select("hash").orderBy("position", "desc").limit(1);
      return (await seal.executeTakeFirstOrThrow()).hash;
    }
  });
}
