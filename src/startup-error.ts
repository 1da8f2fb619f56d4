/** An error that keeps the bot from starting -> a sentence for the operator, if they can do something about it. */
import type { Settings } from "./settings.ts";
import { refusalOf } from "./slack/api/web-api.ts";
import { SlackAway } from "./slack/api/workspace.ts";
import type { Texts } from "./text/en/catalogue.ts";

/** Undefined for anything else: a bug or a broken machine. */
export function startupError(error: unknown, settings: Settings, { start }: Texts): string | undefined {
  if (error instanceof SlackAway && error.refused !== undefined) return start.slackRefuses(error.refused);
  const refusedSocket = refusalOf(error);
  if (refusedSocket !== undefined) return start.slackRefusesAppToken(refusedSocket);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "EADDRINUSE" && error instanceof Error)
    return start.portTaken("port" in error ? Number(error.port) : settings.PORT);
  // SQLite's own errors; a path that is missing or not ours; a server that is down, or refuses the user or the database.
  if (/^(ERR_SQLITE_ERROR|EACCES|EROFS|ENOENT|ENOTDIR|EEXIST|ECONNREFUSED|ENOTFOUND|28P01|28000|3D000)$/.test(code))
    return start.databaseAway(error instanceof Error && error.message !== "" ? error.message : code);
  return undefined;
}
