/** Environment -> Settings, or everything that is wrong with it at once. The words for a person are in src/text. */
import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { KeyProblem } from "./domain/key-problem.ts";
import { approvalPolicies } from "./domain/policy.ts";
import type { Escalation } from "./domain/reminder-schedule.ts";
import { subMchidsMax } from "./parsing/number-list/sub-mchid.ts";
import type { DatabaseAddress } from "./storage/open.ts";
import { readPrivateKey, readPublicKeys } from "./wechatpay/keys.ts";

const locales = ["en", "zh-CN"] as const;
export type Locale = (typeof locales)[number];

/** An empty variable counts as one that is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

const secretVariables = [
  "SLACK_BOT_TOKEN",
  "SLACK_APP_TOKEN",
  "SLACK_SIGNING_SECRET",
  "WECHATPAY_PRIVATE_KEY",
  "WECHATPAY_PUBLIC_KEY",
  "DATABASE_URL",
] as const;

const port = z.coerce.number().int().min(1).max(65_535);
const token = (prefix: string) => z.string().regex(new RegExp(`^${prefix}-\\S+$`));
const ids = (pattern: RegExp) =>
  z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((id) => id !== ""))
    .pipe(z.array(z.string().regex(pattern)));

/** More people than a message can name are never asked for. */
const approvers = (least: number) => z.coerce.number().int().min(least).max(10);

const duration = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[smhd]$/)
  .transform(durationMs);

const databaseAddress = z
  .string()
  .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/)
  .transform(
    (url): DatabaseAddress =>
      url.startsWith("sqlite:") ? { engine: "sqlite", path: url.slice("sqlite:".length) } : { engine: "postgres", url },
  );

