/** Holds the pages for people to what is there: links, paths, commands and settings that they name exist. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { parseEnv } from "node:util";
import { parseCommand, verbNames } from "../src/parsing/command/command.ts";
import { readSettings } from "../src/settings.ts";
import { migrations } from "../src/storage/migrations/migrations.ts";
import { merchantKeyPem, platformPublicKeyPem } from "./wechatpay/fixtures/fixtures.ts";

const root = join(import.meta.dirname, "..");
const readmeLinesMax = 150;
const picturesBytesMax = 3_000_000;
const read = (path: string) => readFileSync(join(root, path), "utf8");

const pages = ["README.md", ...globSync(".github/**/*.md", { cwd: root })].sort().map((path) => {
  const text = read(path);
  return { path, text, prose: text.replace(/^```.*?^```/gms, "") };
});

/** The ids that GitHub gives to a page's headings. */
function anchorsOf(prose: string): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    [...prose.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => {
      const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
      const slug = plain.replace(/[^\p{L}\p{N}\p{M} _-]/gu, "").replaceAll(" ", "-");
      const before = seen.get(slug) ?? 0;
      seen.set(slug, before + 1);
      return before === 0 ? slug : `${slug}-${before}`;
    }),
  );
}

/** Links and pictures, Markdown's and HTML's, that lead to this repository. */
function ownLinksOf(prose: string): string[] {
  const markdown = [...prose.matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)/g)];
  const html = [...prose.matchAll(/\b(?:src|srcset|href)="([^"]+)"/g)];
  return [...markdown, ...html].flatMap(([, to = ""]) => (/^[a-z]+:/.test(to) ? [] : [to]));
}

/** Why a link on the page at `from` leads nowhere, or undefined. */
function deadness(from: string, link: string): string | undefined {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? from : join(dirname(from), path);
  if (!existsSync(join(root, target))) return `${from}: ${link} leads to no file`;
  if (anchor === undefined || !target.endsWith(".md")) return undefined;
  const anchors = anchorsOf(read(target).replace(/^```.*?^```/gms, ""));
  return anchors.has(decodeURIComponent(anchor)) ? undefined : `${from}: ${link} names no heading`;
}

test("every link of the pages leads somewhere", () => {
  const links = pages.flatMap(({ path, prose }) => ownLinksOf(prose).map((link) => [path, link] as const));
  assert.ok(links.length > 30, `only ${links.length} links were found: the test does not understand them`);
  assert.deepEqual(
    links.flatMap(([path, link]) => deadness(path, link) ?? []),
    [],
  );
});

test("a dead link, a dead anchor and a dead picture are found", () => {
  const dead =
    "[a](docs/none.md) [b](#none) [c](README.md#installing-it-nowhere) <img src='x' src=\".github/none.png\">";
  const alive = "[a](README.md) [b](https://example.com/none) ![c](.github/docs/pictures/en/thread-light.png)";
  const found = (text: string) => ownLinksOf(text).flatMap((link) => deadness("README.md", link) ?? []);
  assert.equal(found(dead).length, 4);
  assert.deepEqual(found(alive), []);
});

test("every picture is on a page, light and dark, and all together stay small", () => {
  const folder = ".github/docs/pictures";
  const pictures = globSync(`${folder}/**/*.png`, { cwd: root });
  const shown = pages.flatMap(({ path, prose }) => ownLinksOf(prose).map((link) => join(dirname(path), link)));
  for (const picture of shown.filter((path) => path.endsWith(".png"))) {
    const other = picture.endsWith("-dark.png")
      ? picture.replace(/-dark/, "-light")
      : picture.replace(/-light/, "-dark");
    assert.ok(shown.includes(other), `${picture} is shown without ${other}`);
  }
  for (const picture of pictures) assert.ok(shown.includes(picture), `no page shows ${picture}`);
  const bytes = pictures.reduce((sum, picture) => sum + statSync(join(root, picture)).size, 0);
  assert.ok(bytes > 0 && bytes < picturesBytesMax, `${bytes} bytes`);
});

