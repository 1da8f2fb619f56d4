/** A bot without workers, between a Slack that knows every user but one and a ledger, for tests of its handlers. */
import { pino } from "pino";
import { assembleBot, type Bot, type BotNeeds } from "../../src/bot.ts";
import { silentMetrics } from "../../src/domain/telemetry/metrics.ts";
import { noTickets } from "../../src/domain/tickets/tickets.ts";
import type { SlackApi } from "../../src/slack/api/web-api.ts";
import type { Handlers } from "../../src/slack/dispatch.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { stepCalls } from "../jobs/step-calls.ts";

export const member = "UANN";
export const stranger = "USTRANGER";

export interface Assembly extends Pick<BotNeeds, "store">, Partial<Pick<BotNeeds, "clock" | "log">> {
  locale?: "en" | "zh-CN";
  /** Receives every form that is opened, as JSON. */
  modals?: string[];
  /** Slack, for sending files. */
  uploading?: SlackApi;
}

export function handlersOn(assembly: Assembly): Handlers {
  return botOn(assembly).handlers;
}

export function botOn({
  store,
  clock = systemClock,
  locale = "en",
  modals = [],
  uploading,
  log = pino({ level: "silent" }),
}: Assembly): Bot {
  async function slack(method: string, args: Record<string, unknown>): Promise<unknown> {
    switch (method) {
      case "auth.test":
        return { team_id: "T1", url: "https://example.slack.com/" };
      case "users.info":
        if (args["user"] !== stranger) return { user: { id: args["user"], team_id: "T1" } };
        throw Object.assign(new Error("user_not_found"), {
          code: "slack_webapi_platform_error",
          data: { error: "user_not_found" },
        });
      case "conversations.info":
        return { channel: { is_member: true } };
      case "views.open":
        modals.push(JSON.stringify(args["view"]));
        return {};
      default:
        return {};
    }
  }
  return assembleBot({
    settings: {
      SLACK_COMMAND: "/receipt",
      RECEIPT_CHANNELS: [],
      REQUEST_TTL: 3_600_000,
      STALE_AFTER: 3_600_000,
      APPROVAL_POLICY: "four-eyes",
      APPROVERS_NEEDED: 1,
      BREAK_GLASS: "on",
      REASON: "optional",
      GOLDPLAN: "off",
      UNKNOWN_MERCHANTS: "warn",
      GOLDPLAN_SCENE: "JSAPI",
      RECEIPT_ADMINS: [member],
      LOCALE: locale,
      PERSONAL_LOCALE: "off",
      tickets: noTickets,
      WECHATPAY_MCHID: "1900000100",
      WECHATPAY_RATE: 10,
    },
    store,
    interactive: slack,
    posting: slack,
    uploading: uploading ?? slack,
    download: () => Promise.reject(new Error("nobody uploads a file here")),
    calls: stepCalls(() => Promise.reject(new Error("nothing is carried out here"))),
    callLimitMs: 8_000,
    clock,
    random: systemRandom,
    metrics: silentMetrics,
    log,
  });
}
