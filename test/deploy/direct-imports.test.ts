/** A direct import has to be the module that Node finds by searching, of the kind that its package.json tells. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "../..");
/** Plain JavaScript has no types of its own. */
const { direct }: { direct(specifier: string, parentURL: string | undefined): { url: string } | undefined } =
  await import(new URL("../../src/deploy/direct-imports.js", import.meta.url).href);

/** Every relative import in these files: the importing file, and what it imports. */
function relativeImports(pattern: string): { parent: string; specifier: string }[] {
  return globSync(pattern, { cwd: root }).flatMap((path) => {
    const parent = pathToFileURL(join(root, path)).href;
    const imports = readFileSync(join(root, path), "utf8").matchAll(/(?:from|import|import\() ?["'](\.[^"'\n]+)["']/g);
    return [...imports].map(([, specifier = ""]) => ({ parent, specifier }));
  });
}

test("every direct import is an existing file of the kind that its package.json tells", () => {
  for (const [pattern, fewest] of [
    ["src/**/*.ts", 1_500],
    ["node_modules/kysely/dist/**/*.js", 500],
    ["node_modules/zod/**/*.js", 200],
  ] as const) {
    const found = relativeImports(pattern).flatMap(({ parent, specifier }) => direct(specifier, parent) ?? []);
    assert.ok(found.length > fewest, `${pattern}: ${found.length}`);
    for (const { url } of found) {
      assert.ok(existsSync(fileURLToPath(url)), url);
      const { type } = JSON.parse(readFileSync(findPackageJSON(url) ?? assert.fail(url), "utf8"));
      assert.equal(type, "module", url);
    }
  }
});

test("whatever else is imported is left to Node", () => {
  const ours = pathToFileURL(join(root, "src/main.ts")).href;
  const another = pathToFileURL(join(root, "node_modules/undici/index.js")).href;
  for (const [specifier, parent] of [
    ["kysely", ours],
    ["node:fs", ours],
    ["./compile-cache.js", ours],
    ["./lib/agent.js", another],
    ["./main.ts", undefined],
  ] as const)
    assert.equal(direct(specifier, parent), undefined, specifier);
});

test("an import of a file that is missing is reported by its name", () => {
  const script = `await import("./none/missing.ts");`;
  const options = ["--import", "./src/compile-cache.js", "--input-type=module", "-e", script];
  const { status, stderr } = spawnSync(process.execPath, options, { cwd: root, encoding: "utf8" });
  assert.equal(status, 1);
  assert.match(stderr, /ENOENT.*none\/missing\.ts/);
});
