/** Environment -> Settings, or everything that is wrong with it at once. The texts are in src/text. */
import type { KeyObject } from "node:crypto";
import type { z } from "zod";
import type { Escalation } from "./domain/reminder-schedule.ts";
import { type ProxyAddress, type ProxyProblem, type proxyVariables, readProxy } from "./network/proxy.ts";
import {
  type CertificateProblem,
  type CertificateWarning,
  certificateProblems,
  certificateWarning,
} from "./settings/certificate.ts";
import {
  type Environment,
  type FileProblem,
  nameAfterByteOrderMark,
  withFiles,
  writingMistake,
} from "./settings/given.ts";
import { fileVariables, type Mistake, schema, secretVariables, type Variable, variables } from "./settings/schema.ts";
import { type UnknownName, unknownNames } from "./settings/unknown-names.ts";
import type { DatabaseAddress } from "./storage/open.ts";
import { readPublicKeys } from "./wechatpay/keys.ts";

export type { Environment } from "./settings/given.ts";
export type { Locale, Variable } from "./settings/schema.ts";

/** The settings, parsed: durations in milliseconds, keys as KeyObjects, addresses taken apart. */
export type Settings = Omit<z.infer<typeof schema>, "WECHATPAY_PUBLIC_KEY"> & {
  /** WeChat Pay's keys by public key id or certificate serial number. */
  WECHATPAY_PUBLIC_KEYS: ReadonlyMap<string, KeyObject>;
  /** HTTPS_PROXY and NO_PROXY. */
  proxy: ProxyAddress | undefined;
  /** Every secret as it was given, which the log leaves out; those of changed keys are added. */
  secrets: string[];
};

export type SettingsProblem =
  | (Mistake & { variable: Variable })
  | FileProblem<Variable>
  /** A byte order mark precedes this name in the file that it comes from. */
  | { kind: "byte-order-mark"; variable: string }
  /** There is a `.env` that cannot be read. */
  | { kind: "env-file"; path: string; why: string }
  | { kind: "proxy"; variable: (typeof proxyVariables)[number]; problem: ProxyProblem }
  /** Neither Socket Mode nor HTTP mode was chosen. */
  | { kind: "no-mode" }
  /** Only one of BULK_FROM and BULK_APPROVERS_NEEDED is set. */
  | { kind: "half-bulk" }
  /** Only one of ESCALATE_AFTER and ESCALATE_TO is set. */
  | { kind: "half-escalation" }
  /** ESCALATE_AFTER is no shorter than REQUEST_TTL: every request would expire first. */
  | { kind: "late-escalation" }
  | CertificateProblem;

/** What the bot starts with, and is probably a mistake all the same. */
export type SettingsWarning =
  | ({ kind: "unknown-name" } & UnknownName)
  | { kind: "signing-secret" }
  | CertificateWarning;

/** @param now this machine's clock, in milliseconds since 1970 */
export function readSettings(
  env: Environment,
  now = Date.now(),
): { ok: true; settings: Settings; warnings: SettingsWarning[] } | { ok: false; problems: SettingsProblem[] } {
  const { given, problems: fileProblems } = withFiles(env, { names: variables, fromFiles: fileVariables });
  const isNamed = (variable: Variable) => fileProblems.some((problem) => problem.variable === variable);
  const parsed = schema.safeParse(given);
  const fieldProblems = problemsOf(parsed.error?.issues ?? [], given).filter(({ variable }) => !isNamed(variable));
  const wrong = new Set([...fileProblems, ...fieldProblems].map(({ variable }) => variable));
  const publicKeys = publicKeysOf(given);
  const proxy = readProxy(env);
  const marked = nameAfterByteOrderMark(env);

  const problems: SettingsProblem[] = [
    ...fileProblems,
    ...fieldProblems,
    ...combinationProblems({ given, env, wrong }),
    ...(publicKeys?.ok === false && !wrong.has("WECHATPAY_PUBLIC_KEY")
      ? [{ kind: "key" as const, variable: "WECHATPAY_PUBLIC_KEY" as const, problem: publicKeys.problem }]
      : []),
    ...(proxy.ok ? [] : [{ kind: "proxy" as const, variable: proxy.variable, problem: proxy.problem }]),
    ...(marked === undefined ? [] : [{ kind: "byte-order-mark" as const, variable: marked }]),
  ];
  if (problems.length > 0 || !parsed.success || !publicKeys?.ok || !proxy.ok) return { ok: false, problems };
  const { WECHATPAY_PUBLIC_KEY: _, ...fields } = parsed.data;
  const secrets = [...secretVariables.flatMap((variable) => given[variable] ?? []), ...proxy.secrets];
  const settings = { ...fields, WECHATPAY_PUBLIC_KEYS: publicKeys.keys, proxy: proxy.proxy, secrets };
  return { ok: true, settings, warnings: warningsOf(settings, env, now) };
}

