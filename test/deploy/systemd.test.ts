/**
 * Holds the systemd unit to what operating.md promises of it, and lets systemd itself read it where it is installed.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { botEnvironment, botOptions } from "../../src/playground/bot-process.ts";
import { secretVariables, variables } from "../../src/settings/schema.ts";

const root = join(import.meta.dirname, "../..");
const read = (name: string) => readFileSync(join(root, "src/deploy", name), "utf8");
const unit = read("receipt-bot.service");
const signer = read("receipt-signer.service");
const socket = read("receipt-signer.socket");
/** Of systemd's 0 (safe) to 10; what is left is the network, PostgreSQL's socket, and the memory that V8 runs. */
const exposureMax = 1.5;

/** The values of a directive, in order. */
const valuesOf = (name: string, text = unit) =>
  [...text.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value = ""]) => value);
const environment = valuesOf("Environment").map((pair) => {
  const [name = "", value = ""] = pair.split(/=(.*)/s);
  return { name, value };
});

const present = spawnSync("systemd-analyze", ["--version"]).status === 0;
const isRequired = process.env["REQUIRE_SYSTEMD"] === "1";
const skip = present || isRequired ? false : "systemd-analyze is not installed (Debian's package systemd)";

/** Files with the paths of this machine. */
function installed(t: TestContext, files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "receipt-unit-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return Object.entries(files).map(([name, text]) => {
    const path = join(folder, name);
    writeFileSync(path, text.replaceAll("/opt/receipt-bot", root).replaceAll("/usr/bin/node", process.execPath));
    return path;
  });
}

/** Complaints of `systemd-analyze verify`; systemd complains about other units of the machine here too. */
function verified(paths: readonly string[]): [status: number | null, complaints: string[]] {
  const { status, stderr } = spawnSync("systemd-analyze", ["verify", ...paths], { encoding: "utf8" });
  return [status, stderr.split("\n").filter((line) => line.includes("receipt-"))];
}