test("headings get the ids that GitHub gives them", () => {
  const prose = "# Many at once\n## `npm run move`, and back\n## 多商户申请（批量）\n## Many at once\n";
  assert.deepEqual(
    [...anchorsOf(prose)],
    ["many-at-once", "npm-run-move-and-back", "多商户申请批量", "many-at-once-1"],
  );
});

/** Lines that break the table that they are in: another number of cells than its header, or an end without a start. */
function brokenRowsOf(prose: string): string[] {
  let width: number | undefined;
  return prose.split("\n").filter((line) => {
    const cells = line.replace(/`[^`]*`/g, "").split("|").length;
    const isRow = line.startsWith("|");
    width = isRow ? (width ?? cells) : undefined;
    return isRow ? !line.endsWith("|") || cells !== width : line.endsWith("|");
  });
}

test("every row of a table is one line with as many cells as the header", () => {
  assert.deepEqual(
    pages.flatMap(({ path, prose }) => brokenRowsOf(prose).map((line) => `${path}: ${line}`)),
    [],
  );
  assert.equal(brokenRowsOf("| a | b |\n|---|---|\n| `x | y` | 1 |").length, 0);
  assert.equal(brokenRowsOf("| a | b |\n|---|---|\n| 1 | 2\n| 3 |\nrest |").length, 3);
});

test("every file and folder that a page names exists", () => {
  const named = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/(?<![\w/.-])(?:src|test|\.github|\.ci)\/[\w./*{},@-]*[\w/*}]/g)].map(([name]) => [path, name]),
  );
  assert.ok(named.length > 30, `only ${named.length} paths were found: the test does not understand them`);
  const missing = named.filter(([, name = ""]) => globSync(name, { cwd: root }).length === 0);
  assert.deepEqual(missing, []);
});

test("every script that a page names is one of package.json's", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const named = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = ""]) => [path, name] as const),
  );
  assert.ok(named.length > 10, `only ${named.length} scripts were found: the test does not understand them`);
  const unknown = named.filter(([, name]) => !Object.hasOwn(scripts, name));
  assert.deepEqual(unknown, []);
});

test("every command that a page shows works exactly as shown", () => {
  const typed = pages.flatMap(({ path, text }) => {
    const inText = [...text.matchAll(/`\/receipt ?([^`\n]*)`/g)];
    // In a block of commands, what stands after several spaces explains.
    const inBlocks = [...text.matchAll(/^\/receipt ?(.*?)(?: {2,}.*)?$/gm)];
    return [...inText, ...inBlocks].map(([, words = ""]) => [path, words] as const);
  });
  assert.ok(typed.length > 60, `only ${typed.length} commands were found: the test does not understand them`);
  const asSlackSendsIt = (words: string) =>
    words.replaceAll("@support", "<!subteam^S0SUPPORT|@support>").replace(/(?<![|\w])@(\w+)/g, "<@U0ANN00001|$1>");
  // The pages show tickets of this form.
  const ticketIn = (text: string) => /OPS-[0-9]+/.exec(text)?.[0];
  const isName = (words: string) => Object.hasOwn(verbNames, words);
  const wrong = typed.filter(
    ([, words]) => !isName(words) && !parseCommand(asSlackSendsIt(words), undefined, ticketIn).ok,
  );
  assert.deepEqual(wrong, []);
});

test(`the README has at most ${readmeLinesMax} lines`, () => {
  const lines = read("README.md").trimEnd().split("\n").length;
  assert.ok(lines <= readmeLinesMax, `it has ${lines}`);
});

test("operating.md lists every step of the schema in its order", () => {
  const steps = [...read(".github/docs/operating.md").matchAll(/^\| (\d{4}-[\w-]+) \|/gm)].map(([, step]) => step);
  for (const engine of ["sqlite", "postgres"] as const) assert.deepEqual(steps, Object.keys(migrations(engine)));
});

