/**
 * The database: whether it can be reached and used, and whether the ledger in it is complete, up to date and owned by
 * this bot.
 */
import { dirname } from "node:path";
import { sql } from "kysely";
import type { DatabaseProblem } from "../../domain/startup/database-problem.ts";
import { keyProblem } from "../../ledger/audit/keys/ledger-key.ts";
import { verifyTail } from "../../ledger/audit/verification.ts";
import { checkOwner, OwnedByAnother } from "../../ledger/instances/ownership.ts";
import { readLedgerKey } from "../../settings/for-commands.ts";
import { findInstallation, type Installation } from "../../slack/api/token/installation.ts";
import { placeOf } from "../../start-log.ts";
import { startupError } from "../../startup-error.ts";
import { pendingSteps } from "../../storage/migrations/applied-steps.ts";
import { asCannotOpen, CannotOpen, encodingProblem, rightsProblem } from "../../storage/open-problem.ts";
import { isDamaged, isTableMissing, whyOf } from "../../storage/store-errors.ts";
import { writeWithoutTrace } from "../../storage/write-probe.ts";
import { type Check, type CheckResult, failed, notNeeded, ok, unseen, warning } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import { type Opened, whyUnwritable } from "./ledger-access.ts";

type Open = Extract<Opened, { kind: "open" }>;

/** PostgreSQL before 10 has no identity columns; before 15, it gets no more corrections. As `server_version_num`. */
const [versionMin, versionWanted] = [100_000, 150_000];
/** One commit waits for the disk; a person who clicks waits for a few of them. In milliseconds. */
const [commitMaxMs, commitWantedMs] = [1_000, 100];
const commitsMeasured = 5;
/** Seals of the audit trail that are verified; `npm run audit` verifies them all. */
const tailSeals = 1_000;

export const databaseChecks: readonly Check[] = [
  { name: "database", run: checkReachable },
  { name: "database-integrity", run: (context) => onLedger(context, checkIntegrity) },
  { name: "database-encoding", run: (context) => onLedger(context, checkEncoding) },
  { name: "database-version", run: (context) => onLedger(context, checkVersion) },
  { name: "database-rights", run: (context) => onLedger(context, checkRights) },
  { name: "database-schema", run: checkSchema },
  { name: "database-writable", run: (context) => onTables(context, checkWritable) },
  { name: "database-commit", run: (context) => onTables(context, checkCommit) },
  { name: "audit-trail", run: (context) => onTables(context, checkTrail) },
  { name: "ledger-key", run: (context) => onTables(context, checkKey) },
  { name: "ledger-owner", run: (context) => onTables(context, checkOwnership) },
];

async function checkReachable({ ledger, texts: { doctor, start } }: DoctorContext): Promise<CheckResult> {
  const opened = await ledger.open();
  switch (opened.kind) {
    case "open":
      return ok(doctor.database.reached(Object.values(placeOf(opened.address)).join(", ")));
    case "none":
      return warning(doctor.database.none(opened.path));
    case "newer":
      return ok(doctor.database.reachedNewer);
    case "closed":
      return failed(start.database("DATABASE_URL", opened.problem));
    case "no-address":
      return failed(...opened.problems.map((problem) => start.problem(problem)));
    default:
      return opened satisfies never;
  }
}

/** For what needs a database, with or without a ledger in it. */
async function onLedger(
  context: DoctorContext,
  check: (opened: Open, context: DoctorContext) => Promise<CheckResult>,
): Promise<CheckResult> {
  const opened = await context.ledger.open();
  const { doctor } = context.texts;
  if (opened.kind === "open") return check(opened, context).catch((error: unknown) => damageIn(opened, error, context));
  return opened.kind === "none" ? notNeeded(doctor.database.notYet) : unseen(doctor.ledgerFirst);
}

