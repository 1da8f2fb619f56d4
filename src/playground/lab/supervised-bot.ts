/** The demo's bot, which the page can kill and start again. */
import { type BotProcess, startBotProcess } from "../bot-process.ts";

export type SupervisedBot = ReturnType<typeof superviseBot>;

/** Starts the bot. @param environment see `startBotProcess` */
export function superviseBot(environment: Record<string, string>) {
  let bot = startBotProcess(environment);
  let state: "running" | "starting" | "killed" = "running";
  let kills = 0;
  let reportEnd: (code: number | string) => void;
  const ended = new Promise<number | string>((resolve) => {
    reportEnd = resolve;
  });
  watch(bot);

  /** An end that nobody has asked for. */
  function watch(started: BotProcess): void {
    void started.ended.then((code) => {
      if (bot === started && state !== "killed") reportEnd(code);
    });
  }

  return {
    environment,
    until: (words: string): Promise<string> => bot.until(words),
    /** The newest lines of both outputs. */
    lastLines: (): string => [...bot.lines, ...bot.errors].slice(-20).join("\n"),
    /** Resolves if the bot ends by itself, with its exit code or signal. */
    ended,
    state: () => state,
    kills: (): number => kills,
    /** Kills it as a failing machine does: without notice, in the middle of whatever it does. */
    async kill(): Promise<void> {
      if (state !== "running") return;
      state = "killed";
      kills += 1;
      await bot.end("SIGKILL");
    },
    /** Starts it again with the same ledger and settings. Resolves once it listens. */
    async start(): Promise<void> {
      if (state !== "killed") return;
      state = "starting";
      bot = startBotProcess(environment);
      watch(bot);
      await bot.until('"listening"');
      state = "running";
    },
    async end(): Promise<void> {
      state = "killed";
      await bot.end();
    },
  };
}