/** The table of settings in operating.md, which test/settings.test.ts holds against the settings themselves. */
const documented = [...read(".github/docs/operating.md").matchAll(/^\| ([A-Z0-9_]+) \|.*\| (.+?) \|$/gm)].map(
  ([, name = "", byDefault = ""]) => ({ name, byDefault }),
);
const example = read(".env.example");
/** Node itself reads it, before it reads a `.env` file. */
const readByNode = "NODE_EXTRA_CA_CERTS";
/** What it sets with every setting's comment mark taken away; a comment for people has a space after its mark. */
const uncommented = parseEnv(example.replaceAll(/^#(?=[A-Z])/gm, ""));

test(".env.example has every setting, as a comment, and nothing that is no setting", () => {
  const secretFiles = Object.keys(uncommented).filter((name) => name.endsWith("_FILE"));
  assert.deepEqual(
    Object.keys(uncommented)
      .filter((name) => !secretFiles.includes(name))
      .sort(),
    documented
      .map(({ name }) => name)
      .filter((name) => name !== readByNode)
      .sort(),
  );
  assert.match(example, new RegExp(`^# ${readByNode}, `, "m"));
  assert.deepEqual(
    secretFiles.filter((name) => !documented.some((setting) => `${setting.name}_FILE` === name)),
    [],
  );
  assert.deepEqual(parseEnv(example), {}, "something is set before anybody chose it");
});

test(".env.example shows the defaults, and sets nothing where there is none", () => {
  const given = {
    SLACK_BOT_TOKEN: "xoxb-1-bot",
    SLACK_APP_TOKEN: "xapp-1-app",
    WECHATPAY_MCHID: "1900000001",
    WECHATPAY_SERIAL_NO: "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    WECHATPAY_PRIVATE_KEY: merchantKeyPem,
    WECHATPAY_PUBLIC_KEY_ID: "PUB_KEY_ID_0119000000012026112300000000000001",
    WECHATPAY_PUBLIC_KEY: platformPublicKeyPem,
  };
  const shown = Object.fromEntries(Object.entries(uncommented).filter(([name]) => !name.endsWith("_FILE")));
  const settingsOf = (env: Readonly<Record<string, string | undefined>>) => {
    const result = readSettings(env);
    assert.ok(result.ok, JSON.stringify(result.ok || result.problems));
    // DATABASE_URL may hold a password, so it counts as a secret where it is set.
    return { ...result.settings, secrets: [] };
  };
  assert.deepEqual(settingsOf({ ...shown, ...given }), settingsOf(given));
  for (const { name, byDefault } of documented.filter((setting) => setting.name !== readByNode)) {
    const isEmpty =
      /required|these two|^(none|all)$/.test(byDefault) ||
      (byDefault === "off" && !["BREAK_GLASS", "GOLDPLAN"].includes(name));
    assert.equal(shown[name], isEmpty ? "" : byDefault, name);
  }
});

test("every word in capitals with the form of a setting is one, or is known to be something else", () => {
  const others = [
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "MALLOC_ARENA_MAX",
    "MALLOC_MMAP_THRESHOLD_",
    "PGPASSWORD",
    "NODE_EXTRA_CA_CERTS",
    "LEDGER_KEY_OLD",
    "LEDGER_KEY_OLD_FILE",
    "SIGNER_LISTEN",
    "SIGNER_TOKEN",
    "SIGNER_PATH_PREFIX",
  ];
  const ofTests = [
    "FUZZ_RUNS",
    "FUZZ_SEED",
    "TEST_ENGINES",
    "TEST_POSTGRES_URL",
    "REQUIRE_POSTGRES",
    "REQUIRE_CHROMIUM",
    "REQUIRE_PGBOUNCER",
    "REQUIRE_PROMTOOL",
    "REQUIRE_JQ",
    "REQUIRE_SYSTEMD",
    "REQUIRE_SOFTHSM",
  ];
  const ofWeChatPay = [
    "RESOURCE_NOT_EXISTS",
    "PARAM_ERROR",
    "MCH_NOT_EXISTS",
    "NO_AUTH",
    "SIGN_ERROR",
    "PUB_KEY_ID_",
    "JSAPI_AND_MINIPROGRAM",
  ];
  const names = documented.flatMap(({ name }) => [name, `${name}_FILE`]);
  const known = new Set([...others, ...ofTests, ...ofWeChatPay, ...names, "NAME_FILE"]);
  const unknown = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\b[A-Z]+_[A-Z0-9_]+\b/g)].flatMap(([word]) => (known.has(word) ? [] : [`${path}: ${word}`])),
  );
  assert.deepEqual([...new Set(unknown)], []);
});

