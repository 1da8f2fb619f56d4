/** Starts the real bot as a separate process, the way `npm start` does, configured by environment variables. */
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { startAttachedProcess } from "./attached-process.ts";

export interface BotProcess {
  /** Every line of standard output, oldest first. */
  readonly lines: readonly string[];
  /** Every line of standard error, oldest first. */
  readonly errors: readonly string[];
  /**
   * Resolves with the first line that contains `words`; earlier lines count too.
   * @throws Error if the bot ends first, or after `timeoutMs`
   */
  until(words: string, timeoutMs?: number): Promise<string>;
  /** Sends a signal that does not end it. */
  signal(name: "SIGHUP"): void;
  /** Sends a signal. Resolves with the exit code or the name of the signal once the process has ended. */
  end(signal?: "SIGTERM" | "SIGKILL"): Promise<number | string>;
  /** Resolves with the exit code or the name of the signal when the process ends, for whatever reason. */
  readonly ended: Promise<number | string>;
}

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const imported = (path: string) => ["--import", new URL(path, import.meta.url).href];
/** The Node options that npm's scripts put before theirs. */
export const startOptions: readonly string[] = imported("../compile-cache.js");
/**
 * Those that `npm start` puts before the bot: space for new objects that does not shrink while the bot is idle, and one
 * thread for V8's own work, so that it does not compete with the one that answers Slack.
 */
export const botOptions: readonly string[] = [
  "--min-semi-space-size=8",
  "--max-semi-space-size=8",
  "--v8-pool-size=1",
  ...imported("../deploy/small-heap.js"),
  ...startOptions,
];
/**
 * What it puts into the environment of the bot, for glibc: one heap that all threads share, and large blocks, which are
 * given back, outside of it.
 */
export const botEnvironment = { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "131072" } as const;

/**
 * The bot ends with this process, even when this process is killed.
 * @param environment the bot's settings; of this process's own environment the bot inherits only PATH
 * @param command Node's options and the script; by default those of `npm start`
 */
export function startBotProcess(
  environment: Record<string, string>,
  command: readonly string[] = [...botOptions, main],
): BotProcess {
  const child = startAttachedProcess(command, { ...botEnvironment, ...environment });
  const lines: string[] = [];
  const errors: string[] = [];
  const news = new EventEmitter();
  news.setMaxListeners(0);
  collect(child.stdout, lines);
  collect(child.stderr, errors);
  const ended = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string);
  // By then both outputs have been read, with the reason for which it has ended.
  child.once("close", () => news.emit("end"));

  function collect(stream: Readable, into: string[]): void {
    createInterface({ input: stream }).on("line", (line) => {
      into.push(line);
      news.emit("line");
    });
  }

  return {
    lines,
    errors,
    ended,
    until(words, timeoutMs = 15_000) {
      return new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(timer);
          news.off("line", check);
          news.off("end", fail);
        };
        const check = () => {
          const line = lines.find((candidate) => candidate.includes(words));
          if (line === undefined) return;
          stop();
          resolve(line);
        };
        const fail = () => {
          stop();
          const lastLines = [...lines, ...errors].slice(-15).join("\n");
          reject(new Error(`the bot did not print "${words}"; its last lines:\n${lastLines}`));
        };
        const timer = setTimeout(fail, timeoutMs);
        news.on("line", check);
        news.once("end", fail);
        check();
      });
    },
    signal(name) {
      child.kill(name);
    },
    end(signal = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
  };
}
