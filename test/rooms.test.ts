/**
 * Holds the rooms of `src` to the table in CONTRIBUTING. Biome refuses a wrong import first; it cannot tell
 * `import type` apart, so this test holds what the table marks with *(types)*.
 */
import assert from "node:assert/strict";
import { globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

const root = join(import.meta.dirname, "..");
const filesMax = 14;
const commentLineMax = 120;
const everything = "everything but playground";

/** What each room may import beside its own folders; `(types)` allows `import type` alone. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  "src/domain/": [],
  "src/parsing/": ["domain"],
  "src/storage/": ["domain (types)"],
  "src/ledger/": ["domain", "storage"],
  "src/network/": ["domain"],
  "src/wechatpay/": ["domain (types)", "network"],
  "src/signer/": [],
  "src/jobs/": ["domain", "ledger", "storage (types)", "settings (types)"],
  "src/metrics/": ["domain"],
  "src/tracing/": ["domain"],
  "src/text/": ["domain", "parsing", "settings (types)"],
  "src/slack/payloads/": ["domain", "parsing", "ledger (types)"],
  "src/slack/blocks/": ["domain", "parsing", "ledger (types)", "text", "settings (types)", "slack/payloads"],
  "src/slack/": [
    "domain",
    "parsing",
    "storage",
    "ledger",
    "network",
    "wechatpay",
    "jobs",
    "text",
    "slack/payloads",
    "slack/blocks",
    "settings (types)",
    "log",
  ],
  "src/playground/": ["domain"],
  "src/": [everything],
};

interface Import {
  /** Paths from the root. */
  from: string;
  to: string;
  isType: boolean;
}

const sources = globSync("src/**/*.ts", { cwd: root }).sort();

/** The imports between files of the house; a package's are nobody's room. */
function importsOf(from: string, text: string): Import[] {
  // An import whose names are all marked `type` still loads its module when Node strips the types.
  const statements = text.matchAll(/^(import|export)\b(\s+type\b)?[^;"]*?from\s+"(\.[^"]+)"/gm);
  const bare = text.matchAll(/^(import)()\s+"(\.[^"]+)"/gm);
  const dynamic = text.matchAll(/\b(import)()\(\s*"(\.[^"]+)"\s*\)/g);
  return [...statements, ...bare, ...dynamic].map(([, , type, path = ""]) => ({
    from,
    to: relative(root, resolve(root, dirname(from), path)),
    isType: Boolean(type),
  }));
}

const roomOf = (path: string): string =>
  Object.keys(rooms)
    .filter((folder) => path.startsWith(folder))
    .sort((a, b) => b.length - a.length)[0] ?? "";

/** A room's name in the third column; of the files that stand in `src` itself, each file's own. */
function nameOf(path: string): string {
  const room = roomOf(path);
  if (room !== "src/") return room.slice("src/".length, -1);
  return path.slice("src/".length).split(/[/.]/)[0] ?? "";
}

/** Why an import is against the table, or undefined. */
function wrongness({ from, to, isType }: Import): string | undefined {
  const room = roomOf(from);
  const [target, allowed] = [nameOf(to), rooms[room] ?? []];
  if (room !== "src/" && roomOf(to) === room) return undefined;
  if (allowed.includes(everything) ? target !== "playground" : allowed.includes(target)) return undefined;
  if (allowed.includes(`${target} (types)`))
    return isType ? undefined : `${from} imports a value from ${to}; ${room} may import types of ${target} only`;
  return `${from} imports ${to}; ${room} may not import ${target}`;
}

/** Biome limits the width of code, not of comments. */
function isTooLong(line: string): boolean {
  const [, comment = ""] = /^\s*(?:\/\*\*?|\*|\/\/) ?(.*)$/.exec(line) ?? [];
  return comment !== "" && line.length > commentLineMax && !/^https?:\/\/\S+$/.test(comment);
}

test("every import of one room from another is in the table, and those for types are `import type`", () => {
  const imports = sources.flatMap((path) => importsOf(path, readFileSync(join(root, path), "utf8")));
  assert.ok(imports.length > 500, `only ${imports.length} imports were found: the test does not understand them`);
  assert.deepEqual(
    imports.flatMap((each) => wrongness(each) ?? []),
    [],
  );
});

test("an import against the table is found, however it is spelled", async (t) => {
  const cases: Record<string, [from: string, text: string, refused: boolean]> = {
    "a value where types are allowed": ["src/storage/a.ts", 'import { policy } from "../domain/policy.ts";', true],
    "types alone": ["src/storage/a.ts", 'import type { Policy } from "../domain/policy.ts";', false],
    "names marked one by one": ["src/storage/a.ts", 'import { type Policy } from "../domain/policy.ts";', true],
    "over several lines": ["src/wechatpay/a.ts", 'import {\n  policy,\n} from "../domain/policy.ts";', true],
    "passed on": ["src/wechatpay/a.ts", 'export { policy } from "../domain/policy.ts";', true],
    "for its effects": ["src/text/en/a.ts", 'import "../../settings.ts";', true],
    "while it runs": ["src/text/a.ts", 'const { a } = await import("../settings.ts");', true],
    "types of a room that may not be imported": ["src/domain/a.ts", 'import type { A } from "../ledger/a.ts";', true],
    "out of blocks into the rest of slack": ["src/slack/blocks/a.ts", 'import type { A } from "../context.ts";', true],
    "settings that have become a folder": ["src/jobs/a.ts", 'import { a } from "../settings/settings.ts";', true],
    "the playground": ["src/app.ts", 'import { a } from "./playground/demo.ts";', true],
  };
  for (const [name, [from, text, refused]] of Object.entries(cases))
    await t.test(name, () => {
      const found = importsOf(from, text);
      assert.equal(found.length, 1);
      assert.equal(found.flatMap((each) => wrongness(each) ?? []).length, refused ? 1 : 0);
    });
});

test("CONTRIBUTING shows the same table", () => {
  const shown = readFileSync(join(root, ".github/CONTRIBUTING.md"), "utf8")
    .split("\n")
    .map((line) => /^\| `(src\/[^`]*)`.*\| ([^|]+) \|$/.exec(line))
    .flatMap((row) => (row?.[1] && row[2] ? [[row[1], row[2] === "nothing" ? [] : row[2].split(", ")] as const] : []));
  assert.deepEqual(Object.fromEntries(shown), rooms);
});

test("no line of a comment has more than 120 characters, except an address alone", () => {
  const paths = globSync("{src,test}/**/*.{ts,js}", { cwd: root });
  const tooLong = paths.flatMap((path) =>
    readFileSync(join(root, path), "utf8")
      .split("\n")
      .flatMap((line, nth) => (isTooLong(line) ? [`${path}:${nth + 1}`] : [])),
  );
  assert.deepEqual(tooLong, []);
  for (const start of ["/** ", "   * ", "// "]) assert.ok(isTooLong(start + "x ".repeat(60)), start);
  assert.ok(!isTooLong(`   * https://${"x".repeat(120)}`));
});

test("no folder of src or test has more than 14 files of its own", () => {
  const folders = ["src", "test"].flatMap((top) => [
    top,
    ...readdirSync(join(root, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(relative(root, entry.parentPath), entry.name)),
  ]);
  const filesIn = (folder: string) =>
    readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isFile()).length;
  const crowded = folders.filter((folder) => filesIn(folder) > filesMax);
  assert.deepEqual(crowded, []);
});
