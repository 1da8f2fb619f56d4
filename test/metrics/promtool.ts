/** Prometheus' own checker, where it is installed. */
import { spawnSync } from "node:child_process";

const isInstalled = spawnSync("promtool", ["--version"]).status === 0;

if (!isInstalled && process.env["REQUIRE_PROMTOOL"])
  throw new Error("promtool is not installed, and REQUIRE_PROMTOOL forbids the skip");

/** A sentence that says why nothing can be checked with promtool here, or false. */
export const noPromtool: string | false = !isInstalled && "SKIPPED: promtool is not installed";

/** Runs promtool; resolves to everything that it says. `code` is 0 where it finds nothing wrong. */
export function promtool(args: readonly string[], input = ""): { code: number; said: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { input, encoding: "utf8" });
  return { code: status ?? -1, said: `${stdout}${stderr}` };
}