/** A check that meets damage has found what is wrong. @throws any other error */
function damageIn({ address }: Open, error: unknown, context: DoctorContext): CheckResult {
  if (!isDamaged(error) || address.engine !== "sqlite") throw error;
  return problemOr({ kind: "damaged", path: address.path, why: whyOf(error) }, "", context);
}

/** For what needs the ledger's newest tables. */
function onTables(
  context: DoctorContext,
  check: (opened: Open, context: DoctorContext) => Promise<CheckResult>,
): Promise<CheckResult> {
  const { doctor } = context.texts;
  return onLedger(context, async (opened) => {
    if (opened.applied.length === 0) return notNeeded(doctor.database.notYet);
    try {
      return await check(opened, context);
    } catch (error) {
      const isOlder = pendingSteps(opened.applied, opened.store.engine).length > 0;
      if (isOlder && !isDamaged(error)) return unseen(doctor.database.olderSchema);
      throw error;
    }
  });
}

function problemOr(problem: DatabaseProblem | undefined, fine: string, { texts }: DoctorContext): CheckResult {
  return problem ? failed(texts.start.database("DATABASE_URL", problem)) : ok(fine);
}

/** Reads the whole file. PostgreSQL checks its own pages, if it was told to, as it reads them. */
async function checkIntegrity({ store, address, facts }: Open, context: DoctorContext): Promise<CheckResult> {
  const { integrity, integrityElsewhere } = context.texts.doctor.database;
  if (facts || address.engine !== "sqlite") return notNeeded(integrityElsewhere);
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(store.db);
  const found = rows[0]?.quick_check ?? "";
  const why = found.replace(/\s+/g, " ").replace(/^\*\*\* in database main \*\*\* /, "");
  return problemOr(found === "ok" ? undefined : { kind: "damaged", path: address.path, why }, integrity, context);
}

async function checkEncoding({ facts, store }: Open, context: DoctorContext): Promise<CheckResult> {
  const { encoding } = context.texts.doctor.database;
  if (facts) return problemOr(encodingProblem(facts), encoding(facts.encoding), context);
  const { rows } = await sql<{ encoding: string }>`pragma encoding`.execute(store.db);
  return ok(encoding(rows[0]?.encoding ?? ""));
}

async function checkVersion({ facts, store }: Open, { texts }: DoctorContext): Promise<CheckResult> {
  const { version, old, unmaintained } = texts.doctor.database;
  if (!facts) {
    const { rows } = await sql<{ version: string }>`select sqlite_version() as version`.execute(store.db);
    return ok(version(`SQLite ${rows[0]?.version}`));
  }
  const name = `PostgreSQL ${Math.floor(facts.version / 10_000)}`;
  if (facts.version < versionMin) return failed(old(name));
  return facts.version < versionWanted ? warning(unmaintained(name)) : ok(version(name));
}

async function checkRights({ facts, applied, address }: Open, context: DoctorContext): Promise<CheckResult> {
  const { rights } = context.texts.doctor.database;
  if (facts) return problemOr(rightsProblem(facts, pendingSteps(applied, "postgres")), rights, context);
  const path = address.engine === "sqlite" ? address.path : "";
  // SQLite writes files next to the ledger's own.
  for (const place of [path, dirname(path)]) {
    const why = whyUnwritable(place);
    if (why !== undefined) return problemOr({ kind: "file", path: place, why }, rights, context);
  }
  return ok(rights);
}

async function checkSchema(context: DoctorContext): Promise<CheckResult> {
  const { ledger, texts } = context;
  const opened = await ledger.open();
  if (opened.kind === "newer") return problemOr(opened.problem, "", context);
  return onLedger(context, async ({ applied, store }) => {
    const pending = pendingSteps(applied, store.engine);
    const { none, upToDate, pending: behind } = texts.doctor.schema;
    if (applied.length === 0) return warning(none);
    return pending.length === 0 ? ok(upToDate(applied.at(-1) ?? "")) : warning(behind(pending.join(", ")));
  });
}