/** One problem for each variable that the schema refuses. */
function problemsOf(issues: readonly z.core.$ZodIssue[], given: Environment): (Mistake & { variable: Variable })[] {
  const found = new Map<Variable, Mistake>();
  for (const variable of variables) {
    const value = given[variable];
    if (value !== undefined && writingMistake(value) === "quoted") found.set(variable, { kind: "quoted" });
  }
  for (const issue of issues) {
    const variable = issue.path[0] as Variable;
    if (!found.has(variable)) found.set(variable, mistakeOf(issue, given[variable]));
  }
  return variables.flatMap((variable) => {
    const mistake = found.get(variable);
    return mistake === undefined ? [] : [{ ...mistake, variable }];
  });
}

function mistakeOf(issue: z.core.$ZodIssue, value: string | undefined): Mistake {
  if (value === undefined) return { kind: "missing" };
  const own = issue.code === "custom" ? (issue.params?.["mistake"] as Mistake | undefined) : undefined;
  if (own !== undefined && own.kind !== "malformed") return own;
  return { kind: writingMistake(value) ?? "malformed" };
}

/** What is wrong with settings that belong together. */
function combinationProblems({
  given,
  env,
  wrong,
}: {
  given: Environment;
  env: Environment;
  wrong: ReadonlySet<Variable>;
}): SettingsProblem[] {
  const isSet = (variable: Variable) => given[variable] !== undefined;
  // A mode whose secret's file cannot be read was chosen all the same.
  const isChosen = (mode: Variable) => isSet(mode) || Boolean(env[`${mode}_FILE`]);
  const isHalf = (...pair: readonly [Variable, Variable]) =>
    pair.filter(isSet).length === 1 && !pair.some((variable) => wrong.has(variable));
  const msOf = (variable: "ESCALATE_AFTER" | "REQUEST_TTL") => schema.shape[variable].safeParse(given[variable]).data;
  const [afterMs, ttlMs] = [msOf("ESCALATE_AFTER"), msOf("REQUEST_TTL")];
  const problems: SettingsProblem[] = [];
  if (!isChosen("SLACK_APP_TOKEN") && !isChosen("SLACK_SIGNING_SECRET")) problems.push({ kind: "no-mode" });
  if (isHalf("BULK_FROM", "BULK_APPROVERS_NEEDED")) problems.push({ kind: "half-bulk" });
  if (isHalf("ESCALATE_AFTER", "ESCALATE_TO")) problems.push({ kind: "half-escalation" });
  if (afterMs !== undefined && ttlMs !== undefined && afterMs >= ttlMs) problems.push({ kind: "late-escalation" });
  return [...problems, ...certificateProblemsIn(given)];
}

