/** Every check, in the order in which they run; checks that others depend on come first. */
import type { Check } from "./check.ts";
import { databaseChecks } from "./database-checks.ts";
import { machineChecks } from "./machine-checks.ts";
import { slackChecks } from "./slack-checks.ts";
import { slackMessageCheck } from "./slack-message-check.ts";
import { weChatPayChecks } from "./wechatpay-checks.ts";

export const checks: readonly Check[] = [
  ...machineChecks,
  ...databaseChecks,
  ...slackChecks,
  slackMessageCheck,
  ...weChatPayChecks,
];
