/** The demo's bot, as one instance or two, which the page can kill and start again. */
import { type BotProcess, startBotProcess } from "../bot-process.ts";

export type SupervisedBot = ReturnType<typeof superviseBot>;

/** `off`: never started. */
export type InstanceState = "off" | "starting" | "running" | "killed";

type Instance = ReturnType<typeof superviseInstance>;

/**
 * Starts the first instance.
 * @param environment see `startBotProcess`
 * @param instancesMax how many instances there can be; they share the ledger, so a SQLite file allows one
 */
export function superviseBot(environment: Record<string, string>, instancesMax: 1 | 2 = 1) {
  let kills = 0;
  let reportEnd: (code: number | string) => void;
  /** An end that nobody has asked for. */
  const ended = new Promise<number | string>((resolve) => {
    reportEnd = resolve;
  });
  // Only one process can listen on the operator's port.
  const { OPS_PORT: _, ...others } = environment;
  const instances = Array.from({ length: instancesMax }, (_, place) =>
    superviseInstance(place === 0 ? environment : others, (code) => reportEnd(code)),
  );
  const ready = start(0);

  /** @param place counts from 0; without it, every instance that was killed */
  async function start(place?: number): Promise<void> {
    await Promise.all(chosen(place, "killed").map((one) => one.start()));
  }

  function chosen(place: number | undefined, state: InstanceState): readonly Instance[] {
    return instances.filter((one, at) => (place === undefined ? one.state() === state : at === place));
  }

  return {
    environment,
    instances: instances as readonly Pick<Instance, "state" | "ids">[],
    /** Resolves once the first instance listens. @throws Error if it does not start */
    ready,
    /** The newest lines of both outputs. */
    lastLines: (): string => instances.flatMap((one) => one.lines()).join("\n"),
    /** What the bot wrote to standard error, which is its own reason if it does not start. */
    errors: (): string => instances.flatMap((one) => one.errors()).join("\n"),
    /** Resolves if an instance ends by itself, with its exit code or signal. */
    ended,
    kills: (): number => kills,
    /**
     * Kills as a failing machine does: without notice, in the middle of whatever an instance does.
     * @param place counts from 0; without it, every running instance
     */
    async kill(place?: number): Promise<void> {
      const killed = chosen(place, "running").filter((one) => one.state() === "running");
      kills += killed.length;
      await Promise.all(killed.map((one) => one.end("SIGKILL")));
    },
    start,
    async end(): Promise<void> {
      await Promise.all(instances.map((one) => one.end("SIGTERM")));
    },
  };
}

function superviseInstance(environment: Record<string, string>, endedByItself: (code: number | string) => void) {
  let bot: BotProcess | undefined;
  let state: InstanceState = "off";
  const ids: string[] = [];

  return {
    state: () => state,
    /** The names under which it has recorded events; each start has its own. */
    ids: (): readonly string[] => ids,
    errors: (): readonly string[] => bot?.errors ?? [],
    lines: (): readonly string[] => [...(bot?.lines ?? []), ...(bot?.errors ?? [])].slice(-20),
    /** Starts it with the same ledger and settings, unless it runs. Resolves once it listens. */
    async start(): Promise<void> {
      if (state === "starting" || state === "running") return;
      state = "starting";
      const started = startBotProcess(environment);
      bot = started;
      void started.ended.then((code) => {
        if (bot === started && state !== "killed") endedByItself(code);
      });
      ids.push(/"instance":"([^"]+)"/.exec(await started.until('"instance"'))?.[1] ?? "");
      await started.until('"listening"');
      state = "running";
    },
    async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
      if (state === "off") return;
      state = "killed";
      await bot?.end(signal);
    },
  };
}
