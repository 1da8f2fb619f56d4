/** What can go wrong on the page's request: at WeChat Pay, at Slack, with the clocks, with the bot itself. */
import type { JsonObject } from "../slack/json.ts";
import type { LocalSlack } from "../slack/server.ts";
import type { Reply } from "../wechatpay/reply.ts";
import type { Scenario } from "../wechatpay/scenario.ts";
import { scenarios } from "../wechatpay/scenarios.ts";
import type { LocalWeChatPay } from "../wechatpay/server.ts";

/** The scenarios in which WeChat Pay's answer must not be believed; each can be told about any number. */
const lies = new Map(
  scenarios.filter(({ expect }) => expect.kind === "unverified").map((scenario) => [scenario.subMchid, scenario]),
);

const slowMs = 3_000;
const clockOffMs = 10 * 60_000;
/** What Slack asks a client to wait, in seconds. */
const rateLimitSeconds = 3;

export const slackTroubles = ["none", "rate-limited", "no-files", "silent"] as const;
type SlackTrouble = (typeof slackTroubles)[number];

export function createTrouble(slack: LocalSlack, weChatPay: LocalWeChatPay) {
  let atWeChatPay = "none";
  let atSlack: SlackTrouble = "none";
  const injected = { weChatPay: 0, clock: 0 };

  function replyFor(subMchid: string): Reply | undefined {
    if (atWeChatPay === "none") return undefined;
    injected.weChatPay += 1;
    if (atWeChatPay === "down") return { reset: "before" };
    const lie = lies.get(atWeChatPay);
    return lie && lieAbout(lie, subMchid);
  }

  return {
    state: (): JsonObject => ({
      weChatPay: atWeChatPay,
      slack: atSlack,
      clock: weChatPay.skewMs !== 0,
      lies: [...lies].map(([number, { title }]) => ({ number, title })),
    }),
    /** How often each kind of fault was injected. */
    injected: (): { weChatPay: number; clock: number; slack: number } => ({
      ...injected,
      slack: slack.log.filter(({ outcome }) => outcome.kind === "fault").length,
    }),
    /** To be called for each new exchange. */
    noteExchange(): void {
      if (weChatPay.skewMs !== 0) injected.clock += 1;
    },

    /** @param what `none`, `slow`, `down`, or the number of a lie. @throws Error for anything else */
    setWeChatPay(what: string): void {
      if (!["none", "slow", "down"].includes(what) && !lies.has(what)) throw new Error(`no trouble ${what}`);
      atWeChatPay = what;
      weChatPay.delayMs = what === "slow" ? slowMs : 0;
      weChatPay.trouble = ({ subMchid }) => replyFor(subMchid ?? "");
    },
    /** @throws Error for a trouble that Slack does not have */
    setSlack(what: string): void {
      const known = slackTroubles.find((one) => one === what);
      if (known === undefined) throw new Error(`no trouble ${what}`);
      slack.restore();
      atSlack = known;
      if (known === "rate-limited") slack.fail("*", { rateLimited: rateLimitSeconds });
      if (known === "silent") slack.fail("*", { hang: true });
      if (known === "no-files") slack.fail("files.getUploadURLExternal", { error: "file_uploads_disabled" });
    },
    /** Sets WeChat Pay's clock ten minutes ahead, so that the bot's is ten minutes behind. */
    setClock(isOff: boolean): void {
      weChatPay.skewMs = isOff ? clockOffMs : 0;
    },
  };
}

/** The same lie about another number. */
function lieAbout({ subMchid: own, replies }: Scenario, subMchid: string): Reply {
  const [reply] = replies;
  if (typeof reply !== "object" || !("status" in reply)) throw new Error(`${own} is not a lie`);
  const isAboutItself = typeof reply.body === "object" && "sub_mchid" in reply.body && reply.body.sub_mchid === own;
  return isAboutItself ? { ...reply, body: { sub_mchid: subMchid } } : reply;
}
