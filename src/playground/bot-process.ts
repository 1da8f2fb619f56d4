/** The real bot as a process of its own, started like in production: as `npm start` does, and with an environment. */
import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export interface BotProcess {
  /** Every line of its standard output, oldest first. */
  readonly lines: readonly string[];
  /** Everything that it wrote to standard error. */
  readonly errors: readonly string[];
  /** Resolves with the first line that has `words`, past ones included. @throws when it ends, or after `timeoutMs`. */
  until(words: string, timeoutMs?: number): Promise<string>;
  /** Ends it; resolves once it has ended, to its exit code or the signal's name. */
  end(signal?: "SIGTERM" | "SIGKILL"): Promise<number | string>;
  /** Its exit code or signal, once it has ended by itself or was ended. */
  readonly ended: Promise<number | string>;
}

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
/** What `npm start` gives Node before the script. */
export const startOptions: readonly string[] = ["--import", new URL("../compile-cache.js", import.meta.url).href];

/** @param environment the bot's settings; of this process's own environment it gets nothing but PATH */
export function startBotProcess(environment: Record<string, string>): BotProcess {
  const child: ChildProcess = spawn(process.execPath, [...startOptions, main], {
    env: { PATH: process.env["PATH"] ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const errors: string[] = [];
  const news = new EventEmitter();
  news.setMaxListeners(0);
  collect(child.stdout, lines);
  collect(child.stderr, errors);
  const ended = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string);
  void ended.then(() => news.emit("end"));

  function collect(stream: ChildProcess["stdout"], into: string[]): void {
    if (!stream) return;
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
          news.off("line", look);
          news.off("end", fail);
        };
        const look = () => {
          const found = lines.find((line) => line.includes(words));
          if (found === undefined) return;
          stop();
          resolve(found);
        };
        const fail = () => {
          stop();
          reject(
            new Error(`the bot did not say "${words}"; it said last:\n${[...lines, ...errors].slice(-15).join("\n")}`),
          );
        };
        const timer = setTimeout(fail, timeoutMs);
        news.on("line", look);
        news.once("end", fail);
        look();
      });
    },
    end(signal = "SIGTERM") {
      child.kill(signal);
      return ended;
    },
  };
}
