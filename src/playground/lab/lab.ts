/** What the demo's page shows beside the local Slack, read from the ledger and observed at the two servers. */
import { type Playground, type PlaygroundOptions, startPlayground } from "../playground.ts";
import { stringIn } from "../slack/json.ts";
import { createWeChatPayIdentity } from "../wechatpay/identity.ts";
import { proveAudit } from "./audit-proof.ts";
import { evidence, underWay } from "./evidence.ts";
import { type Recorder, recordExchanges } from "./exchanges.ts";
import { judge } from "./judgement.ts";
import { openLedgerView } from "./ledger-view.ts";
import { rolesOf } from "./roles.ts";
import type { SupervisedBot } from "./supervised-bot.ts";
import { createTrouble } from "./trouble.ts";
import { wire } from "./wire.ts";

/** How often the ledger is asked whether the bot has committed something, in milliseconds. */
const lookEveryMs = 200;
const dayMs = 24 * 3_600_000;

export type ObservedPlayground = {
  playground: Playground;
  recorder: Recorder;
  trouble: ReturnType<typeof createTrouble>;
};

/** Starts a playground whose exchanges with WeChat Pay are recorded, and which can get into trouble. */
export async function startObservedPlayground(options: PlaygroundOptions): Promise<ObservedPlayground> {
  const identity = options.identity ?? createWeChatPayIdentity();
  const now = (): number => Date.now();
  const recorder: Recorder = recordExchanges(identity, {
    weChatPayClock: () => now() + playground.weChatPay.skewMs,
    botClock: now,
    switchesOf: (subMchid) => playground.weChatPay.switchesOf(subMchid),
  });
  const playground: Playground = await startPlayground({
    ...options,
    identity,
    observe(exchange) {
      if (recorder.observe(exchange) === "new") trouble.noteExchange();
      playground.slack.state.changed();
    },
  });
  const trouble = createTrouble(playground.slack, playground.weChatPay);
  return { playground, recorder, trouble };
}

/** Extends the page of a playground whose bot has a ledger on SQLite. */
export function openLab({ playground, recorder, trouble }: ObservedPlayground, bot: SupervisedBot) {
  const { slack, environment } = playground;
  const ledger = openLedgerView(environment["DATABASE_URL"] ?? "", bot.until('"listening"'));
  const admins = environment["RECEIPT_ADMINS"] ?? "";
  slack.extendPage({
    roles: () => rolesOf(ledger, slack.state, admins, slack.state.clock.now()),
    panes: ["wire", "mishaps", "tour"],
    read: {
      wire(query) {
        const { channel, ts } = Object.fromEntries(query);
        const message = channel === undefined || ts === undefined ? undefined : { channel, ts };
        return wire({ recorder, ledger }, message);
      },
      mishaps: () => ({
        ...trouble.state(),
        bot: bot.state(),
        injected: { ...trouble.injected(), kills: bot.kills() },
        underWay: underWay(ledger),
        ...judge(evidence(playground, ledger)),
      }),
    },
    act: {
      mishaps(wanted) {
        const [weChatPay, atSlack, clock] = [stringIn(wanted, "weChatPay"), stringIn(wanted, "slack"), wanted["clock"]];
        if (weChatPay !== undefined) trouble.setWeChatPay(weChatPay);
        if (atSlack !== undefined) trouble.setSlack(atSlack);
        if (typeof clock === "boolean") trouble.setClock(clock);
        if (wanted["skipDay"] === true) playground.weChatPay.letClosingsAge(dayMs);
        slack.state.changed();
        return null;
      },
      audit: async () => ({ ...(await proveAudit(ledger, bot.environment)) }),
      async bot(wanted) {
        const isStart = stringIn(wanted, "do") === "start";
        const done = isStart ? bot.start() : bot.kill();
        slack.state.changed();
        await done;
        slack.state.changed();
        return null;
      },
    },
  });

  let seen = 0;
  const looking = setInterval(() => {
    const version = ledger.version();
    if (version !== seen) slack.state.changed();
    seen = version;
  }, lookEveryMs);
  looking.unref();

  return {
    close(): void {
      clearInterval(looking);
      ledger.close();
    },
  };
}
