/** The programs behind npm's scripts: what they have in common, and a day with all of them, each in its own process. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { audit } from "../../src/cli/commands/audit.ts";
import { backup } from "../../src/cli/commands/backup.ts";
import type { Command } from "../../src/cli/commands/command.ts";
import { ledgerKey } from "../../src/cli/commands/ledger-key.ts";
import { move } from "../../src/cli/commands/move.ts";
import { names } from "../../src/cli/commands/names.ts";
import { restore } from "../../src/cli/commands/restore.ts";
import { texts } from "../../src/cli/commands/texts.ts";
import { doctor } from "../../src/cli/doctor/run.ts";
import { createLedger } from "../../src/ledger/ledger.ts";
import { openStore } from "../../src/storage/open.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { aRequest } from "../ledger/builders.ts";
import { type Program, programArgs, runCommand, runProgram } from "./commands.ts";

const commands: Readonly<Record<Program, { command: Command; usage: string }>> = {
  audit: { command: audit, usage: en.audit.usage },
  backup: { command: backup, usage: en.backup.usage },
  doctor: { command: doctor, usage: en.doctor.usage.join("\n") },
  "ledger-key": { command: ledgerKey, usage: en.ledgerKey.usage },
  move: { command: move, usage: en.move.usage.join("\n") },
  names: { command: names, usage: en.names.usage.join("\n") },
  restore: { command: restore, usage: en.restore.usage },
  texts: { command: texts, usage: en.proofreading.usage },
};

const noFullDevice = !existsSync("/dev/full") && "SKIPPED: this system has no /dev/full";

async function emptyFolder(t: { after(work: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "receipt-programs-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

for (const [program, { command, usage }] of Object.entries(commands))
  test(`${program} prints its usage as a result with --help, and a wrong option ends with 2`, async () => {
    assert.deepEqual(await runCommand(command, ["--help"], {}), { code: 0, out: `${usage}\n`, error: "" });
    const wrong = await runCommand(command, ["--no-such-option"], {});
    assert.deepEqual([wrong.code, wrong.out], [2, ""]);
    assert.notEqual(wrong.error, "");
  });

test("npm's scripts start these programs", () => {
  const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  for (const program of Object.keys(commands)) assert.match(scripts[program], new RegExp(` src/cli/${program}\\.ts$`));
});

test("a ledger is signed, named, backed up, restored, moved and audited", async (t) => {
  const folder = await emptyFolder(t);
  const path = (name: string) => join(folder, name);
  const env = { DATABASE_URL: `sqlite:${path("ledger.db")}`, LEDGER_KEY: "a secret of thirty-two bytes or more" };
  const done = async (program: Program, args: string[], more: Record<string, string> = {}): Promise<string> => {
    const { code, out, error } = await runProgram(program, args, { ...env, ...more });
    assert.deepEqual([code, error], [0, ""], `${program}: ${out}`);
    return out;
  };
  const store = await openStore({ engine: "sqlite", path: path("ledger.db") });
  const ledger = createLedger({ store, clock: systemClock, random: systemRandom, mchid: "1900000100", instance: "us" });
  assert.equal((await ledger.requests.submit(aRequest({ subMchid: "1900000109" }))).kind, "recorded");
  await store.close();

  assert.equal(await done("ledger-key", ["enable"]), `${en.ledgerKey.enabled}\n`);
  await writeFile(path("names.csv"), "sub_mchid,name\n1900000109,蓝海火锅\n");
  assert.match(await done("names", ["import", path("names.csv")]), /\n.*1/);
  assert.equal(await done("names", ["export"]), '\ufeff"sub_mchid","name","note"\r\n"`1900000109","蓝海火锅",""\r\n');
  await done("backup", [path("backup.db")]);
  assert.ok((await done("restore", [path("backup.db")])).includes(en.restore.undecided(1)));
  const to = `sqlite:${path("moved.db")}`;
  assert.ok((await done("move", [env.DATABASE_URL, to])).endsWith(`${en.move.moved(to)}\n`));
  assert.ok((await done("audit", [], { DATABASE_URL: to })).endsWith(`${en.audit.signed}\n`));
});

/** A ledger with a directory of names. */
async function aLedger(t: Parameters<typeof emptyFolder>[0]): Promise<{ path(name: string): string; url: string }> {
  const folder = await emptyFolder(t);
  const path = (name: string) => join(folder, name);
  const url = `sqlite:${path("ledger.db")}`;
  await (await openStore({ engine: "sqlite", path: path("ledger.db") })).close();
  await writeFile(path("names.csv"), "sub_mchid,name\n1900000109,蓝海火锅\n");
  const env = { DATABASE_URL: url };
  assert.equal((await runCommand(names, ["import", path("names.csv")], env)).code, 0);
  return { path, url };
}

test("output that cannot be written is reported in one sentence", { skip: noFullDevice }, async (t) => {
  const { path, url } = await aLedger(t);
  const why = en.output.unwritable("ENOSPC: no space left on device, write");
  for (const [program, ...args] of [
    ["names", "export"],
    ["audit"],
    ["doctor", "--offline", "--only", "database"],
    ["backup", path("backup.db")],
    ["texts", "en"],
  ] as const) {
    const given = ["-c", '"$@" > /dev/full', "sh", process.execPath, ...programArgs(program), ...args];
    const env = { PATH: process.env["PATH"], DATABASE_URL: url };
    const { status, stderr } = spawnSync("sh", given, { env, encoding: "utf8" });
    assert.deepEqual([status, stderr], [1, `${why}\n`], program);
  }
});

test("a reader that stops early, such as head, ends a program without an error", () => {
  const script = '{ "$@"; echo "$?" >&2; } | head -n 1';
  const args = ["-c", script, "sh", process.execPath, ...programArgs("texts"), "en"];
  const { stderr } = spawnSync("sh", args, { env: { PATH: process.env["PATH"] }, encoding: "utf8" });
  assert.equal(stderr, "0\n");
});

test("a reader that stops early ends an export, too, without an error", async (t) => {
  const { url, path } = await aLedger(t);
  const rows = Array.from({ length: 20_000 }, (_, nth) => `${1_900_000_000 + nth},蓝海火锅`);
  await writeFile(path("names.csv"), ["sub_mchid,name", ...rows].join("\n"));
  assert.equal((await runCommand(names, ["import", path("names.csv")], { DATABASE_URL: url })).code, 0);
  const args = [
    "-c",
    '{ "$@"; echo "$?" >&2; } | head -n 1',
    "sh",
    process.execPath,
    ...programArgs("names"),
    "export",
  ];
  const env = { PATH: process.env["PATH"], DATABASE_URL: url };
  const { stdout, stderr } = spawnSync("sh", args, { env, encoding: "utf8" });
  assert.deepEqual([stdout, stderr], ['\ufeff"sub_mchid","name","note"\r\n', "0\n"]);
});
