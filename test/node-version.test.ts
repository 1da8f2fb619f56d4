/** What an old Node says, from every entry; and what an audit or the doctor ends with that could not look. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).scripts;
const entries = { start: 1, move: 1, backup: 1, restore: 1, demo: 1, audit: 2, doctor: 2 };

/** The checkout without its packages, so that nothing brings a Node of its own. */
const checkout = mkdtempSync(join(tmpdir(), "receipt-node-"));
after(() => rmSync(checkout, { recursive: true }));
cpSync(join(root, "src"), join(checkout, "src"), { recursive: true });
cpSync(join(root, "package.json"), join(checkout, "package.json"));

function run(command: string, nodes: string, more: Record<string, string> = {}) {
  const env = { PATH: `${nodes}:/usr/bin:/bin`, HOME: checkout, ...more };
  return spawnSync("sh", ["-c", command], { cwd: checkout, env, encoding: "utf8" });
}

const oldNode = ["/usr/local/bin", "/usr/bin"].find((folder) => {
  const { stdout } = spawnSync(join(folder, "node"), ["--version"], { encoding: "utf8" });
  return /^v(1[4-9]|2[0-3])\./.test(stdout ?? "");
});

describe("on an old Node", { skip: oldNode === undefined && "SKIPPED: no Node older than 24 is installed" }, () => {
  const nodes = oldNode ?? "";
  const version = /[\d.]+/.exec(run("node --version", nodes).stdout)?.[0];

  for (const [entry, code] of Object.entries(entries)) {
    test(`npm run ${entry} says which Node it needs, and ends with ${code}`, () => {
      const { status, stderr, stdout } = run(scripts[entry] ?? assert.fail(), nodes);
      assert.deepEqual([status, stdout], [code, ""]);
      assert.equal(stderr, `The bot needs Node 24 or newer; this is Node ${version}.\n`);
    });
  }

  test("so does Node itself with the bot's options, in Chinese where that is set", () => {
    const { status, stderr } = run(
      "node --import ./src/deploy/small-heap.js --import ./src/compile-cache.js src/main.ts",
      nodes,
      { LOCALE: "zh-CN" },
    );
    assert.deepEqual([status, stderr], [1, `机器人需要 Node 24 或更高版本，当前为 ${version}。\n`]);
  });
});

for (const name of ["audit", "doctor"])
  test(`npm run ${name} that cannot even load its packages ends with 2, not as one that found something wrong`, () => {
    const { status, stderr } = run(scripts[name] ?? assert.fail(), join(process.execPath, ".."));
    assert.equal(status, 2);
    assert.match(stderr, /Cannot find package/);
  });
