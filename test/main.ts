/**
 * `npm test`: all tests but those of the page, with the ledger in SQLite; `npm run test:postgres`: those of the ledger
 * and of all that uses it, with the ledger in PostgreSQL. `npm run test:unit`: the fast ones of `npm test`. Loading the
 * code takes longer than most files of tests, so files that start no processes and hardly wait share a few processes.
 * What a group printed appears when it has ended.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codeOf } from "../src/storage/store-errors.ts";

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
  "test/{bench,cli,connections,domain,interop,jobs,ledger,metrics,network,parsing,settings,signer,slack,storage,text,tracing,wechatpay}/**/*.test.ts";
/** test:campaigns has those that install a whole release, and those that kill bots at chosen moments. */
const alone = [
  "test/*.test.ts",
  "test/deploy/!(read-only|rollback).test.ts",
  "test/{faults,fuzz,logging,playground,simulation}/**/*.test.ts",
];
const endToEnd = "test/e2e/!(page)/**/!(kill).test.ts";
/** Its ledgers are copied from one engine to the other. */
const betweenEngines = "test/storage/copy-ledger.test.ts";
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

/** The files of these patterns that have tests for PostgreSQL. */
function forPostgres(
  patterns: readonly string[],
  isFor = /\bonEveryEngine\b|\bengines\b|\bpostgres-schemas\b/,
): string[] {
  return globSync(patterns).filter((path) => isFor.test(readFileSync(path, "utf8")));
}

/** The groups in the order in which they start, and how many of them run at once. */
function groupsOf(command: string | undefined): { groups: Group[]; atOnce: number } {
  const inProcesses = (name: string, atOnce: number, files: readonly string[], environment: NodeJS.ProcessEnv) => ({
    name,
    options: [`--test-concurrency=${atOnce}`, ...files],
    environment,
  });
  if (command === "unit") return { groups: inShards(2, unit, onSqlite), atOnce: 2 };
  if (command === "postgres") {
    const onPostgres = { TEST_ENGINES: command };
    // These have a process each, or a ledger in each engine.
    const others = [...alone, betweenEngines];
    const shared = forPostgres([sharing]).filter((path) => path !== betweenEngines);
    const groups = [
      ...inShards(2, forPostgres([endToEnd], /onEveryEngine|postgres/), onPostgres),
      ...inShards(2, shared, onPostgres),
      inProcesses("files with a process each", 2, forPostgres(others), { TEST_ENGINES: "sqlite,postgres" }),
    ];
    // PostgreSQL needs a core of its own: with more files at once, people on the stages would wait for the machine.
    return { groups, atOnce: 2 };
  }
  const groups = [
    inProcesses("files with a process each", 2, alone, onSqlite),
    ...inShards(4, [endToEnd], onSqlite),
    ...inShards(3, [sharing], onSqlite),
  ];
  return { groups, atOnce: 6 };
}

/** What the folder's name begins with; the ID of this process and a random part follow. */
const folderPrefix = "receipt-tests-";

/**
 * A new folder for the tests' files: in memory where Linux has room there, because a ledger on a slow disk spends more
 * time on waiting for it than on its work.
 */
function newFolder(): string {
  const memory = "/dev/shm";
  const isRoomy = () => {
    const { bavail, bsize } = statfsSync(memory);
    return bavail * bsize >= 2 ** 30;
  };
  const parents = existsSync(memory) ? [memory, tmpdir()] : [tmpdir()];
  for (const parent of parents) removeAbandoned(parent);
  const folder = mkdtempSync(
    join(existsSync(memory) && isRoomy() ? memory : tmpdir(), `${folderPrefix}${process.pid}-`),
  );
  // Programs that the tests start as another user have files in it, too.
  chmodSync(folder, 0o755);
  return folder;
}

/** Removes what killed runs left, which would take memory until the machine restarts. */
function removeAbandoned(parent: string): void {
  for (const name of globSync(`${folderPrefix}*`, { cwd: parent })) {
    const pid = /^[0-9]+(?=-)/.exec(name.slice(folderPrefix.length))?.[0];
    if (pid === undefined || !isRunning(Number(pid))) removeFolder(join(parent, name));
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

/** Tries again for a second, because a disk that a test mounted in it may be about to go. */
function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
}

/** What the test runner counts at the end of its output. */
const counted = ["tests", "pass", "fail", "cancelled", "skipped", "todo"] as const;
type Counts = Record<(typeof counted)[number], number>;

async function run({ name, options, environment }: Group): Promise<{ isGood: boolean; counts: Counts }> {
  // Several processes share the cores: V8's own threads would only take them from each other.
  const ofNode = ["--v8-pool-size=1", "--import", "./src/compile-cache.js"];
  const common = ["--test", `--test-timeout=${testTimeoutMs}`, "--test-reporter=spec"];
  const child = spawn(process.execPath, [...ofNode, ...common, ...options], {
    env: { ...process.env, TMPDIR: folder, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own has all that its tests start.
    detached: true,
  });
  running.add(child);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const [code] = await once(child, "close");
  running.delete(child);
  process.stdout.write(`\n${name}\n\n${output}`);
  const count = (what: string) => Number(new RegExp(`^ℹ ${what} (\\d+)$`, "m").exec(output)?.[1] ?? Number.NaN);
  return { isGood: code === 0, counts: Object.fromEntries(counted.map((what) => [what, count(what)])) as Counts };
}

async function stop(): Promise<void> {
  isStopping = true;
  const left = [...running].filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
  const ended = left.map((child) => once(child, "exit"));
  for (const { pid } of left) if (pid !== undefined) process.kill(-pid, "SIGKILL");
  await Promise.all(ended);
  process.exit(1);
}

for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());

let isStopping = false;
/** The groups that run now. */
const running = new Set<ChildProcess>();
const folder = newFolder();
process.once("exit", () => removeFolder(folder));
const startedAt = performance.now();
const results: Awaited<ReturnType<typeof run>>[] = [];
const { groups, atOnce } = groupsOf(process.argv[2]);
const waiting = groups.values();
const runWaiting = async () => {
  for (const group of waiting) if (!isStopping) results.push(await run(group));
};
await Promise.all(Array.from({ length: atOnce }, runWaiting));
const sum = (what: keyof Counts) => results.reduce((total, { counts }) => total + counts[what], 0);
process.stdout.write(`\nin all\n\n${counted.map((what) => `ℹ ${what} ${sum(what)}`).join("\n")}\n`);
process.stdout.write(`ℹ duration_ms ${Math.round(performance.now() - startedAt)}\n`);
process.exitCode = results.every(({ isGood }) => isGood) && sum("tests") > 0 ? 0 : 1;