const schema = z.object({
  SLACK_BOT_TOKEN: token("xoxb"),
  SLACK_APP_TOKEN: token("xapp").optional(),
  SLACK_SIGNING_SECRET: z.string().regex(/^\S+$/).optional(),
  PORT: port.default(3000),
  SLACK_API_URL: z
    .url({ protocol: /^https?$/ })
    .default("https://slack.com/api/")
    .transform((url) => (url.endsWith("/") ? url : `${url}/`)),
  WECHATPAY_MCHID: z.string().regex(/^[0-9]{1,32}$/),
  WECHATPAY_SERIAL_NO: z
    .string()
    .regex(/^[0-9A-Fa-f]{1,40}$/)
    .transform((serial) => serial.toUpperCase()),
  WECHATPAY_PRIVATE_KEY: z.string(),
  WECHATPAY_PUBLIC_KEY_ID: z.string().regex(/^PUB_KEY_ID_[0-9A-Za-z]+$/),
  WECHATPAY_PUBLIC_KEY: z.string(),
  WECHATPAY_ENDPOINTS: z
    .string()
    .default("https://api.mch.weixin.qq.com,https://api2.mch.weixin.qq.com")
    .transform((text) => text.split(/[\s,]+/).filter((url) => url !== ""))
    .pipe(z.array(z.url({ protocol: /^https?$/ }).refine(isEndpoint)).min(1)),
  DATABASE_URL: z.string().default("sqlite:data/receipts.db").pipe(databaseAddress),
  SLACK_COMMAND: z
    .string()
    .regex(/^\/[^\s/]{1,31}$/)
    .default("/receipt"),
  RECEIPT_ADMINS: ids(/^[UW][A-Z0-9]+$/).default([]),
  RECEIPT_CHANNELS: ids(/^[CG][A-Z0-9]+$/).default([]),
  APPROVAL_POLICY: z.enum(approvalPolicies).default("four-eyes"),
  APPROVERS_NEEDED: approvers(1).default(1),
  BULK_FROM: z.coerce.number().int().min(2).max(subMchidsMax).optional(),
  BULK_APPROVERS_NEEDED: approvers(2).optional(),
  BREAK_GLASS: z.enum(["off", "on"]).default("off"),
  REASON: z.enum(["optional", "required"]).default("optional"),
  WECHATPAY_RATE: z.coerce.number().positive().max(100_000).default(10),
  REQUEST_TTL: z.string().default("24h").pipe(duration),
  ESCALATE_AFTER: duration.optional(),
  ESCALATE_TO: z
    .string()
    .regex(/^S[A-Z0-9]+$/)
    .optional(),
  LOCALE: z.enum(locales).default("en"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  OPS_PORT: port.optional(),
});

export type Variable = keyof z.infer<typeof schema>;

/** The settings, parsed: durations in milliseconds, keys as KeyObjects, addresses taken apart. */
export type Settings = Omit<z.infer<typeof schema>, "WECHATPAY_PRIVATE_KEY" | "WECHATPAY_PUBLIC_KEY"> & {
  WECHATPAY_PRIVATE_KEY: KeyObject;
  /** WeChat Pay's keys by public key id or certificate serial number. */
  WECHATPAY_PUBLIC_KEYS: ReadonlyMap<string, KeyObject>;
  /** Every secret as it was given, for the log to leave out. */
  secrets: readonly string[];
};

export type SettingsProblem =
  | { kind: "missing" | "malformed"; variable: Variable }
  | { kind: "file-unreadable"; variable: Variable; path: string; why: string }
  | { kind: "given-twice"; variable: Variable }
  | { kind: "key"; variable: "WECHATPAY_PRIVATE_KEY" | "WECHATPAY_PUBLIC_KEY"; problem: KeyProblem }
  /** Neither Socket Mode nor HTTP mode was chosen. */
  | { kind: "no-mode" }
  /** Of BULK_FROM and BULK_APPROVERS_NEEDED one is set. */
  | { kind: "half-bulk" }
  /** Of ESCALATE_AFTER and ESCALATE_TO one is set. */
  | { kind: "half-escalation" }
  /** ESCALATE_AFTER is no shorter than REQUEST_TTL: every request would expire before. */
  | { kind: "late-escalation" };

export function readSettings(
  env: Environment,
): { ok: true; settings: Settings } | { ok: false; problems: SettingsProblem[] } {
  const problems: SettingsProblem[] = [];
  const given = withFiles(env, problems);
  const parsed = schema.safeParse(given);
  const found = new Set(problems.map((problem) => ("variable" in problem ? problem.variable : undefined)));
  for (const issue of parsed.error?.issues ?? []) {
    const variable = issue.path[0] as Variable;
    if (found.has(variable)) continue;
    found.add(variable);
    const kind = given[variable] === undefined ? "missing" : "malformed";
    problems.push({ kind, variable });
  }
  const isChosen = (variable: "SLACK_APP_TOKEN" | "SLACK_SIGNING_SECRET") =>
    given[variable] !== undefined || Boolean(env[`${variable}_FILE`]);
  if (!isChosen("SLACK_APP_TOKEN") && !isChosen("SLACK_SIGNING_SECRET")) problems.push({ kind: "no-mode" });

  const isHalf = (...pair: readonly [Variable, Variable]) => {
    const set = pair.filter((variable) => given[variable] !== undefined);
    return set.length === 1 && !set.some((variable) => found.has(variable));
  };
  if (isHalf("BULK_FROM", "BULK_APPROVERS_NEEDED")) problems.push({ kind: "half-bulk" });
  if (isHalf("ESCALATE_AFTER", "ESCALATE_TO")) problems.push({ kind: "half-escalation" });
  if (isLate(given)) problems.push({ kind: "late-escalation" });

  const ownPem = given["WECHATPAY_PRIVATE_KEY"];
  const own = ownPem === undefined ? undefined : readPrivateKey(ownPem);
  if (own?.ok === false) problems.push({ kind: "key", variable: "WECHATPAY_PRIVATE_KEY", problem: own.problem });
  const theirPem = given["WECHATPAY_PUBLIC_KEY"];
  const publicKeyId = given["WECHATPAY_PUBLIC_KEY_ID"] ?? "";
  const theirs =
    theirPem === undefined ? undefined : readPublicKeys(theirPem, { publicKeyId, own: own?.ok ? own.key : undefined });
  if (theirs?.ok === false) problems.push({ kind: "key", variable: "WECHATPAY_PUBLIC_KEY", problem: theirs.problem });

  if (problems.length > 0 || !parsed.success || !own?.ok || !theirs?.ok) return { ok: false, problems };
  const secrets = secretVariables.flatMap((variable) => given[variable] ?? []);
  return {
    ok: true,
    settings: {
      ...parsed.data,
      WECHATPAY_PRIVATE_KEY: own.key,
      WECHATPAY_PUBLIC_KEYS: theirs.keys,
      secrets,
    },
  };
}

/** Where a request goes that nobody decides on, if the settings say so. */
export function escalationOf({
  ESCALATE_AFTER: afterMs,
  ESCALATE_TO: to,
}: Pick<Settings, "ESCALATE_AFTER" | "ESCALATE_TO">): Escalation | undefined {
  return afterMs === undefined || to === undefined ? undefined : { afterMs, to };
}

/** An address as DATABASE_URL takes it; undefined for anything else. */
export function readDatabaseAddress(text: string): DatabaseAddress | undefined {
  return databaseAddress.safeParse(text).data;
}

/** Where the ledger is, for who needs nothing else of the settings. */
export function readDatabaseUrl(
  env: Environment,
): { ok: true; address: DatabaseAddress } | { ok: false; problems: SettingsProblem[] } {
  const problems: SettingsProblem[] = [];
  const given = withFiles(env, problems, ["DATABASE_URL"]);
  const parsed = schema.shape.DATABASE_URL.safeParse(given["DATABASE_URL"]);
  if (problems.length === 0 && parsed.success) return { ok: true, address: parsed.data };
  return { ok: false, problems: problems.length > 0 ? problems : [{ kind: "malformed", variable: "DATABASE_URL" }] };
}

/** The variables that are set, those of `NAME_FILE` read from their files. */
function withFiles(
  env: Environment,
  problems: SettingsProblem[],
  fromFiles: readonly (typeof secretVariables)[number][] = secretVariables,
): Environment {
  const given: Record<string, string | undefined> = {};
  for (const variable of Object.keys(schema.shape)) given[variable] = env[variable] || undefined;
  for (const variable of fromFiles) {
    const path = env[`${variable}_FILE`];
    if (!path) continue;
    if (given[variable]) problems.push({ kind: "given-twice", variable });
    try {
      given[variable] = readFileSync(path, "utf8").trim();
    } catch (error) {
      problems.push({
        kind: "file-unreadable",
        variable,
        path,
        why: (error as NodeJS.ErrnoException).code ?? "unknown",
      });
    }
  }
  return given;
}

/** Whether every request would expire before it is escalated. */
function isLate(given: Environment): boolean {
  const afterMs = schema.shape.ESCALATE_AFTER.safeParse(given["ESCALATE_AFTER"]).data;
  const ttlMs = schema.shape.REQUEST_TTL.safeParse(given["REQUEST_TTL"]).data;
  return afterMs !== undefined && ttlMs !== undefined && afterMs >= ttlMs;
}

/**
 * A base URL and nothing more. Plain HTTP is for stand-ins on this machine; WeChat Pay speaks HTTPS only.
 */
function isEndpoint(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !/^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/.test(url.hostname)) return false;
  if (url.username || url.password || url.search || url.hash) return false;
  const { protocol, hostname } = url;
  return protocol === "https:" || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * unitMs[text.slice(-1) as keyof typeof unitMs];
}
