/** `npm run restore -- FILE`: replaces the ledger of DATABASE_URL with a backup, and says what happens next. */
import { readDuration } from "../domain/time/duration.ts";
import { readDatabaseUrl, readLedgerKey } from "../settings.ts";
import { systemClock, systemRandom } from "../system-clock.ts";
import { textsFor } from "../text/texts.ts";
import { restore } from "./restore-ledger.ts";
import { refuse, say } from "./terminal.ts";

const { restore: texts, start } = textsFor(process.env["LOCALE"]);

/** REQUEST_TTL's default: the command needs no setting but DATABASE_URL. */
const usualTtlMs = 24 * 3_600_000;

process.exitCode = (await run()) ? 0 : 1;

async function run(): Promise<boolean> {
  const [from, ...more] = process.argv.slice(2);
  if (!from || from.startsWith("-") || more.length > 0) return refuse(texts.usage);
  const url = readDatabaseUrl(process.env);
  if (!url.ok) return refuse(url.problems.map(start.problem).join("\n"));
  if (url.address.engine === "postgres") return refuse(texts.postgres);
  const ledgerKey = readLedgerKey(process.env);
  if (!ledgerKey.ok) return refuse(ledgerKey.problems.map(start.problem).join("\n"));
  const to = url.address.path;
  const heldForMs = readDuration(process.env["REQUEST_TTL"] ?? "", { units: ["s", "m", "h", "d"], digits: 6 });
  const done = await restore({
    from,
    to,
    heldForMs: heldForMs ?? usualTtlMs,
    key: ledgerKey.key,
    clock: systemClock,
    random: systemRandom,
  });
  switch (done.kind) {
    case "restored":
      say(texts.restored(from, to));
      if (done.aside !== undefined) say(texts.aside(done.aside));
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
      return refuse(start.ledgerKey[done.problem]);
    case "failed":
      return refuse(texts.failed(done.why));
    default:
      return done satisfies never;
  }
}
