/** One sample of every problem with the settings and with the database that can keep the bot from starting. */
import { keyProblems } from "../domain/key-problem.ts";
import type { DatabaseProblem } from "../domain/startup/database-problem.ts";
import { proxyProblems } from "../network/proxy.ts";
import type { SettingsProblem, Variable } from "../settings.ts";

const variables: Record<Variable, true> = {
  SLACK_BOT_TOKEN: true,
  SLACK_APP_TOKEN: true,
  SLACK_SIGNING_SECRET: true,
  PORT: true,
  SLACK_API_URL: true,
  WECHATPAY_MCHID: true,
  WECHATPAY_SERIAL_NO: true,
  WECHATPAY_PRIVATE_KEY: true,
  WECHATPAY_PUBLIC_KEY_ID: true,
  WECHATPAY_PUBLIC_KEY: true,
  WECHATPAY_ENDPOINTS: true,
  DATABASE_URL: true,
  SLACK_COMMAND: true,
  RECEIPT_ADMINS: true,
  RECEIPT_CHANNELS: true,
  APPROVAL_POLICY: true,
  APPROVERS_NEEDED: true,
  BULK_FROM: true,
  BULK_APPROVERS_NEEDED: true,
  BREAK_GLASS: true,
  REASON: true,
  WECHATPAY_RATE: true,
  REQUEST_TTL: true,
  STALE_AFTER: true,
  ESCALATE_AFTER: true,
  ESCALATE_TO: true,
  LOCALE: true,
  LOG_LEVEL: true,
  OPS_PORT: true,
  OPS_HOST: true,
  LEDGER_KEY: true,
};

export const databaseProblems: DatabaseProblem[] = [
  { kind: "address" },
  { kind: "no-folder", folder: "/srv/receipts" },
  { kind: "file", path: "/srv/receipts/receipts.db", why: "EACCES" },
  { kind: "no-tls" },
  { kind: "too-many-connections", why: "sorry, too many clients already" },
  { kind: "no-right", why: "CREATE on schema public" },
  { kind: "no-schema" },
  { kind: "encoding", encoding: "LATIN1" },
  { kind: "pooler", why: "unsupported startup parameter: options" },
  { kind: "newer", step: "0099-later" },
  { kind: "away", why: "connect ECONNREFUSED 127.0.0.1:5432" },
];

export const settingsProblems: SettingsProblem[] = [
  ...(Object.keys(variables) as Variable[]).map((variable) => ({ kind: "malformed" as const, variable })),
  ...keyProblems.map((problem) => ({ kind: "key" as const, variable: "WECHATPAY_PUBLIC_KEY" as const, problem })),
  { kind: "missing", variable: "PORT" },
  { kind: "no-mode" },
  { kind: "half-bulk" },
  { kind: "half-escalation" },
  { kind: "late-escalation" },
  { kind: "file-unreadable", variable: "WECHATPAY_PRIVATE_KEY", path: "/run/key.pem", why: "ENOENT" },
  { kind: "given-twice", variable: "WECHATPAY_PRIVATE_KEY" },
  { kind: "file-encoding", variable: "WECHATPAY_PRIVATE_KEY", path: "/run/key.pem" },
  { kind: "quoted", variable: "SLACK_BOT_TOKEN" },
  { kind: "spaces", variable: "SLACK_BOT_TOKEN" },
  { kind: "rotating-token", variable: "SLACK_BOT_TOKEN" },
  { kind: "password-encoding", variable: "DATABASE_URL" },
  { kind: "byte-order-mark", variable: "SLACK_BOT_TOKEN" },
  { kind: "env-file", path: ".env", why: "EACCES" },
  ...proxyProblems.map((problem) => ({ kind: "proxy" as const, variable: "HTTPS_PROXY" as const, problem })),
];
