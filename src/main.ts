/** Starts the bot: settings, then the parts; signals stop it. If the bot cannot start, it prints one clear message. */
import type { Logger } from "pino";
import type { RunningApp } from "./app.ts";
import { createLog } from "./log.ts";
import { openStandardOutput } from "./logging/standard-output.ts";
import { envFileProblem } from "./settings/environment.ts";
import { readSettings, type Settings, type SettingsProblem, type SettingsWarning } from "./settings.ts";
import { isDamaged } from "./storage/store-errors.ts";
import { systemClock, systemRandom } from "./system-clock.ts";
import { textsFor, textsOf } from "./text/texts.ts";

/** How long work in progress may take to end after a signal, in milliseconds. The rest is taken over later. */
const stopWithinMs = 9_500;

const read = readSettings(process.env, { envFile: envFileProblem(".env") });
if (read.ok) await run(read.settings, read.warnings);
else giveUp(settingsMessage(read.problems));

async function run(settings: Settings, warnings: readonly SettingsWarning[]): Promise<void> {
  const output = await openStandardOutput({
    recovered: (lines) => log.warn({ lines }, `${lines} log lines were lost: standard output did not accept them`),
  });
  const { LOG_LEVEL: level, secrets } = settings;
  const log = createLog({ level, secrets, destination: output });
  for (const warning of warnings) log.warn(textsOf(settings.LOCALE).start.warning(warning));
  // Loaded once the settings are valid, so that a wrong one is reported at once.
  const [{ startApp }, { startupError }] = await Promise.all([import("./app.ts"), import("./startup-error.ts")]);
  const { linesLost } = output;
  const starting = startApp({ settings, env: process.env, log, linesLost, clock: systemClock, random: systemRandom });
  stopOnSignals(starting, log);
  process.on("SIGHUP", () => {
    void starting.then(
      (app) => app.reloadKeys(),
      () => {},
    );
  });
  try {
    const app = await starting;
    await app.listening;
  } catch (error) {
    const why = startupError(error, settings, textsOf(settings.LOCALE));
    if (why === undefined) log.fatal({ err: error }, "the bot could not start");
    giveUp(why);
  }
  process.on("uncaughtException", (error) => {
    log.fatal({ err: error }, "a bug or a machine problem: the bot exits and has to be restarted");
    process.exit(1);
  });
  process.on("unhandledRejection", (error) => {
    // Slack's client stops reconnecting this way and would receive nothing more; other rejections concern one payload.
    // While the bot runs, what is not damaged of a ledger still works.
    const why = isDamaged(error) ? undefined : startupError(error, settings, textsOf(settings.LOCALE));
    log[why === undefined ? "error" : "fatal"]({ err: error }, why ?? "a bug: a rejection that nobody awaited");
    if (why !== undefined) process.exit(1);
  });
}

/**
 * Ctrl-C under npm arrives twice, from the terminal and from npm, and so may SIGTERM from a supervisor: only a third
 * signal cuts the work of the first one short.
 */
function stopOnSignals(starting: Promise<RunningApp>, log: Logger): void {
  let received = 0;
  const receive = async (signal: NodeJS.Signals) => {
    received += 1;
    if (received > 2) process.exit(1);
    log.info({ signal }, received === 1 ? "stopping" : "already stopping; one more signal ends the bot immediately");
    if (received > 1) return;
    const stopped = starting.then(
      (app) => app.stop(),
      () => {},
    );
    await Promise.race([stopped, systemClock.sleep(stopWithinMs)]);
    log.info("stopped");
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, receive);
}

function settingsMessage(problems: SettingsProblem[]): string {
  const { start } = textsFor(process.env["LOCALE"]);
  const isCause = ({ kind }: SettingsProblem) => kind === "env-file" || kind === "byte-order-mark";
  const isMissing = ({ kind }: SettingsProblem) => kind === "missing" || kind === "no-mode";
  const listed = (title: string, those: SettingsProblem[]) =>
    those.length === 0 ? [] : ["", title, ...those.map((problem) => `  ${start.problem(problem)}`)];
  return [
    start.wrongSettings(problems.length),
    ...listed(start.first, problems.filter(isCause)),
    ...listed(start.missing, problems.filter(isMissing)),
    ...listed(
      start.wrong,
      problems.filter((problem) => !isCause(problem) && !isMissing(problem)),
    ),
    "",
    start.afterwards,
  ].join("\n");
}

function giveUp(message: string | undefined): never {
  if (message !== undefined) process.stderr.write(`${message}\n`);
  process.exit(1);
}
