/** Every setting, its format and its default. */
import { createSecretKey } from "node:crypto";
import { z } from "zod";
import { approvalPolicies } from "../domain/four-eyes.ts";
import { goldPlanModes, payScenes } from "../domain/goldplan/objects.ts";
import type { KeyProblem } from "../domain/key-problem.ts";
import type { ApiV3KeyProblem } from "../domain/platform-certificates/apiv3-key-problem.ts";
import { ticketMax } from "../domain/tickets/tickets.ts";
import { dayMs } from "../domain/time/beijing-time.ts";
import { readDuration } from "../domain/time/duration.ts";
import { subMchidsMax } from "../parsing/number-list/sub-mchid.ts";
import { readApiV3Key } from "../wechatpay/certificates/apiv3-key.ts";
import { readPrivateKey, readSingleCertificate } from "../wechatpay/keys.ts";
import { type AddressProblem, isEndpoint, isSlackApi, readAddress } from "./addresses.ts";
import { foreignCharacter, type WritingMistake, writingMistake } from "./environment.ts";
import { readSignerAddress, signerTokenPattern } from "./signer.ts";
import { compileTicketPattern, isTicketUrl } from "./tickets.ts";

const locales = ["en", "zh-CN"] as const;
export type Locale = (typeof locales)[number];

/** The log shows none of these. */
export const secretVariables = [
  "SLACK_BOT_TOKEN",
  "SLACK_APP_TOKEN",
  "SLACK_SIGNING_SECRET",
  "WECHATPAY_PRIVATE_KEY",
  "WECHATPAY_SIGNER_TOKEN",
  "WECHATPAY_PUBLIC_KEY",
  "WECHATPAY_CERTIFICATE",
  "WECHATPAY_APIV3_KEY",
  "DATABASE_URL",
  "LEDGER_KEY",
] as const;
/** A file may hold these: secrets, and what is changed together with a key. */
export const fileVariables = [
  ...secretVariables,
  "WECHATPAY_SERIAL_NO",
  "WECHATPAY_SIGNER",
  "WECHATPAY_PUBLIC_KEY_ID",
] as const;

/** The problems that one setting can have. */
export type Mistake =
  /**
   * `password-encoding`: a password contains a character that ends an address early, such as `#`. `cut`: it ended
   * there.
   */
  | { kind: "missing" | WritingMistake | AddressProblem }
  /** A secret contains this one, which is often invisible: a zero-width space, or the ellipsis of an example. */
  | { kind: "foreign-character"; character: string }
  | { kind: "key"; problem: KeyProblem }
  /** `length`: of what was given, in characters. */
  | { kind: "apiv3-key"; problem: ApiV3KeyProblem; length: number };

/** A number as people write it; others, such as `0x10`, `1e3` and ` 3 `, are mistakes. */
const decimal = (pattern: RegExp) => z.string().regex(pattern).transform(Number);
const wholeNumber = (least: number, most: number) => decimal(/^\d{1,9}$/).pipe(z.number().min(least).max(most));

const port = wholeNumber(1, 65_535);
const ids = (pattern: RegExp) =>
  z
    .string()
    .transform((text) => text.split(/[\s,]+/).filter((id) => id !== ""))
    .pipe(z.array(z.string().regex(pattern)));

/** At most as many people as a message can name. */
const approvers = (least: number) => wholeNumber(least, 10);

/** A field whose value is parsed by `read`; a problem that `read` returns becomes the problem's kind. */
const field = <T>(read: (text: string) => { ok: true; value: T } | { ok: false; mistake: Mistake }) =>
  z.string().transform((text, context) => {
    const found = read(text);
    if (found.ok) return found.value;
    context.addIssue({ code: "custom", params: { mistake: found.mistake } });
    return z.NEVER;
  });

/** A secret that matches `pattern`, which allows ASCII characters only: most of these go into a header. */
const secret = (pattern: RegExp) =>
  field((text) => {
    if (pattern.test(text)) return { ok: true, value: text };
    const character = foreignCharacter(text);
    return {
      ok: false,
      mistake: character === undefined ? { kind: "malformed" } : { kind: "foreign-character", character },
    };
  });
const token = (prefix: string) => secret(new RegExp(`^${prefix}-[A-Za-z0-9-]+$`));
/** Slack does not document its characters. A token in its place is a mix-up. */
const signingSecret = secret(/^(?!xoxb-|xapp-)[\x21-\x7e]+$/);

/** Heartbeats are seconds apart, and a busy database may delay them; in milliseconds. */
const staleAfterMinMs = 60_000;

/** Minimum of RETAIN, so that recent requests are never pruned by mistake; in milliseconds. */
const retainMinMs = 30 * dayMs;

/** Longer than the idle timeout of any load balancer that operating.md names; in milliseconds. */
const keepAliveMaxMs = 3_600_000;

const duration = field((text) => {
  const value = readDuration(text, { units: ["s", "m", "h", "d"], digits: 6 });
  return value === undefined ? { ok: false, mistake: { kind: "malformed" } } : { ok: true, value };
});

const databaseAddress = field((text) => {
  const value = readAddress(text);
  return typeof value === "string" ? { ok: false, mistake: { kind: value } } : { ok: true, value };
});

