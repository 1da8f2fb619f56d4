/**
 * `npm test`: all tests but those of the page, end-to-end on SQLite; `npm run test:postgres`: end-to-end on PostgreSQL.
 * `npm run test:unit`: the fast ones. Loading the code takes longer than most files of tests, so files that start no
 * processes and hardly wait share a few processes. What a group printed appears when it has ended.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";

/** No test takes longer, in milliseconds. */
const testTimeoutMs = 300_000;
/** Those that wait for connections, or try thousands of inputs, are left to `npm test`. */
const slow = "http-mode|socket-mode|unreachable|workbook|number-list|nothing-dropped|older-ledger|blocks";
const unit = [
  `test/{domain,parsing,wechatpay,signer,text,ledger,slack}/**/!(${slow}).test.ts`,
  "test/jobs/executor.test.ts",
  "test/{docs,log,manifest,rooms,settings}.test.ts",
];
const sharing =
  "test/{bench,connections,domain,interop,jobs,ledger,metrics,network,parsing,settings,signer,slack,storage,text,tracing,wechatpay}/**/*.test.ts";
const alone = ["test/*.test.ts", "test/{cli,deploy,faults,fuzz,playground,simulation}/**/*.test.ts"];
const endToEnd = "test/e2e/!(page)/**/*.test.ts";
const onSqlite = { TEST_ENGINES: "sqlite", REQUIRE_POSTGRES: "", REQUIRE_PGBOUNCER: "" };

interface Group {
  name: string;
  options: string[];
  environment?: NodeJS.ProcessEnv;
}

/** Runs the files in `processes` processes, each file after the other. */
function inShards(processes: number, files: readonly string[], environment: NodeJS.ProcessEnv = {}): Group[] {
  return Array.from({ length: processes }, (_, i) => ({
    name: `files that share a process, ${i + 1} of ${processes}`,
    options: ["--test-isolation=none", `--test-shard=${i + 1}/${processes}`, ...files],
    environment,
  }));
}

function onPostgres(): string[] {
  return globSync(endToEnd).filter((path) => /onEveryEngine|postgres/.test(readFileSync(path, "utf8")));
}

/** Groups that run at the same time, one set after the other. */
function setsOf(command: string | undefined): Group[][] {
  const manyAtOnce = "--test-concurrency=4";
  if (command === "unit") return [inShards(2, unit, onSqlite)];
  if (command === "postgres")
    // PostgreSQL needs a core of its own: with more files at once, people on the stages would wait for the machine.
    return [
      [
        {
          name: "end-to-end, on PostgreSQL",
          options: ["--test-concurrency=2", ...onPostgres()],
          environment: { TEST_ENGINES: command },
        },
      ],
    ];
  return [
    inShards(3, [sharing]),
    [{ name: "files with a process each", options: [manyAtOnce, ...alone] }],
    [{ name: "end-to-end, on SQLite", options: [manyAtOnce, endToEnd], environment: onSqlite }],
  ];
}

/** What the test runner counts at the end of its output. */
const counted = ["tests", "pass", "fail", "cancelled", "skipped", "todo"] as const;
type Counts = Record<(typeof counted)[number], number>;

async function run({ name, options, environment }: Group): Promise<{ isGood: boolean; counts: Counts }> {
  const common = ["--import", "./src/compile-cache.js", "--test", `--test-timeout=${testTimeoutMs}`];
  const child = spawn(process.execPath, [...common, "--test-reporter=spec", ...options], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = () => child.kill();
  process.once("exit", end);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  process.off("exit", end);
  process.stdout.write(`\n${name}\n\n${output}`);
  const count = (what: string) => Number(new RegExp(`^ℹ ${what} (\\d+)$`, "m").exec(output)?.[1] ?? Number.NaN);
  return { isGood: code === 0, counts: Object.fromEntries(counted.map((what) => [what, count(what)])) as Counts };
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const startedAt = performance.now();
const results: Awaited<ReturnType<typeof run>>[] = [];
for (const groups of setsOf(process.argv[2])) results.push(...(await Promise.all(groups.map(run))));
const sum = (what: keyof Counts) => results.reduce((total, { counts }) => total + counts[what], 0);
process.stdout.write(`\nin all\n\n${counted.map((what) => `ℹ ${what} ${sum(what)}`).join("\n")}\n`);
process.stdout.write(`ℹ duration_ms ${Math.round(performance.now() - startedAt)}\n`);
process.exitCode = results.every(({ isGood }) => isGood) && sum("tests") > 0 ? 0 : 1;
