/** The settings that a command of the terminal reads, one by one: it needs nothing else of them. */
import type { KeyObject } from "node:crypto";
import type { z } from "zod";
import { mistakeAround, mistakeOf, type SettingsProblem, settingNames } from "../settings.ts";
import type { DatabaseAddress } from "../storage/open.ts";
import { type Environment, envFileProblem, nameAfterByteOrderMark, withFiles } from "./environment.ts";
import { type Mistake, schema, secretVariables } from "./schema.ts";
import { misspeltNames } from "./unknown-names.ts";

type Refused = { ok: false; problems: SettingsProblem[] };

/** An address as DATABASE_URL takes it; undefined for anything else. */
export function readDatabaseAddress(text: string): DatabaseAddress | undefined {
  return schema.shape.DATABASE_URL.safeParse(text).data;
}

/** Where the ledger is. */
export function readDatabaseUrl(env: Environment): { ok: true; address: DatabaseAddress } | Refused {
  const read = readOne("DATABASE_URL", schema.shape.DATABASE_URL, env);
  return read.ok ? { ok: true, address: read.value } : read;
}

/** The key of the ledger's MACs, if one is set. */
export function readLedgerKey(env: Environment): { ok: true; key: KeyObject | undefined } | Refused {
  const read = readOne("LEDGER_KEY", schema.shape.LEDGER_KEY, env);
  return read.ok ? { ok: true, key: read.value } : read;
}

/** The key in LEDGER_KEY_OLD, which `npm run ledger-key -- change` replaces, if one is set. */
export function readOldLedgerKey(env: Environment): ReturnType<typeof readLedgerKey> {
  const read = readLedgerKey({ LEDGER_KEY: env["LEDGER_KEY_OLD"], LEDGER_KEY_FILE: env["LEDGER_KEY_OLD_FILE"] });
  if (read.ok) return read;
  // The key's problems name its variable; a `.env` that cannot be read does not.
  const problems = read.problems.map((problem) =>
    "variable" in problem && problem.variable === "LEDGER_KEY"
      ? ({ ...problem, variable: "LEDGER_KEY_OLD" } as typeof problem)
      : problem,
  );
  return { ok: false, problems };
}

/** How long a request waits for a decision, in milliseconds. */
export function readRequestTtl(env: Environment): { ok: true; ms: number } | Refused {
  const read = readOne("REQUEST_TTL", schema.shape.REQUEST_TTL, env);
  return read.ok ? { ok: true, ms: read.value } : read;
}

type Name = "DATABASE_URL" | "LEDGER_KEY" | "REQUEST_TTL";

function readOne<Value>(
  variable: Name,
  type: z.ZodType<Value>,
  env: Environment,
): { ok: true; value: Value } | Refused {
  const fromFiles = secretVariables.filter((secret) => secret === variable);
  const { given, problems } = withFiles(env, { names: [variable], fromFiles });
  if (problems.length > 0) return { ok: false, problems };
  const lost = given[variable] === undefined ? lostIn(env, variable) : undefined;
  if (lost) return { ok: false, problems: [lost] };
  const around = mistakeAround(variable, given[variable]);
  if (around !== undefined) return { ok: false, problems: [{ ...around, variable }] };
  const parsed = type.safeParse(given[variable]);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const mistake: Mistake = issue ? mistakeOf(issue, given[variable]) : { kind: "malformed" };
  return { ok: false, problems: [{ ...mistake, variable }] };
}

/** How a variable that is not set may have been meant to be set: the command would work on another ledger. */
function lostIn(env: Environment, variable: Name): SettingsProblem | undefined {
  const names: readonly string[] = [variable, `${variable}_FILE`];
  const marked = nameAfterByteOrderMark(env);
  if (marked !== undefined && names.includes(marked)) return { kind: "byte-order-mark", variable: marked };
  const slip = misspeltNames(env, settingNames).find(({ nearest }) => names.includes(nearest));
  return slip ? { kind: "unknown-name", ...slip } : envFileProblem(".env");
}
