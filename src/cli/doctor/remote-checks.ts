/** Runs checks that need Slack or WeChat Pay, and reports why they are skipped or get no answer. */
import type { CallResult } from "../../domain/attempt-result.ts";
import type { Settings } from "../../settings.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { type CheckResult, notNeeded, unseen } from "./check.ts";
import type { DoctorContext } from "./context.ts";
import type { SlackAccess } from "./slack-access.ts";
import type { WeChatPayAccess } from "./wechatpay-access.ts";

export function withSlack(
  context: DoctorContext,
  check: (slack: SlackAccess, settings: Settings) => Promise<CheckResult>,
): Promise<CheckResult> {
  return reach(context, context.slack, check);
}

export function withWeChatPay(
  context: DoctorContext,
  check: (weChatPay: WeChatPayAccess, settings: Settings) => Promise<CheckResult>,
): Promise<CheckResult> {
  return reach(context, context.weChatPay, check);
}

async function reach<Access>(
  { settings, isOffline, texts: { doctor } }: DoctorContext,
  access: Access | undefined,
  check: (access: Access, settings: Settings) => Promise<CheckResult>,
): Promise<CheckResult> {
  if (isOffline) return notNeeded(doctor.offline);
  return access && settings ? check(access, settings) : unseen(doctor.settingsFirst);
}

/** One sentence. @param server its name if the result has none */
export function whyUnreachable(
  { why, cause = {} }: Extract<CallResult, { kind: "unreachable" }>,
  server: string,
  { connection }: Texts,
): string {
  const { host = server, proxy, code, status, reason, at } = cause;
  const date = at === undefined ? undefined : dayOf(at);
  return connection[why]({ host, proxy, code, status, reason, date });
}

/** A day, in UTC. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
