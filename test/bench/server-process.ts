/** Starts and times the bot and the bare Bolt app in the same way, each in its own process. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type AttachedProcess, startAttachedProcess } from "../../src/playground/attached-process.ts";
import { botEnvironment, botOptions, startOptions } from "../../src/playground/bot-process.ts";
import { freePort } from "../../src/playground/free-port.ts";

/** Ends with this process, or when disposed. */
export interface ServerProcess extends AsyncDisposable {
  port: number;
  /** From just before the start until the server reports that it is listening. */
  startedInMs: number;
  /** Resident memory now, in MB. */
  rssMb(): number;
  /** The most resident memory that it has had so far, in MB. */
  peakRssMb(): number;
}

const startWithinMs = 20_000;
/** The bot gives running work 9.5 s after a signal. A server that takes longer is killed. */
const stopWithinMs = 15_000;

export const botScript = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
export const bareBoltScript = fileURLToPath(new URL("./baselines/bare-bolt.ts", import.meta.url));
export const durableBoltScript = fileURLToPath(new URL("./baselines/durable-bolt.ts", import.meta.url));

/**
 * Starts a script the way `npm start` starts the bot, and waits for the word "listening" on standard output.
 * @param environment the settings, to which PORT is added; of this process's own environment only PATH is inherited
 * @throws Error if the server ends first, or does not listen within 20 s; it is killed then
 */
export async function startServer(script: string, environment: Record<string, string>): Promise<ServerProcess> {
  const port = await freePort();
  const startedAt = performance.now();
  const isBot = script === botScript;
  const child = startAttachedProcess([...(isBot ? botOptions : startOptions), script], {
    ...(isBot && botEnvironment),
    ...environment,
    PORT: String(port),
  });
  const ended = once(child, "exit");
  await untilListening(child, script);
  const startedInMs = performance.now() - startedAt;
  return {
    port,
    startedInMs,
    rssMb: () => memoryMb(child.pid, "VmRSS"),
    peakRssMb: () => memoryMb(child.pid, "VmHWM"),
    async [Symbol.asyncDispose]() {
      const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
      child.kill("SIGTERM");
      await ended;
      clearTimeout(timer);
    },
  };
}

function memoryMb(pid: number | undefined, what: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
}

function untilListening(child: AttachedProcess, script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    const fail = () => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(new Error(`${script} did not listen; its output:\n${output}`));
    };
    const timer = setTimeout(fail, startWithinMs);
    child.once("exit", fail);
    const read = (chunk: Buffer) => {
      output += chunk;
      if (!output.includes("listening")) return;
      clearTimeout(timer);
      child.off("exit", fail);
      // Later output is discarded, so that the pipe never fills up.
      child.stdout.off("data", read).resume();
      resolve();
    };
    child.stdout.on("data", read);
    child.stderr.on("data", (chunk: Buffer) => process.stderr.write(chunk));
  });
}