const privateKey = field((pem) => {
  const read = readPrivateKey(pem);
  return read.ok ? { ok: true, value: read.key } : { ok: false, mistake: { kind: "key", problem: read.problem } };
});

const certificate = field((pem) => {
  const read = readSingleCertificate(pem);
  return read.ok
    ? { ok: true, value: read.certificate }
    : { ok: false, mistake: { kind: "key", problem: read.problem } };
});

const apiV3Key = field((text) => {
  const read = readApiV3Key(text);
  if (read.ok) return { ok: true, value: read.key };
  // A space or a quotation mark around the right key has a better name than its length.
  if (read.problem === "length" && writingMistake(text)) return { ok: false, mistake: { kind: "malformed" } };
  return { ok: false, mistake: { kind: "apiv3-key", problem: read.problem, length: text.length } };
});

const ticketPattern = field((text) => {
  const value = compileTicketPattern(text);
  return value === undefined ? { ok: false, mistake: { kind: "malformed" } } : { ok: true, value };
});

const signer = field((text) => {
  const value = readSignerAddress(text);
  return value === undefined ? { ok: false, mistake: { kind: "malformed" } } : { ok: true, value };
});

export const schema = z.object({
  SLACK_BOT_TOKEN: token("xoxb"),
  SLACK_APP_TOKEN: token("xapp").optional(),
  SLACK_SIGNING_SECRET: signingSecret.optional(),
  PORT: port.default(3000),
  HTTP_PATH: z
    .string()
    .regex(/^(\/[\w.~-]+)+$/)
    .refine((path) => URL.parse(path, "http://localhost")?.pathname === path)
    .default("/slack/events"),
  HTTP_KEEP_ALIVE: z
    .string()
    .default("75s")
    .pipe(duration)
    .refine((ms) => ms <= keepAliveMaxMs),
  SLACK_API_URL: z
    .url({ protocol: /^https?$/ })
    .refine(isSlackApi)
    .default("https://slack.com/api/")
    .transform((url) => (url.endsWith("/") ? url : `${url}/`)),
  WECHATPAY_MCHID: z.string().regex(/^[0-9]{1,32}$/),
  WECHATPAY_SERIAL_NO: z
    .string()
    .regex(/^[0-9A-Fa-f]{1,40}$/)
    .transform((serial) => serial.toUpperCase()),
  WECHATPAY_PRIVATE_KEY: privateKey.optional(),
  WECHATPAY_SIGNER: signer.optional(),
  WECHATPAY_SIGNER_TOKEN: secret(signerTokenPattern).optional(),
  WECHATPAY_PUBLIC_KEY_ID: z
    .string()
    .regex(/^PUB_KEY_ID_[0-9A-Za-z]+$/)
    .optional(),
  WECHATPAY_PUBLIC_KEY: z.string().optional(),
  WECHATPAY_APIV3_KEY: apiV3Key.optional(),
  WECHATPAY_CERTIFICATE: certificate.optional(),
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
  BULK_FROM: wholeNumber(2, subMchidsMax).optional(),
  BULK_APPROVERS_NEEDED: approvers(2).optional(),
  BREAK_GLASS: z.enum(["off", "on"]).default("off"),
  REASON: z.enum(["optional", "required"]).default("optional"),
  GOLDPLAN: z.enum(goldPlanModes).default("off"),
  GOLDPLAN_SCENE: z.enum(payScenes).default("JSAPI"),
  UNKNOWN_MERCHANTS: z.enum(["warn", "refuse"]).default("warn"),
  TICKET_PATTERN: ticketPattern.optional(),
  TICKET_EXAMPLE: z.string().max(ticketMax).optional(),
  TICKET_URL: z.string().max(120).refine(isTicketUrl).optional(),
  WECHATPAY_RATE: decimal(/^\d{1,6}(\.\d{1,3})?$/)
    .pipe(z.number().positive().max(100_000))
    .default(10),
  REQUEST_TTL: z.string().default("24h").pipe(duration),
  STALE_AFTER: z
    .string()
    .default("1h")
    .pipe(duration)
    .refine((ms) => ms >= staleAfterMinMs),
  RETAIN: duration.refine((ms) => ms >= retainMinMs).optional(),
  ESCALATE_AFTER: duration.optional(),
  ESCALATE_TO: z
    .string()
    .regex(/^S[A-Z0-9]+$/)
    .optional(),
  LOCALE: z.enum(locales).default("en"),
  PERSONAL_LOCALE: z.enum(["on", "off"]).default("on"),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
  OPS_PORT: port.optional(),
  OPS_HOST: z
    .string()
    .regex(/^[^\s/]+$/)
    .default("127.0.0.1"),
  LEDGER_KEY: z
    .string()
    .refine((key) => Buffer.byteLength(key) >= 32)
    .transform((key) => createSecretKey(Buffer.from(key)))
    .optional(),
});

/** The same where no signer is set. */
export const schemaWithKey = schema.required({ WECHATPAY_PRIVATE_KEY: true });

export type Variable = keyof z.infer<typeof schema>;
export const variables = Object.keys(schema.shape) as readonly Variable[];
