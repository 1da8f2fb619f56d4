/** What the demo's page shows beside the local Slack, read from the ledger and observed at the two servers. */
import { type Playground, type PlaygroundOptions, startPlayground } from "../playground.ts";
import { type JsonObject, stringIn } from "../slack/json.ts";
import { createWeChatPayIdentity } from "../wechatpay/identity.ts";
import { proveAudit } from "./audit-proof.ts";
import { judgeNow, underWay } from "./evidence.ts";
import { type Recorder, recordExchanges } from "./exchanges.ts";
import type { LedgerView } from "./ledger/ledger-view.ts";
import { openLedgerView } from "./ledger/open-view.ts";
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

/** Extends the page of a playground. */
export function openLab({ playground, recorder, trouble }: ObservedPlayground, bot: SupervisedBot) {
  const { slack, environment } = playground;
  const ledger = openLedgerView(environment["DATABASE_URL"] ?? "", bot.ready);
  const admins = environment["RECEIPT_ADMINS"] ?? "";
  slack.extendPage({
    roles: () => rolesOf(ledger, slack.state, admins, slack.state.clock.now()),
    hasBot: () => bot.instances.some(({ state }) => state() === "running" || state() === "starting"),
    panes: ["wire", "mishaps", "tour"],
    read: {
      wire(query) {
        const { channel, ts } = Object.fromEntries(query);
        const message = channel === undefined || ts === undefined ? undefined : { channel, ts };
        return wire({ recorder, ledger }, message);
      },
      mishaps: async () => ({
        ...trouble.state(),
        instances: await instancesOf(bot, ledger),
        injected: { ...trouble.injected(), kills: bot.kills() },
        underWay: await underWay(ledger),
        ...(await judgeNow(playground, ledger)),
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
        const { instance } = wanted;
        const place = typeof instance === "number" ? instance : undefined;
        const done = stringIn(wanted, "do") === "start" ? bot.start(place) : bot.kill(place);
        slack.state.changed();
        await done;
        slack.state.changed();
        return null;
      },
    },
  });

  let seen = "";
  let isLooking = false;
  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    const version = await ledger.version().finally(() => {
      isLooking = false;
    });
    if (version !== seen) slack.state.changed();
    seen = version;
  }
  // A ledger that cannot be read now is read at the next look.
  const looking = setInterval(() => void look().catch(() => undefined), lookEveryMs);
  looking.unref();

  return {
    async close(): Promise<void> {
      clearInterval(looking);
      await ledger.close();
    },
  };
}

/** What each instance of the bot is doing, and how many sub-merchants it has carried out. */
async function instancesOf(bot: SupervisedBot, ledger: LedgerView): Promise<readonly JsonObject[]> {
  const rows = await ledger.rows(
    "select origin, count(*) as count from events where what = 'operation-succeeded' group by origin",
  );
  const counts = new Map(rows.map(({ origin, count }) => [origin, Number(count)]));
  return bot.instances.map(({ state, ids }) => ({
    state: state(),
    carriedOut: ids().reduce((sum, id) => sum + (counts.get(`instance ${id}`) ?? 0), 0),
  }));
}
