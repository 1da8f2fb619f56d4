/** Puts the parts together; the one place that knows them all. */
import type { Logger } from "pino";
import { listenForOps } from "./ops.ts";
import type { Chance, Clock } from "./receipt/clock.ts";
import { createExecutor } from "./receipt/executor.ts";
import { createLedger } from "./receipt/ledger.ts";
import { createRoles } from "./receipt/roles.ts";
import { createWorker } from "./receipt/worker.ts";
import type { Environment, Settings } from "./settings.ts";
import { listen } from "./slack/bot.ts";
import { connect } from "./slack/connection.ts";
import { createPeople } from "./slack/people.ts";
import { createReporter } from "./slack/reporter.ts";
import { createWorkspace, SlackAway } from "./slack/workspace.ts";
import { openStore } from "./storage/open.ts";
import { textsOf } from "./text/texts.ts";
import { createWeChatPayClient } from "./wechatpay/client.ts";

export interface AppNeeds {
  settings: Settings;
  log: Logger;
  clock: Clock;
  chance: Chance;
  /** For HTTPS_PROXY and NO_PROXY. */
  env: Environment;
}

export interface RunningApp {
  /**
   * Resolves once payloads can arrive. Rejects with SlackAway where Slack refuses the bot's token, with Slack's own
   * error where it refuses the app-level token, and where a port is taken; not while Slack is merely away.
   */
  listening: Promise<void>;
  /** Takes no more work, lets what runs end, and closes everything; safe to call twice. */
  stop(): Promise<void>;
}

/** Limits of one call to WeChat Pay, in milliseconds; a lease lasts longer than the whole. */
const connectLimitMs = 2_500;
const callLimitMs = 8_000;
/** How often to look for requests whose time has run out, and how many to end in one look. */
const expiryLookMs = 2_000;
const expiriesAtOnce = 100;

/** @throws where the database cannot be opened. */
export async function startApp({ settings, log, clock, chance, env }: AppNeeds): Promise<RunningApp> {
  const store = await openStore(settings.DATABASE_URL);
  const ledger = createLedger({ store, clock, chance });
  const roles = createRoles({ db: store.db, clock, admins: settings.RECEIPT_ADMINS });
  const texts = textsOf(settings.LOCALE);
  const connection = connect(settings, log.child({ part: "bolt" }), env);
  const workspace = createWorkspace({ client: connection.asking, clock });
  const weChatPay = createWeChatPayClient({
    mchid: settings.WECHATPAY_MCHID,
    serialNo: settings.WECHATPAY_SERIAL_NO,
    privateKey: settings.WECHATPAY_PRIVATE_KEY,
    publicKeyId: settings.WECHATPAY_PUBLIC_KEY_ID,
    verificationKeys: settings.WECHATPAY_PUBLIC_KEYS,
    endpoints: settings.WECHATPAY_ENDPOINTS,
    userAgent: `receipt-bot (Node.js ${process.version})`,
    connectTimeoutMs: connectLimitMs,
    totalTimeoutMs: callLimitMs,
    clock,
    env,
  });
  const reporter = createReporter({
    ledger,
    client: connection.posting,
    workspace,
    texts,
    clock,
    log: log.child({ part: "reporter" }),
    instance: chance.id(),
  });
  const executor = createExecutor({
    operations: ledger.operations,
    call: weChatPay.changeCustomPageStatus,
    callLimitMs,
    ratePerSecond: settings.WECHATPAY_RATE,
    clock,
    chance,
    log: log.child({ part: "executor" }),
    changed: reporter.wake,
  });
  const expiry = createWorker({
    name: "expiry",
    clock,
    log: log.child({ part: "expiry" }),
    concurrency: 1,
    gatherMs: 0,
    async look() {
      const ended = await ledger.requests.expireDue(expiriesAtOnce);
      if (ended > 0) reporter.wake();
      return ended === expiriesAtOnce ? 0 : expiryLookMs;
    },
  });
  listen(connection.app, {
    settings,
    ledger,
    roles,
    people: createPeople({ workspace, roles }),
    workspace,
    texts,
    clock,
    log: log.child({ part: "slack" }),
    changed: reporter.wake,
    approved: executor.wake,
  });

  const workers = [expiry, executor, reporter];
  for (const worker of workers) worker.start();
  const ops = settings.OPS_PORT ? listenForOps({ port: settings.OPS_PORT, store, clock }) : undefined;

  async function startListening(): Promise<void> {
    await ops;
    await connection.start();
    log.info({ mode: connection.mode, ...(connection.mode === "http" ? { port: settings.PORT } : {}) }, "listening");
  }

  /** A token that Slack refuses ends the bot at once; while Slack is away, what needs it asks again later. */
  async function checkToken(): Promise<void> {
    try {
      await workspace.identity();
    } catch (error) {
      if (!(error instanceof SlackAway) || error.refused !== undefined) throw error;
      log.warn({ err: error }, "Slack does not answer yet");
    }
  }

  async function stop(): Promise<void> {
    await connection.stop();
    await Promise.all(workers.map((worker) => worker.stop()));
    await weChatPay.close();
    await (await ops)?.close();
    await store.close();
  }
  let stopped: Promise<void> | undefined;
  return {
    listening: Promise.all([startListening(), checkToken()]).then(() => {}),
    stop: () => (stopped ??= stop()),
  };
}