async function checkWritable(opened: Open, context: DoctorContext): Promise<CheckResult> {
  const { clock, texts } = context;
  try {
    await writeWithoutTrace(opened.store, clock.now());
    return ok(texts.doctor.database.writable);
  } catch (error) {
    return failed(unwritable(opened, error, context));
  }
}

/**
 * Says why nothing can be written, and what to do: the start's words for a cause that it knows, such as a lock or a
 * full disk. @throws an error of the ledger's contents
 */
function unwritable({ address }: Open, error: unknown, { texts }: DoctorContext): string {
  if (isTableMissing(error) || isDamaged(error)) throw error;
  const known = asCannotOpen(error, address.engine === "sqlite" ? address.path : undefined);
  if (known instanceof CannotOpen && known.problem.kind !== "away")
    return texts.start.database("DATABASE_URL", known.problem);
  const { unwritableFile, unwritableServer } = texts.doctor.database;
  return (address.engine === "sqlite" ? unwritableFile : unwritableServer)(whyOf(error));
}

/** The middle one of several, which one slow moment does not change. */
async function checkCommit(opened: Open, context: DoctorContext): Promise<CheckResult> {
  const { clock, texts } = context;
  const { commit, commitsSlow } = texts.doctor.database;
  const took: number[] = [];
  try {
    for (let nth = 0; nth < commitsMeasured; nth += 1) {
      const from = clock.monotonic();
      await writeWithoutTrace(opened.store, clock.now());
      // The probe is written and removed: two commits.
      took.push((clock.monotonic() - from) / 2);
    }
  } catch (error) {
    return unseen(unwritable(opened, error, context));
  }
  const ms = Math.ceil(took.sort((a, b) => a - b)[Math.floor(took.length / 2)] ?? 0);
  if (ms > commitMaxMs) return failed(commitsSlow(ms));
  return ms > commitWantedMs ? warning(commitsSlow(ms)) : ok(commit(ms));
}

async function checkTrail({ store }: Open, { texts: { doctor } }: DoctorContext): Promise<CheckResult> {
  const found = await verifyTail(store.db, tailSeals);
  return found.kind === "intact"
    ? ok(doctor.trail.intact(Math.min(tailSeals, found.sealed), found.unsealed))
    : failed(doctor.trail.damaged);
}

async function checkKey({ store }: Open, { env, texts }: DoctorContext): Promise<CheckResult> {
  const read = readLedgerKey(env);
  if (!read.ok) return failed(...read.problems.map((problem) => texts.start.problem(problem)));
  const problem = await keyProblem(store.db, read.key);
  // A ledger in which nothing has happened takes the key at the next start.
  const isAdopted = problem === "not-enabled" && (await isEmpty(store.db));
  if (problem && !isAdopted) return failed(texts.start.ledgerKey[problem]);
  return read.key ? ok(texts.doctor.key.fine) : notNeeded(texts.doctor.key.off);
}

async function isEmpty(db: Open["store"]["db"]): Promise<boolean> {
  return (await db.selectFrom("events").select("seq").limit(1).execute()).length === 0;
}

/** Compares the owner as far as the settings and Slack show this deployment's owner. */
async function checkOwnership({ store }: Open, context: DoctorContext): Promise<CheckResult> {
  const { settings, clock, texts } = context;
  if (!settings) return unseen(texts.doctor.settingsFirst);
  const { team, app } = await installation(context);
  try {
    await checkOwner({ store, clock, instance: "doctor" }, { team, app, mchid: settings.WECHATPAY_MCHID });
    return ok(team === undefined ? texts.doctor.owner.fineByMchid : texts.doctor.owner.fine);
  } catch (error) {
    if (!(error instanceof OwnedByAnother)) throw error;
    return failed(startupError(error, settings, texts) ?? "");
  }
}

async function installation({ slack }: DoctorContext): Promise<Partial<Installation>> {
  // The Slack checks report what Slack refuses.
  return slack ? await findInstallation(slack).catch(() => ({})) : {};
}