/** Where the certificate itself is readable, compared with each setting that is. */
function certificateProblemsIn(given: Environment): CertificateProblem[] {
  const certificate = schema.shape.WECHATPAY_CERTIFICATE.safeParse(given["WECHATPAY_CERTIFICATE"]).data;
  if (!certificate) return [];
  return certificateProblems(certificate, {
    serialNo: schema.shape.WECHATPAY_SERIAL_NO.safeParse(given["WECHATPAY_SERIAL_NO"]).data,
    mchid: schema.shape.WECHATPAY_MCHID.safeParse(given["WECHATPAY_MCHID"]).data,
    privateKey: schema.shape.WECHATPAY_PRIVATE_KEY.safeParse(given["WECHATPAY_PRIVATE_KEY"]).data,
  });
}

/** Undefined where none were given. Compared with our own key, which must not come back under WeChat Pay's name. */
function publicKeysOf(given: Environment) {
  const pem = given["WECHATPAY_PUBLIC_KEY"];
  if (pem === undefined) return undefined;
  const own = schema.shape.WECHATPAY_PRIVATE_KEY.safeParse(given["WECHATPAY_PRIVATE_KEY"]).data;
  return readPublicKeys(pem, { publicKeyId: given["WECHATPAY_PUBLIC_KEY_ID"] ?? "", own });
}

function warningsOf(settings: Settings, env: Environment, now: number): SettingsWarning[] {
  const { SLACK_SIGNING_SECRET: secret, WECHATPAY_CERTIFICATE: certificate } = settings;
  const ending = certificate && certificateWarning(certificate, now);
  const known = [...variables, ...fileVariables.map((variable) => `${variable}_FILE`)];
  const unknown = unknownNames(Object.keys(env), known);
  return [
    ...unknown.map((name) => ({ kind: "unknown-name" as const, ...name })),
    ...(secret === undefined || /^[0-9a-f]{32}$/.test(secret) ? [] : [{ kind: "signing-secret" as const }]),
    ...(ending === undefined ? [] : [ending]),
  ];
}

/** Where undecided requests are escalated to, if anywhere. */
export function escalationOf({
  ESCALATE_AFTER: afterMs,
  ESCALATE_TO: to,
}: Pick<Settings, "ESCALATE_AFTER" | "ESCALATE_TO">): Escalation | undefined {
  return afterMs === undefined || to === undefined ? undefined : { afterMs, to };
}

/** An address as DATABASE_URL takes it; undefined for anything else. */
export function readDatabaseAddress(text: string): DatabaseAddress | undefined {
  return schema.shape.DATABASE_URL.safeParse(text).data;
}

/** Where the ledger is, for commands that need nothing else. */
export function readDatabaseUrl(
  env: Environment,
): { ok: true; address: DatabaseAddress } | { ok: false; problems: SettingsProblem[] } {
  const read = readOne("DATABASE_URL", schema.shape.DATABASE_URL, env);
  return read.ok ? { ok: true, address: read.value } : read;
}

/** The key of the ledger's MACs, if one is set, for a command that needs nothing else of the settings. */
export function readLedgerKey(
  env: Environment,
): { ok: true; key: KeyObject | undefined } | { ok: false; problems: SettingsProblem[] } {
  const read = readOne("LEDGER_KEY", schema.shape.LEDGER_KEY, env);
  return read.ok ? { ok: true, key: read.value } : read;
}

function readOne<Value>(
  variable: "DATABASE_URL" | "LEDGER_KEY",
  type: z.ZodType<Value>,
  env: Environment,
): { ok: true; value: Value } | { ok: false; problems: SettingsProblem[] } {
  const names = [variable] as const;
  const { given, problems } = withFiles(env, { names, fromFiles: names });
  if (problems.length > 0) return { ok: false, problems };
  const parsed = type.safeParse(given[variable]);
  if (parsed.success) return { ok: true, value: parsed.data };
  const [issue] = parsed.error.issues;
  const mistake: Mistake = issue ? mistakeOf(issue, given[variable]) : { kind: "malformed" };
  return { ok: false, problems: [{ ...mistake, variable }] };
}
