/**
 * Fills Node's compile cache with everything that a start loads, so that the cache can be read-only afterwards; run
 * with the options of the start, because each set of options has a cache of its own. Plain JavaScript, as everything
 * that has to load before the cache is there.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("..", import.meta.url));
const pathOf = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

// Without settings, the bot and the signer report the missing ones and exit with 1, but only after loading everything
// that reads settings.
for (const main of ["../main.ts", "../signer/main.ts"]) {
  const start = spawnSync(process.execPath, [...process.execArgv, pathOf(main)], { env: {} });
  if (start.status !== 1) throw new Error(`a start without settings ended with ${start.status}: ${start.stderr}`);
}

// The rest, also what is loaded while the bot runs; those that are left out do their work when they are loaded.
const modules = globSync("**/*.ts", {
  cwd: source,
  exclude: ["main.ts", "signer/main.ts", "cli/**", "deploy/**", "playground/**", "**/*-worker.ts"],
});
for (const path of modules) await import(`../${path}`);
await import("pg");
