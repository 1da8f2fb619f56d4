/** `npm run restore -- FILE`: replaces the ledger in DATABASE_URL with a backup, and explains what happens next. */
import { readDatabaseUrl, readLedgerKey, readRequestTtl } from "../../settings/for-commands.ts";
import { systemClock, systemRandom } from "../../system-clock.ts";
import { type CommandContext, commandOf, oneFile } from "./command.ts";
import { restoreLedger } from "./restore-ledger.ts";

export const restore = commandOf({ usage: ({ restore: texts }) => texts.usage, read: oneFile, run });

async function run(from: string, { env, texts: every, terminal }: CommandContext): Promise<boolean> {
  const { restore: texts, start } = every;
  const { say, refuse } = terminal;
  const url = readDatabaseUrl(env);
  if (!url.ok) return refuse(url.problems.map(start.problem).join("\n"));
  if (url.address.engine === "postgres") return refuse(texts.postgres);
  const ledgerKey = readLedgerKey(env);
  if (!ledgerKey.ok) return refuse(ledgerKey.problems.map(start.problem).join("\n"));
  const ttl = readRequestTtl(env);
  if (!ttl.ok) return refuse(ttl.problems.map(start.problem).join("\n"));
  const to = url.address.path;
  const given = { heldForMs: ttl.ms, key: ledgerKey.key, clock: systemClock, random: systemRandom };
  const done = await restoreLedger({ from, to, ...given });
  switch (done.kind) {
    case "restored":
      say(texts.restored(from, to));
      if (done.aside !== undefined) say(texts.aside(done.aside));
      if (done.updatedFrom !== undefined) say(texts.updated(done.updatedFrom));
      say(texts.held(done.held.operations, done.held.requests));
      say(texts.undecided(done.undecided));
      say(texts.lost);
      return true;
    case "same-file":
      return refuse(texts.sameFile);
    case "no-backup":
      return refuse(texts.noBackup(from));
    case "no-trail":
      return refuse(texts.noTrail(from));
    case "in-use":
      return refuse(texts.inUse(to));
    case "damaged":
      return refuse(texts.damaged(from, done.why));
    case "not-intact":
      return refuse(texts.notIntact(from));
    case "key-refused":
      return refuse(texts.ledgerKey[done.problem](from));
    case "backup-unreadable":
      if (done.problem.kind === "file") return refuse(texts.unreadable(from, done.problem.why));
      return refuse(texts.cannotOpen(start.database(from, done.problem)));
    case "ledger-unusable":
      return refuse(texts.cannotOpen(start.database("DATABASE_URL", done.problem)));
    case "failed":
      return refuse(texts.failed(done.why));
    default:
      return done satisfies never;
  }
}
