/** Parses the environment into Settings, or reports all problems at once. The texts are in src/text. */
import type { KeyObject } from "node:crypto";
import type { z } from "zod";
import type { Escalation } from "./domain/reminder-schedule.ts";
import type { Tickets } from "./domain/tickets/tickets.ts";
import { type ProxyAddress, type ProxyProblem, type proxyVariables, readProxy } from "./network/proxy.ts";
import { type CombinationProblem, combinationProblems } from "./settings/combinations.ts";
import {
  type EnvFileProblem,
  type Environment,
  type FileProblem,
  nameAfterByteOrderMark,
  withFiles,
  writingMistake,
} from "./settings/environment.ts";
import { type CertificateWarning, certificateWarning } from "./settings/provider-certificate.ts";
import {
  fileVariables,
  type Mistake,
  schema,
  schemaWithKey,
  secretVariables,
  type Variable,
  variables,
} from "./settings/schema.ts";
import { type TicketWarning, ticketsOf, ticketWarning } from "./settings/tickets.ts";
import { misspeltNames, type UnknownName, unknownNames } from "./settings/unknown-names.ts";
import { readPublicKeys } from "./wechatpay/keys.ts";

export type { Environment } from "./settings/environment.ts";
export type { Locale, Variable } from "./settings/schema.ts";

/** The settings, parsed: durations in milliseconds, keys as KeyObjects, addresses taken apart. */
export type Settings = Omit<z.infer<typeof schema>, "WECHATPAY_PUBLIC_KEY"> & {
  /** WeChat Pay's keys by public key ID or certificate serial number; none without WECHATPAY_PUBLIC_KEY. */
  WECHATPAY_PUBLIC_KEYS: ReadonlyMap<string, KeyObject>;
  /** TICKET_PATTERN, TICKET_EXAMPLE and TICKET_URL. With a pattern, REASON is `required`. */
  tickets: Tickets;
  /** HTTPS_PROXY and NO_PROXY. */
  proxy: ProxyAddress | undefined;
  /** Every secret as it was given, which the log leaves out; those of changed keys are added. */
  secrets: string[];
};

/** A setting of the bot, or a variable that only a command of the terminal reads. */
export type NamedVariable = Variable | "LEDGER_KEY_OLD";

export type SettingsProblem =
  | (Mistake & { variable: NamedVariable })
  | FileProblem<NamedVariable>
  /** A byte order mark precedes this name in the file that it comes from. */
  | { kind: "byte-order-mark"; variable: string }
  | EnvFileProblem
  /** A name in the environment that is probably meant for a setting that is not set. */
  | ({ kind: "unknown-name" } & UnknownName)
  | { kind: "proxy"; variable: (typeof proxyVariables)[number]; problem: ProxyProblem }
  | CombinationProblem;

/** Probable mistakes that do not prevent the start. */
export type SettingsWarning =
  | ({ kind: "unknown-name" } & UnknownName)
  | { kind: "signing-secret" }
  | TicketWarning
  | EnvFileProblem
  | CertificateWarning;

export type SettingsRead =
  | { ok: true; settings: Settings; warnings: SettingsWarning[] }
  | { ok: false; problems: SettingsProblem[] };

/**
 * @param envFile what is wrong with the file that the environment was to be read from, if anything
 * @param now this machine's clock, in milliseconds since 1970
 */
export function readSettings(
  env: Environment,
  { envFile, now = Date.now() }: { envFile?: EnvFileProblem | undefined; now?: number } = {},
): SettingsRead {
  const marked = nameAfterByteOrderMark(env);
  const meant = marked === undefined ? env : { ...env, [marked]: env[marked] ?? env[`\uFEFF${marked}`] };
  const read = readGiven(meant, now);
  const causes: SettingsProblem[] = [
    ...(envFile ? [envFile] : []),
    ...(marked === undefined ? [] : [{ kind: "byte-order-mark" as const, variable: marked }]),
  ];
  if (read.ok && marked === undefined) return { ...read, warnings: [...(envFile ? [envFile] : []), ...read.warnings] };
  const problems = read.ok ? [] : read.problems;
  // What is missing follows from a file that was not read.
  return { ok: false, problems: [...causes, ...problems.filter((problem) => !envFile || !isAbsence(problem))] };
}

/** Whether something is not set, in contrast to wrongly set. */
function isAbsence({ kind }: SettingsProblem): boolean {
  return kind === "missing" || kind === "no-mode" || kind === "half-bulk" || kind === "half-escalation";
}

