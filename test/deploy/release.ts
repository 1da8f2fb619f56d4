/** The code of release 0.1.0, from the repository's history. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

const root = join(import.meta.dirname, "../..");
/** The commit that is 0.1.0. */
const released = "7c18e89";
const git = (...args: string[]) =>
  spawnSync("git", ["-c", "safe.directory=*", "-C", root, ...args], { maxBuffer: 64 * 1024 * 1024 });
const hasHistory = git("cat-file", "-e", `${released}^{commit}`).status === 0;

/** A sentence that says why 0.1.0 cannot be started here, or false. */
export const noRelease: string | false = !hasHistory && `SKIPPED: the history up to ${released} (0.1.0) is not here`;

/** The folder of 0.1.0, with the packages of today. */
export function unpackRelease(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "receipt-0.1.0-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const archive = git("archive", released, "src", "package.json");
  assert.equal(archive.status, 0, String(archive.stderr));
  assert.equal(spawnSync("tar", ["-x", "-C", folder], { input: archive.stdout }).status, 0);
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  return folder;
}
