/** The bot and the bare Bolt app as processes, started and timed in the same way. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { startOptions } from "../../src/playground/bot-process.ts";
import { freePort } from "../../src/playground/free-port.ts";

export interface ServerProcess extends AsyncDisposable {
  port: number;
  /** From the moment before its start until it said that it listens. */
  startedInMs: number;
  /** Resident memory just now, in MB. */
  rssMb(): number;
}

const startWithinMs = 20_000;

export const botScript = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
export const bareBoltScript = fileURLToPath(new URL("./baselines/bare-bolt.ts", import.meta.url));

/**
 * Starts a script as `npm start` starts the bot, and waits for the word "listening" on its standard output.
 * @param environment its settings, to which PORT is added; of this process's own it gets nothing but PATH
 */
export async function startServer(script: string, environment: Record<string, string>): Promise<ServerProcess> {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...startOptions, script], {
    env: { PATH: process.env["PATH"] ?? "", ...environment, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await untilItListens(child, script);
  const startedInMs = performance.now() - startedAt;
  return {
    port,
    startedInMs,
    rssMb: () => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1]) / 1024,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function untilItListens(child: ChildProcess, script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    const fail = () => {
      child.kill("SIGKILL");
      reject(new Error(`${script} did not listen; it said:\n${said}`));
    };
    const timer = setTimeout(fail, startWithinMs);
    child.once("exit", fail);
    const read = (chunk: Buffer) => {
      said += chunk;
      if (!said.includes("listening")) return;
      clearTimeout(timer);
      child.off("exit", fail);
      child.stdout?.off("data", read).resume(); // its log is read and dropped from here on
      resolve();
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", (chunk: Buffer) => process.stderr.write(chunk));
  });
}
