/** What a process does whose standard output is slow, full or gone: it works on, and says later what was lost. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { endWithParent } from "../../src/playground/attached-process.ts";

const module = new URL("../../src/logging/standard-output.ts", import.meta.url).href;

/** Opens standard output and writes numbered lines of 1 kB, then does `more`. */
const script = (lines: number, more: string) => `
  const { openStandardOutput } = await import(${JSON.stringify(module)});
  const output = await openStandardOutput({ recovered: (lines) => { output.write("lost " + lines + "\\n"); process.exitCode = 3; } });
  for (let i = 0; i < ${lines}; i++) output.write(i + " " + "x".repeat(1_000) + "\\n");
  console.error(output.linesLost());
  ${more}`;
const node = (code: string) => ["--input-type=module", "--eval", code];

/** Starts a process that writes. @param stdout a file descriptor, or a pipe that nobody reads yet */
function writing(t: TestContext, code: string, stdout: number | "pipe" = "pipe") {
  const child = spawn(process.execPath, ["--import", endWithParent, ...node(code)], {
    stdio: ["pipe", stdout, "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  const ended = once(child, "exit").then(([code]) => ({ code, errors }));
  const lost = async () => {
    while (!errors.includes("\n")) await once(child.stderr as NonNullable<ChildProcess["stderr"]>, "data");
    return Number.parseInt(errors, 10);
  };
  return { child, ended, lost };
}

const untilRecovered = "setInterval(() => process.exitCode === 3 && process.exit(), 10);";

test("a reader that stalls delays nothing; what it missed is counted, and the rest is in order", async (t) => {
  const { child, ended, lost } = writing(t, script(6_000, untilRecovered));
  const linesLost = await lost();
  assert.ok(linesLost > 0 && linesLost < 3_000, `${linesLost}`);
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (part) => {
    text += part;
  });
  await ended;
  const lines = text.trimEnd().split("\n");
  assert.equal(lines.pop(), `lost ${linesLost}`);
  assert.equal(lines.length, 6_000 - linesLost);
  const numbers = lines.map((line) => Number(/^(\d+) x{1000}$/.exec(line)?.[1]));
  assert.deepEqual(
    numbers,
    Array.from({ length: numbers.length }, (_, i) => i),
  );
});

test("the end of the process waits for a reader that is only slow", () => {
  const words = [process.execPath, ...node(script(3_000, "process.exit();"))].map(quoted);
  const { stdout } = spawnSync("/bin/sh", ["-c", `${words.join(" ")} | cat`], { encoding: "utf8", maxBuffer: 1e8 });
  assert.equal(stdout.trimEnd().split("\n").length, 3_000);
});

test("a reader that does not read at all does not keep the process from ending", async (t) => {
  const { ended } = writing(t, script(3_000, "process.exit();"));
  assert.deepEqual(await ended, { code: 0, errors: "0\n" });
});

test("a full disk and a reader that is gone end nothing", async (t) => {
  const full = writing(t, script(6_000, "process.exit();"), openSync("/dev/full", "w"));
  const { code, errors } = await full.ended;
  assert.equal(code, 0, errors);
  assert.match(errors, /^[1-9]\d*\n$/);
  const gone = writing(
    t,
    script(0, "setInterval(() => { output.write('x\\n'); console.error(process.uptime()); }, 10);"),
  );
  gone.child.stdout?.destroy();
  await gone.lost();
  // It is still running, and writes on.
  for (let reports = 0; reports < 20; reports++)
    await once(gone.child.stderr as NonNullable<ChildProcess["stderr"]>, "data");
  assert.equal(gone.child.exitCode, null);
});

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
