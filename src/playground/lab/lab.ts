/** What the demo's page shows beside the local Slack, read from the ledger and observed at the two servers. */
import { type Playground, type PlaygroundOptions, startPlayground } from "../playground.ts";
import { createWeChatPayIdentity } from "../wechatpay/identity.ts";
import { type Recorder, recordExchanges } from "./exchanges.ts";
import { openLedgerView } from "./ledger-view.ts";
import { rolesOf } from "./roles.ts";
import { wire } from "./wire.ts";

/** How often the ledger is asked whether the bot has committed something, in milliseconds. */
const lookEveryMs = 200;

export type ObservedPlayground = { playground: Playground; recorder: Recorder };

/** Starts a playground whose exchanges with WeChat Pay are recorded. */
export async function startObservedPlayground(options: PlaygroundOptions): Promise<ObservedPlayground> {
  const identity = options.identity ?? createWeChatPayIdentity();
  const now = (): number => Date.now();
  const recorder: Recorder = recordExchanges(identity, {
    weChatPayClock: now,
    botClock: now,
    stateOf: (subMchid) => playground.weChatPay.states.get(subMchid),
  });
  const playground: Playground = await startPlayground({
    ...options,
    identity,
    observe(exchange) {
      recorder.observe(exchange);
      playground.slack.state.changed();
    },
  });
  return { playground, recorder };
}

/**
 * Extends the page of a playground whose bot has a ledger on SQLite.
 * @param ready resolves once the bot has started
 */
export function openLab({ playground, recorder }: ObservedPlayground, ready: Promise<unknown>) {
  const { slack, environment } = playground;
  const ledger = openLedgerView(environment["DATABASE_URL"] ?? "", ready);
  const admins = environment["RECEIPT_ADMINS"] ?? "";
  slack.extendPage({
    roles: () => rolesOf(ledger, slack.state, admins, slack.state.clock.now()),
    panes: ["wire"],
    read: {
      wire(query) {
        const { channel, ts } = Object.fromEntries(query);
        const message = channel === undefined || ts === undefined ? undefined : { channel, ts };
        return wire({ recorder, ledger }, message);
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