function assertExposure(path: string): void {
  const threshold = `--threshold=${exposureMax * 10}`;
  const options = ["security", "--offline=true", "--no-pager", threshold, path];
  const { status, stdout, stderr } = spawnSync("systemd-analyze", options, { encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /Overall exposure level for receipt-[a-z]+\.service: \d/);
}

describe("the systemd unit", () => {
  test("gives every secret to the bot as a credential of systemd, under the name that the bot reads", () => {
    const files = secretVariables.map((variable): string => `${variable}_FILE`);
    const known: readonly string[] = [...variables, ...files, ...Object.keys(botEnvironment)];
    for (const { name } of environment) assert.ok(known.includes(name), name);
    const loaded = valuesOf("LoadCredential").map((credential) => credential.split(":")[0]);
    const read = environment.filter(({ name }) => files.includes(name)).map(({ value }) => value);
    assert.deepEqual(
      read,
      loaded.map((id) => `%d/${id}`),
    );
    assert.ok(read.length >= 4);
    const secrets: readonly string[] = secretVariables.filter((variable) => variable !== "DATABASE_URL");
    assert.deepEqual(
      environment.filter(({ name }) => secrets.includes(name)),
      [],
    );
  });

  test("keeps the ledger in a folder of a user of its own, and leaves no core dump with the keys in it", () => {
    assert.deepEqual(valuesOf("DynamicUser"), ["yes"]);
    const [folder] = valuesOf("StateDirectory");
    const address = environment.find(({ name }) => name === "DATABASE_URL")?.value;
    assert.equal(address, `sqlite:/var/lib/${folder}/receipts.db`);
    assert.deepEqual(valuesOf("StateDirectoryMode"), ["0700"]);
    assert.deepEqual(valuesOf("LimitCORE"), ["0"]);
  });

  test("starts Node without npm, with memory that V8 can run, and waits longer than the bot takes to stop", () => {
    const options = botOptions.map((option) => option.replace(pathToFileURL(root).href, "/opt/receipt-bot"));
    assert.deepEqual(valuesOf("ExecStart"), [`/usr/bin/node ${options.join(" ")} /opt/receipt-bot/src/main.ts`]);
    const pairs = valuesOf("Environment");
    for (const pair of Object.entries(botEnvironment)) assert.ok(pairs.includes(pair.join("=")), pair[0]);
    assert.deepEqual(valuesOf("MemoryDenyWriteExecute"), []);
    assert.deepEqual(valuesOf("TimeoutStopSec"), ["15s"]);
  });

  test("tries again for ever, at a limited rate: a database may be up only minutes later", () => {
    for (const text of [unit, signer]) {
      assert.deepEqual(valuesOf("Restart", text), ["on-failure"]);
      assert.deepEqual(valuesOf("StartLimitIntervalSec", text), ["0"]);
      assert.deepEqual(valuesOf("StartLimitBurst", text), []);
      const [seconds = ""] = valuesOf("RestartSec", text);
      assert.ok(Number.parseInt(seconds, 10) >= 5, seconds);
    }
  });

  test("is correct for systemd-analyze verify", { skip }, (t) => {
    assert.deepEqual(verified(installed(t, { "receipt-bot.service": unit })), [0, []]);
  });

  test(`is exposed by at most ${exposureMax} of 10 for systemd-analyze security`, { skip }, (t) => {
    for (const path of installed(t, { "receipt-bot.service": unit })) assertExposure(path);
  });
});

describe("the signer's units", () => {
  test("open the socket to the bot's user alone, and run the signer under another one with the key as a credential", () => {
    assert.deepEqual(valuesOf("SocketUser", socket), ["receipt-bot"]);
    assert.deepEqual(valuesOf("SocketMode", socket), ["0600"]);
    assert.deepEqual(valuesOf("DynamicUser", signer), ["yes"]);
    assert.deepEqual(valuesOf("User", signer), []);
    const [credential = ""] = valuesOf("LoadCredential", signer);
    assert.deepEqual(valuesOf("Environment", signer), [`WECHATPAY_PRIVATE_KEY_FILE=%d/${credential.split(":")[0]}`]);
    assert.deepEqual(valuesOf("LimitCORE", signer), ["0"]);
  });

  test("give the signer no network", () => {
    assert.deepEqual(valuesOf("PrivateNetwork", signer), ["yes"]);
    assert.deepEqual(valuesOf("RestrictAddressFamilies", signer), ["AF_UNIX"]);
  });

  test("take away from the signer what the bot's unit takes away from the bot", () => {
    const hardening = (text: string) =>
      text.split("# There is no MemoryDenyWriteExecute")[1]?.split("[Install]")[0] ?? "";
    const ofSigner = hardening(signer).trim().split("\n");
    const missing = hardening(unit)
      .trim()
      .split("\n")
      .filter((line) => !ofSigner.includes(line) && !line.startsWith("RestrictAddressFamilies="));
    assert.ok(ofSigner.length > 20);
    assert.deepEqual(missing, []);
  });

  test("are used by the bot with the lines in operating.md, which leave it every credential but the key", () => {
    const page = readFileSync(join(root, ".github/docs/operating.md"), "utf8");
    const [, lines = ""] = /^```ini\n(.*?)^```/ms.exec(page) ?? [];
    const [reset, ...kept] = valuesOf("LoadCredential", lines);
    assert.equal(reset, "");
    assert.deepEqual(
      kept,
      valuesOf("LoadCredential").filter((credential) => !credential.startsWith("wechatpay_private_key:")),
    );
    assert.deepEqual(valuesOf("UnsetEnvironment", lines), ["WECHATPAY_PRIVATE_KEY_FILE"]);
    const [path] = valuesOf("ListenStream", socket);
    assert.deepEqual(valuesOf("Environment", lines), [`WECHATPAY_SIGNER=unix:${path}`]);
    assert.deepEqual(valuesOf("After", lines), ["receipt-signer.socket"]);
  });

  const files = { "receipt-signer.service": signer, "receipt-signer.socket": socket };

  test("are correct for systemd-analyze verify", { skip }, (t) => {
    assert.deepEqual(verified(installed(t, files)), [0, []]);
  });

  test(`expose the signer by at most ${exposureMax} of 10 for systemd-analyze security`, { skip }, (t) => {
    assertExposure(installed(t, files)[0] ?? "");
  });
});
