/** Connects the bot to the real networks and its database; the only file that imports all parts. */
import type { Logger } from "pino";
import { assembleBot } from "./bot.ts";
import { connectWeChatPay } from "./connections/wechatpay.ts";
import { type Clock, type Random, settledWithin } from "./domain/clock.ts";
import { silentMetrics } from "./domain/telemetry/metrics.ts";
import { createTimekeeper } from "./jobs/maintenance.ts";
import { adoptLedgerKey } from "./ledger/audit/keys/ledger-key.ts";
import { createInstances } from "./ledger/instances/instances.ts";
import { readFigures } from "./ledger/queries/figures.ts";
import type { MetricsRegistry } from "./metrics/metrics.ts";
import { openLedger } from "./open-ledger.ts";
import type { startOpsServer } from "./ops-server.ts";
import { createOutage } from "./outage-log.ts";
import { callLimitMs } from "./settings/wechatpay-options.ts";
import { type Environment, escalationOf, type Settings } from "./settings.ts";
import { slackProblem, watched } from "./slack/api/availability.ts";
import { counted as countedSlack, slackErrors, slackMethods } from "./slack/api/call-metrics.ts";
import { connect } from "./slack/api/connection.ts";
import { checkEscalationGroup } from "./slack/api/escalation-group.ts";
import { connectionFailure } from "./slack/api/outbound.ts";
import type { Greeting } from "./slack/api/socket/socket-hello.ts";
import { isConnected } from "./slack/api/socket/socket-mode.ts";
import { createSlackHealth } from "./slack/api/token/refused-calls.ts";
import type { SlackApi } from "./slack/api/web-api.ts";
import { interactionNames } from "./slack/interaction-names.ts";
import { listen } from "./slack/listeners.ts";
import { createPresence, createStartChecks } from "./start-checks.ts";
import { logStart, ownVersion } from "./start-log.ts";
import { writeProbe } from "./storage/write-probe.ts";
import { textsOf } from "./text/texts.ts";
import { findTracing } from "./tracing/find-sdk.ts";
import { counted as countedWeChatPay } from "./wechatpay/call-metrics.ts";

/** How long a stop waits for answers to people, in milliseconds: one try. Calls to WeChat Pay need the rest of it. */
const answersWithinMs = 2_500;

export interface AppNeeds {
  settings: Settings;
  /** Where the settings come from, to be read again when a key changes. */
  env: Environment;
  log: Logger;
  /** Lines that the log's destination did not accept. */
  linesLost(): number;
  clock: Clock;
  random: Random;
}