function readGiven(env: Environment, now: number): SettingsRead {
  const { given, problems: fileProblems } = withFiles(env, { names: variables, fromFiles: fileVariables });
  const isNamed = (variable: Variable) => fileProblems.some((problem) => problem.variable === variable);
  // A signer whose file cannot be read was chosen all the same.
  const hasSigner = given["WECHATPAY_SIGNER"] !== undefined || Boolean(env["WECHATPAY_SIGNER_FILE"]);
  const parsed = (hasSigner ? schema : schemaWithKey).safeParse(given);
  const fieldProblems = problemsOf(parsed.error?.issues ?? [], given).filter(({ variable }) => !isNamed(variable));
  const wrong = new Set([...fileProblems, ...fieldProblems].map(({ variable }) => variable));
  const publicKeys = publicKeysOf(given);
  const proxy = readProxy(env);

  const problems: SettingsProblem[] = [
    ...fileProblems,
    ...fieldProblems,
    ...combinationProblems({ given, env, wrong }),
    ...(publicKeys?.ok === false && !wrong.has("WECHATPAY_PUBLIC_KEY")
      ? [{ kind: "key" as const, variable: "WECHATPAY_PUBLIC_KEY" as const, problem: publicKeys.problem }]
      : []),
    ...(proxy.ok ? [] : [{ kind: "proxy" as const, variable: proxy.variable, problem: proxy.problem }]),
  ];
  if (problems.length > 0 || !parsed.success || publicKeys?.ok === false || !proxy.ok) {
    const slips = misspeltNames(env, settingNames).map((name) => ({ kind: "unknown-name" as const, ...name }));
    return { ok: false, problems: [...problems, ...slips] };
  }
  const { WECHATPAY_PUBLIC_KEY: _, ...fields } = parsed.data;
  const { TICKET_PATTERN: pattern, TICKET_EXAMPLE: example, TICKET_URL: url } = fields;
  const secrets = [...secretVariables.flatMap((variable) => given[variable] ?? []), ...proxy.secrets];
  const settings = {
    ...fields,
    // A reason can only contain a ticket if there is one.
    REASON: pattern === undefined ? fields.REASON : ("required" as const),
    tickets: ticketsOf(pattern, { example, url }),
    WECHATPAY_PUBLIC_KEYS: publicKeys?.keys ?? new Map(),
    proxy: proxy.proxy,
    secrets,
  };
  return { ok: true, settings, warnings: warningsOf(settings, env, now) };
}

/** One problem for each variable that the schema refuses. */
function problemsOf(issues: readonly z.core.$ZodIssue[], given: Environment): (Mistake & { variable: Variable })[] {
  const found = new Map<Variable, Mistake>();
  const refused = new Set(issues.map(({ path }) => path[0]));
  for (const variable of variables) {
    const mistake = mistakeAround(variable, given[variable]);
    // What the type says of a value with spaces is more precise.
    if (mistake?.kind === "quoted" || (mistake && !refused.has(variable))) found.set(variable, mistake);
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

const pemVariables: readonly Variable[] = ["WECHATPAY_PRIVATE_KEY", "WECHATPAY_PUBLIC_KEY", "WECHATPAY_CERTIFICATE"];

/**
 * Quotes, or spaces around any value but a PEM text, even where the type would take them: in a file they do not count.
 */
export function mistakeAround(variable: Variable, value: string | undefined): Mistake | undefined {
  const mistake = value === undefined ? undefined : writingMistake(value);
  if (mistake === "quoted") return { kind: mistake };
  return mistake === "spaces" && !pemVariables.includes(variable) ? { kind: mistake } : undefined;
}

export function mistakeOf(issue: z.core.$ZodIssue, value: string | undefined): Mistake {
  if (value === undefined) return { kind: "missing" };
  const own = issue.code === "custom" ? (issue.params?.["mistake"] as Mistake | undefined) : undefined;
  if (own !== undefined && own.kind !== "malformed") return own;
  return { kind: writingMistake(value) ?? "malformed" };
}

/** Undefined if none were given. The keys are compared with our own key, which must not be used as WeChat Pay's. */
function publicKeysOf(given: Environment) {
  const pem = given["WECHATPAY_PUBLIC_KEY"];
  if (pem === undefined) return undefined;
  const own =
    schema.shape.WECHATPAY_PRIVATE_KEY.safeParse(given["WECHATPAY_PRIVATE_KEY"]).data ??
    schema.shape.WECHATPAY_CERTIFICATE.safeParse(given["WECHATPAY_CERTIFICATE"]).data?.publicKey;
  return readPublicKeys(pem, { publicKeyId: given["WECHATPAY_PUBLIC_KEY_ID"] ?? "", own });
}

/** Every name that the bot reads from the environment. */
export const settingNames: readonly string[] = [...variables, ...fileVariables.map((variable) => `${variable}_FILE`)];

function warningsOf(settings: Settings, env: Environment, now: number): SettingsWarning[] {
  const { SLACK_SIGNING_SECRET: secret, WECHATPAY_CERTIFICATE: certificate, TICKET_PATTERN: pattern } = settings;
  const ticket = pattern && ticketWarning(pattern);
  const ending = certificate && certificateWarning(certificate, now);
  const unknown = unknownNames(Object.keys(env), settingNames);
  return [
    ...unknown.map((name) => ({ kind: "unknown-name" as const, ...name })),
    ...(secret === undefined || /^[0-9a-f]{32}$/.test(secret) ? [] : [{ kind: "signing-secret" as const }]),
    ...(ticket === undefined ? [] : [ticket]),
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
