/** `npm run names` as an operator uses it: import, export, and sentences about what is wrong. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createSecretKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { names as namesCommand } from "../../src/cli/commands/names.ts";
import { firstBytes, keptBytes } from "../../src/cli/names/directory-bytes.ts";
import { adoptLedgerKey } from "../../src/ledger/audit/keys/ledger-key.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { workbookOfSheets } from "../parsing/number-list/workbook-file.ts";
import { engines, type TestStore } from "../storage/engines.ts";
import { runCommand, runProgram } from "./commands.ts";

const folder = mkdtempSync(join(tmpdir(), "receipt-names-"));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

for (const engine of engines)
  describe(`npm run names (${engine.name})`, { skip: engine.skip }, () => {
    let store: TestStore;
    before(async () => {
      store = await engine.open();
    });
    after(() => store.close());

    function names(args: string[], more: Record<string, string> = {}) {
      const url = store.address.engine === "sqlite" ? `sqlite:${store.address.path}` : store.address.url;
      return runCommand(namesCommand, args, { DATABASE_URL: url, ...more });
    }

    test("imports a file beside a running bot, says what changed, and exports what can be imported again", async () => {
      const none = await names(["export"]);
      assert.deepEqual([none.code, none.error], [1, `${en.names.noDirectory}\n`]);
      const csv = file("names.csv", "商户号,商户名称,备注\n1900000109,蓝海火锅,总店\n1900000110,=1+1,\n");
      const imported = await names(["import", csv]);
      assert.deepEqual([imported.code, imported.error], [0, ""]);
      assert.equal(imported.out, `${en.names.importing(csv)}\n${en.directoryImport.imported(2, 2, 0, 0)}\n`);
      const exported = await names(["export"]);
      assert.equal(
        exported.out,
        '\ufeff"sub_mchid","name","note"\r\n"`1900000109","蓝海火锅","总店"\r\n"`1900000110","`=1+1",""\r\n',
      );
      const again = await names(["import", file("again.csv", exported.out)]);
      assert.deepEqual([again.code, again.out.split("\n")[1]], [0, en.directoryImport.unchanged]);
      const [event] = await store.db
        .selectFrom("events")
        .selectAll()
        .where("what", "=", "directory-imported")
        .execute();
      assert.equal(event?.actor, "bot");
      assert.match(event?.detail_json ?? "", /"entries":2,"added":2,"changed":0,"removed":0,"digest":"[0-9a-f]{64}"/);
    });

    test("imports nothing of a file with problems, and prints the first of them", async () => {
      const rows = Array.from({ length: 25 }, (_, nth) => `19O000${String(nth).padStart(4, "0")},x`);
      const refused = await names(["import", file("wrong.csv", ["sub_mchid,name", ...rows].join("\n"))]);
      assert.equal(refused.code, 1);
      const lines = refused.error.trimEnd().split("\n");
      assert.equal(lines[0], en.directoryImport.refused(25));
      assert.equal(lines[1], "  line 2: 19O0000000 has the letter O at position 3");
      assert.equal(lines.length, 22);
      assert.equal(lines.at(-1), en.directoryImport.more(5));
      const sheet = (number: string) => [
        ["sub_mchid", "name"],
        [number, "x"],
      ];
      const workbook = workbookOfSheets({ "first `one`": sheet("1900000109"), "`two` <b>": sheet("1900000110") });
      const twoSheets = await names(["import", file("two.xlsx", workbook)]);
      assert.equal(twoSheets.code, 1);
      assert.deepEqual(twoSheets.error.trimEnd().split("\n"), [
        en.directoryImport.refused(1),
        "  Sheet two <b> is not read: the bot reads the first visible sheet only. Move its numbers to that sheet.",
      ]);
      const unnamed = await names(["import", file("unnamed.csv", "1900000109,蓝海火锅\n")]);
      assert.deepEqual([unnamed.code, unnamed.error], [1, `${en.directoryImport.columns.number}\n`]);
      const binary = file("picture.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]));
      assert.equal((await names(["import", binary])).error, `${en.names.notText(binary)}\n`);
      assert.equal((await names(["import", join(folder, "none.csv")])).code, 1);
      const entries = await store.db.selectFrom("directory").selectAll().execute();
      assert.equal(entries.length, 2);
    });

    test("signs its event if the ledger is signed, and needs the key for it", async () => {
      const secret = "a secret of thirty-two bytes or more";
      const signed = await engine.open();
      try {
        await adoptLedgerKey(signed, createSecretKey(Buffer.from(secret)));
        const csv = file("signed.csv", "sub_mchid,name\n1900000109,蓝海火锅\n");
        const url = signed.address.engine === "sqlite" ? `sqlite:${signed.address.path}` : signed.address.url;
        const keyless = await names(["import", csv], { DATABASE_URL: url });
        assert.deepEqual([keyless.code, keyless.error], [1, `${en.names.cannotOpen(en.start.ledgerKey.missing)}\n`]);
        assert.equal((await names(["import", csv], { DATABASE_URL: url, LEDGER_KEY: secret })).code, 0);
        assert.equal((await signed.db.selectFrom("macs").selectAll().execute()).length, 1);
      } finally {
        await signed.close();
      }
    });

    test("imports what can be read only once: standard input and a named pipe, in any encoding, CSV or Excel", async () => {
      const piped = await engine.open();
      try {
        const url = piped.address.engine === "sqlite" ? `sqlite:${piped.address.path}` : piped.address.url;
        const rows = (name: string) => [
          ["sub_mchid", "name"],
          ["1900000109", name],
        ];
        const csv = (name: string) =>
          rows(name)
            .map((row) => `${row.join(",")}\n`)
            .join("");
        const nameOf = async () => {
          const exported = await runCommand(namesCommand, ["export"], { DATABASE_URL: url });
          return /109","(.*?)"/.exec(exported.out)?.[1];
        };
        const gb = Buffer.from([0xc0, 0xb6, 0xba, 0xa3]);
        const inputs: [content: string | Uint8Array, name: string][] = [
          [csv("红海"), "红海"],
          [Buffer.concat([Buffer.from("sub_mchid,name\n1900000109,"), gb]), "蓝海"],
          [Buffer.from(`\ufeff${csv("黄海")}`, "utf16le"), "黄海"],
          [workbookOfSheets({ one: rows("黑海") }), "黑海"],
        ];
        for (const [content, name] of inputs) {
          const said = await runProgram("names", ["import", "-"], { DATABASE_URL: url }, content);
          assert.equal(said.error, "");
          assert.match(said.out, new RegExp(`^${en.names.importing(en.names.standardInput)}\n`));
          assert.equal(await nameOf(), name);
        }
        const fifo = join(folder, `pipe-${engine.name}`);
        execFileSync("mkfifo", [fifo]);
        for (const [content, name] of inputs) {
          const [said] = await Promise.all([
            runCommand(namesCommand, ["import", fifo], { DATABASE_URL: url }),
            writeFile(fifo, content),
          ]);
          assert.deepEqual([said.code, said.error], [0, ""]);
          assert.equal(await nameOf(), name);
        }
        const empty = await runProgram("names", ["import", "-"], { DATABASE_URL: url });
        assert.deepEqual([empty.code, empty.error], [1, `${en.directoryImport.columns.number}\n`]);
      } finally {
        await piped.close();
      }
    });

    test("never creates a ledger at a wrong path", async () => {
      const path = join(folder, "nowhere.db");
      const nowhere = await names(["export"], { DATABASE_URL: `sqlite:${path}` });
      assert.deepEqual([nowhere.code, nowhere.error], [1, `${en.names.noLedger(path)}\n`]);
    });
  });

test("of what can be read only once, no more is kept than the maximum", async () => {
  async function* parts(count: number) {
    for (let nth = 0; nth < count; nth++) yield new Uint8Array(400_000).fill(nth);
    if (count === 3) assert.fail("what is beyond the maximum is not asked for");
  }
  assert.deepEqual(await keptBytes(parts(3), 1), { kind: "pipe-too-large", maxMb: 1 });
  const kept = await keptBytes(parts(2), 1);
  assert.ok(kept.kind === "bytes");
  assert.equal(kept.bytes.size, 800_000);
  for (const _ of [1, 2]) assert.deepEqual([...new Set(await firstBytes(kept.bytes, Infinity))], [0, 1]);
});