export interface RunningApp {
  /**
   * Resolves once payloads can arrive. Rejects if Slack refuses a token, the ledger belongs to another deployment, or a
   * port is in use, but not while Slack is only unavailable.
   */
  listening: Promise<void>;
  /** Reads the WeChat Pay keys again, and uses them if they are valid. */
  reloadKeys(): void;
  /** Stops accepting work, waits for work in progress, and closes everything. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts the bot between the real networks. @throws if the database cannot be opened. */
export async function startApp({ settings, env, log, linesLost, clock, random }: AppNeeds): Promise<RunningApp> {
  const watch = settings.OPS_PORT === undefined ? undefined : await openMetrics(settings);
  const metrics = watch?.metrics ?? silentMetrics;
  const { store, ledgerClock, database } = await openLedger(settings.DATABASE_URL, { clock, log, metrics });
  await adoptLedgerKey(store, settings.LEDGER_KEY);
  const health = createSlackHealth({ clock, log: log.child({ part: "slack" }) });
  const hello = ({ connections, app }: Greeting) => {
    checks.compare(app);
    void presence.hello(connections);
  };
  const arrived = (app: string) => checks.compare(app);
  const connection = connect(settings, log.child({ part: "bolt" }), { clock, hello, arrived, metrics });
  const interactive = countedSlack(connection.interactive, { metrics, clock });
  const isBack = () => interactive("auth.test", {});
  const slack = createOutage({ name: "Slack", describe: connectionFailure, isBack, clock, log });
  const weChatPay = connectWeChatPay({ settings, env, store, clock, ledgerClock, random, log });
  const texts = textsOf(settings.LOCALE);
  const seen = (api: SlackApi) => health.watching(watched(api, slack));
  const bot = assembleBot({
    settings,
    store,
    interactive: seen(interactive),
    posting: seen(countedSlack(connection.posting, { metrics, clock })),
    uploading: seen(countedSlack(connection.uploading, { metrics, clock })),
    download: connection.download,
    calls: countedWeChatPay(weChatPay.client, { metrics, clock }),
    callLimitMs,
    clock: ledgerClock,
    random,
    metrics,
    trace: await findTracing(ownVersion()),
    log,
  });
  const listener = listen(connection.app, bot.handlers, {
    settings,
    slack: interactive,
    languages: bot.languages,
    clock,
    log: log.child({ part: "slack" }),
  });
  if (!(await bot.hasAdmin())) log.warn(texts.start.noAdmin);
  const timekeeper = createTimekeeper(ledgerClock, log);
  timekeeper.start();
  const { mode } = connection;
  const instances = createInstances({ store, clock: ledgerClock, id: bot.instance, mode });
  const presence = createPresence({ instances, clock: ledgerClock, log });
  const checks = createStartChecks({
    claimant: { store, clock: ledgerClock, instance: bot.instance },
    mchid: settings.WECHATPAY_MCHID,
    workspace: bot.workspace,
    slack: interactive,
    clock,
    log,
  });
  watch?.watch({
    version: ownVersion(),
    linesLost,
    slackRefusals: health.refusals,
    isSocketConnected: () => isConnected(connection.socketState()),
    certificateEndsInMs: weChatPay.certificateEndsInMs,
    ownCertificateEndsInMs: weChatPay.ownCertificateEndsInMs,
    read: () => readFigures(store.db),
    write: () => writeProbe(store, clock.now()),
    clock: ledgerClock,
    isBackedUpElsewhere: store.engine === "postgres",
  });
  let isStopping = false;
  const opsServer =
    settings.OPS_PORT !== undefined && watch
      ? watch.startServer({
          host: settings.OPS_HOST,
          port: settings.OPS_PORT,
          store,
          clock,
          deliveryProblem: () =>
            isStopping
              ? "the bot is stopping"
              : health.problem(slackProblem(slack, connection.socketState(), clock.now())),
          metrics: watch.page,
        })
      : undefined;

  logStart(log, settings, { store, instance: bot.instance, mode: connection.mode });

  async function startListening(): Promise<void> {
    await opsServer;
    // If two deployments start at the same time with an empty ledger, each has to see the other.
    await instances.seen();
    // On a ledger that belongs to another deployment, nothing may be recorded or carried out.
    await checks.passed().catch(async (error: unknown) => {
      await instances.left();
      throw error;
    });
    await weChatPay.load();
    bot.start();
    presence.start();
    weChatPay.start();
    await connection.start();
    log.info({ mode, ...(mode === "http" ? { port: settings.PORT } : {}) }, "listening");
  }

  /** Problems found only once Slack answers also end the bot: main.ts reports the rejection, which nobody awaits. */
  async function checkLater(): Promise<void> {
    void checks.settled();
    await checkEscalationGroup({ escalation: escalationOf(settings), workspace: bot.workspace, texts, log });
  }

  async function stop(): Promise<void> {
    isStopping = true;
    checks.stop();
    await connection.stop();
    await settledWithin(listener.settled(), answersWithinMs, clock);
    await bot.stop();
    // What is due has been shown, or Slack does not take it now.
    await connection.close();
    await Promise.all([weChatPay.stop(), timekeeper.stop(), slack.stop()]);
    // In the list as long as it may write, so that no command takes the ledger for unused.
    await presence.stop();
    await database.stop();
    await weChatPay.client.close();
    await (await opsServer)?.close();
    await store.close();
  }
  let stopped: Promise<void> | undefined;
  return {
    listening: startListening().then(checkLater),
    reloadKeys: weChatPay.reloadKeys,
    stop: () => (stopped ??= stop()),
  };
}

/** Loaded only if OPS_PORT is set. */
async function openMetrics(settings: Settings): Promise<MetricsRegistry & { startServer: typeof startOpsServer }> {
  const [{ createMetrics }, opsServer] = await Promise.all([import("./metrics/metrics.ts"), import("./ops-server.ts")]);
  const endpoints = settings.WECHATPAY_ENDPOINTS.map((url) => new URL(url).host);
  const registry = createMetrics({ interactions: interactionNames, endpoints, slackMethods, slackErrors });
  return { ...registry, startServer: opsServer.startOpsServer };
}