/** The rows, list items and paragraphs of a page from its first section on, without what is no promise. */
function promisesIn(page: string): string[] {
  const [, ...sections] = page.split(/^## /m);
  const promising = sections.filter((section) => !section.startsWith("What it does not protect against\n"));
  return promising.flatMap((section) => {
    const [, ...blocks] = section.trim().split(/\n{2,}/);
    return blocks.flatMap((block) => {
      if (block.startsWith("|")) return block.split("\n").slice(2);
      return block.split(/^(?=- )/m).map((text) => text.replace(/\s+/g, " ").trim());
    });
  });
}

/** Links to tests: the text is the name of a test or a suite in that file. */
const testLinksIn = (text: string) =>
  [...text.matchAll(/\[([^\]]+)\]\(\.\.\/\.\.\/(test\/[^)]+\.test\.ts)\)/g)].map(([, name = "", path = ""]) => ({
    name,
    path,
  }));

/** Whether a test of this name is defined in `source`; what a name is filled with has to stand there as a string. */
function definesTest(source: string, name: string): boolean {
  const names = [...source.matchAll(/\b(?:test|describe|onEveryEngine)\(\s*(["`])((?:(?!\1).)+)\1/g)];
  return names.some(([, , defined = ""]) => {
    const parts = defined.split(/\$\{[^}]*\}/);
    const pattern = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("(.*?)");
    const filled = new RegExp(`^${pattern}$`).exec(name)?.slice(1);
    return filled?.every((part) => part === "" || source.includes(JSON.stringify(part))) ?? false;
  });
}

/** What is wrong with a page on which everything that promises something has to name its test. */
function unshownIn(page: string): string[] {
  return promisesIn(page).flatMap((promise) => {
    const links = testLinksIn(promise);
    if (links.length === 0) return [`no test: ${promise}`];
    return links.flatMap(({ name, path }) => {
      if (!existsSync(join(root, path))) return [`no file: ${path}`];
      return definesTest(read(path), name) ? [] : [`no test of this name in ${path}: ${name}`];
    });
  });
}

test("everything that security.md promises names a test that exists", () => {
  const page = read(".github/docs/security.md");
  assert.ok(promisesIn(page).length > 40, "the test does not understand the page");
  assert.deepEqual(unshownIn(page), []);
});

test("a promise without a test, with a missing file and with a name that no test has is found", () => {
  const row = (test: string) => `| a threat | a protection | ${test} |`;
  const link = (name: string, path = "test/main.test.ts") => `[${name}](../../${path})`;
  const page = (...rows: string[]) =>
    `# Page\n\nIntroduction.\n\n## One\n\n| a | b | c |\n|---|---|---|\n${rows.join("\n")}\n\nA sentence ${link("the operators' port that is taken")}.\n`;
  const good = link("an organization-wide token ends the start with a sentence");
  assert.deepEqual(unshownIn(page(row(good))), []);
  const bad = [
    row("`test/main.test.ts`"),
    row(link("a start", "test/none.test.ts")),
    row(link("a test that nobody wrote")),
    row(link("some other token ends the start with a sentence")),
    row(`${good}, ${link("the operators")}`),
  ];
  for (const each of bad) assert.equal(unshownIn(page(row(good), each)).length, 1, each);
  assert.equal(unshownIn(`${page(row(good))}\nAnother sentence.\n\n- ${good}\n- an item\n`).length, 2);
  assert.deepEqual(unshownIn(`${page(row(good))}\n## What it does not protect against\n\n- **Fire.** It burns.\n`), []);
});
