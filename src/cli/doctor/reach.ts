/** Runs checks that need Slack or WeChat Pay, or reports why they are skipped. */
import type { Settings } from "../../settings.ts";
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
