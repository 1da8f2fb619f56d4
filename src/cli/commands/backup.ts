/** `npm run backup -- FILE`: copies the ledger in DATABASE_URL while the bot runs, and verifies the copy. */
import { readDatabaseUrl } from "../../settings/for-commands.ts";
import { backUp, isSideFile, noteBackup } from "../../storage/backup.ts";
import { isMissing } from "../../storage/open.ts";
import { whyOf } from "../../storage/store-errors.ts";
import { type CommandContext, commandOf, oneFile, whyNotOpen } from "./command.ts";
import { verifyFile } from "./verify-file.ts";

export const backup = commandOf({ usage: ({ backup: texts }) => texts.usage, read: oneFile, run });

async function run(target: string, context: CommandContext): Promise<boolean> {
  const { backup: texts, start } = context.texts;
  const { refuse } = context.terminal;
  const url = readDatabaseUrl(context.env);
  if (!url.ok) return refuse(url.problems.map(start.problem).join("\n"));
  if (url.address.engine === "postgres") return refuse(texts.postgres);
  if (isMissing(url.address.path)) return refuse(texts.noLedger(url.address.path));
  if (isSideFile(target)) return refuse(texts.sideFile(target));
  const at = Date.now();
  const made = await backUp(url.address.path, target);
  switch (made.kind) {
    case "done":
      return (await verified(target, made.bytes, context)) && noted(url.address.path, at, context);
    case "exists":
      return refuse(texts.exists(target));
    case "unreadable":
      return refuse(texts.cannotOpen(start.database("DATABASE_URL", made.problem)));
    case "damaged":
      return refuse(texts.damaged(made.why));
    case "unwritable":
      return refuse(texts.unwritable(target, made.why));
    case "failed":
      return refuse(texts.failed(made.why));
    default:
      return made satisfies never;
  }
}

/** The copy is kept even if its audit trail is not intact, because it matches the ledger. */
async function verified(
  target: string,
  bytes: number,
  { texts: { backup: texts, start }, terminal: { say, refuse } }: CommandContext,
): Promise<boolean> {
  try {
    const found = await verifyFile(target);
    if (found.kind === "no-trail") return refuse(texts.noTrail(target));
    if (found.kind !== "intact") return refuse(texts.notIntact(target));
    say(texts.done(target, bytes, found.sealed, found.newest));
    return true;
  } catch (error) {
    const address = { engine: "sqlite", path: target } as const;
    return refuse(texts.unverified(target, whyNotOpen(error, { name: target, address, start }) ?? whyOf(error)));
  }
}

/** The backup is complete even without the note. */
function noted(path: string, at: number, { texts, terminal }: CommandContext): true {
  const why = noteBackup(path, at);
  if (why !== undefined) terminal.say(texts.backup.notNoted(why));
  return true;
}
