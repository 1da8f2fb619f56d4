/** Starts the bot: settings, then the parts; signals end it. Whatever keeps it from starting is one clear message. */
import { createLog } from "./log.ts";
import { readSettings, type SettingsProblem } from "./settings.ts";
import { systemChance, systemClock } from "./system.ts";
import { textsOf } from "./text/texts.ts";

const parsed = readSettings(process.env);
if (!parsed.ok) giveUp(settingsMessage(parsed.problems));
else await run(parsed.settings);

async function run(settings: Extract<typeof parsed, { ok: true }>["settings"]): Promise<void> {
  const texts = textsOf(settings.LOCALE);
  const log = await createLog({ level: settings.LOG_LEVEL, secrets: settings.secrets });
  // Loaded after the settings were found right, so that a wrong one is told at once.
  const { startApp } = await import("./app.ts");
  try {
    const app = await startApp({ settings, log, clock: systemClock, chance: systemChance, env: process.env });
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, async () => {
        log.info({ signal }, "stopping");
        await app.stop();
        log.info("stopped");
        process.exit(0);
      });
    }
  } catch (error) {
    const why = startProblem(error, settings.PORT, texts);
    if (why === undefined) log.fatal({ err: error }, "the bot could not start");
    giveUp(why);
  }
}

/** What a person can do something about; undefined for anything else, which is a bug or a broken machine. */
function startProblem(error: unknown, port: number, { start }: ReturnType<typeof textsOf>): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EADDRINUSE") return start.portTaken(port);
  if (/^(ERR_SQLITE_ERROR|EACCES|EROFS|ENOENT|ECONNREFUSED|ENOTFOUND|28P01|28000|3D000)$/.test(code))
    return start.databaseAway((error as Error).message || code);
  return undefined;
}

function settingsMessage(problems: SettingsProblem[]): string {
  const { start } = textsOf(process.env["LOCALE"] === "zh-CN" ? "zh-CN" : "en");
  const listed = (title: string, those: SettingsProblem[]) =>
    those.length === 0 ? [] : ["", title, ...those.map((problem) => `  ${start.problem(problem)}`)];
  const isMissing = ({ kind }: SettingsProblem) => kind === "missing" || kind === "no-mode";
  return [
    start.wrongSettings(problems.length),
    ...listed(start.missing, problems.filter(isMissing)),
    ...listed(
      start.wrong,
      problems.filter((problem) => !isMissing(problem)),
    ),
    "",
    start.afterwards,
  ].join("\n");
}

function giveUp(message: string | undefined): void {
  if (message !== undefined) process.stderr.write(`${message}\n`);
  process.exitCode = 1;
  process.exit();
}
