/** Puts the parts together; the one place that knows them all. */
import type { Logger } from "pino";
import type { ApprovalRule } from "./domain/approval.ts";
import type { ChangeCustomPageStatus } from "./domain/attempt-result.ts";
import type { Clock, Random } from "./domain/clock.ts";
import { createExecutor } from "./jobs/executor.ts";
import { createMaintenance, createTimekeeper, logAnchor } from "./jobs/maintenance.ts";
import { createReminderJob } from "./jobs/reminders.ts";
import { adoptLedgerKey } from "./ledger/audit/keys/ledger-key.ts";
import { createDrafts } from "./ledger/drafts.ts";
import { createInstances } from "./ledger/instances/instances.ts";
import { createLedger } from "./ledger/ledger.ts";
import { createNotificationPreferences } from "./ledger/notification-preferences.ts";
import { createRoles } from "./ledger/roles.ts";
import { createUseCases } from "./ledger/use-cases.ts";
import { openLedger } from "./open-ledger.ts";
import { startOpsServer } from "./ops-server.ts";
import { createOutage } from "./outage-log.ts";
import { escalationOf, type Settings } from "./settings.ts";
import { connect } from "./slack/api/connection.ts";
import { checkEscalationGroup } from "./slack/api/escalation-group.ts";
import type { Download } from "./slack/api/file-download.ts";
import { createPeople, unlessAway } from "./slack/api/people.ts";
import { createSlackHealth } from "./slack/api/token/health.ts";
import { slackProblem, watched } from "./slack/api/watched.ts";
import type { SlackApi } from "./slack/api/web-api.ts";
import { createWorkspace, type Workspace } from "./slack/api/workspace.ts";
import type { SlackContext } from "./slack/context.ts";
import { createHandlers, type Handlers } from "./slack/dispatch.ts";
import { listen } from "./slack/listeners.ts";
import { createAuditExporter } from "./slack/reporter/audit-exporter.ts";
import { createReporter } from "./slack/reporter/reporter.ts";
import { createPresence, createStartChecks } from "./start-checks.ts";
import { logStart } from "./start-log.ts";
import type { Store } from "./storage/schema.ts";
import { operatorAdvice } from "./text/operator-advice.ts";
import { textsOf } from "./text/texts.ts";
import { createWeChatPayClient } from "./wechatpay/client.ts";

export interface AppNeeds {
  settings: Settings;
  log: Logger;
  clock: Clock;
  random: Random;
}

export interface RunningApp {
  /**
   * Resolves once payloads can arrive. Rejects where Slack refuses a token, where the ledger belongs to another
   * deployment, and where a port is taken; not while Slack is merely away.
   */
  listening: Promise<void>;
  /** Takes no more work, lets what runs end, and closes everything; safe to call twice. */
  stop(): Promise<void>;
}

/** Limits of one call to WeChat Pay, in milliseconds; a lease lasts longer than the whole. */
const connectLimitMs = 2_500;
const callLimitMs = 8_000;
/** What the bot is made of beside its networks and its database, so that it can live in a simulation. */
export interface BotNeeds {
  settings: SlackContext["settings"] &
    ApprovalSettings &
    Pick<
      Settings,
      | "RECEIPT_ADMINS"
      | "LOCALE"
      | "WECHATPAY_MCHID"
      | "WECHATPAY_RATE"
      | "REQUEST_TTL"
      | "STALE_AFTER"
      | "ESCALATE_AFTER"
      | "ESCALATE_TO"
    >;
  store: Store;
  /** Slack, for questions on whose answer somebody waits. */
  interactive: SlackApi;
  /** Slack, for posting. */
  posting: SlackApi;
  /** Slack, for sending files. */
  uploading: SlackApi;
  /** Files that people give in a form. */
  download: Download;
  /** WeChat Pay; a call takes `callLimitMs` at the most. */
  call: ChangeCustomPageStatus;
  callLimitMs: number;
  clock: Clock;
  random: Random;
  log: Logger;
}

export interface Bot {
  handlers: Handlers;
  /** Whether anybody can grant roles. */
  hasAdmin(): Promise<boolean>;
  workspace: Workspace;
  /** This process among those that share the ledger. */
  instance: string;
  /** Begins to execute, to report, to draw attention to what waits, to end what runs out, and to seal the audit. */
  start(): void;
  /** Takes no more work, lets what runs end, and shows what is due. */
  stop(): Promise<void>;
}

/** Puts the bot together; nothing runs before `start`. */
export function assembleBot(needs: BotNeeds): Bot {
  const { settings, store, interactive, posting, uploading, download, call, callLimitMs, clock, random, log } = needs;
  const instance = random.id();
  const ledger = createLedger({ store, clock, random, mchid: settings.WECHATPAY_MCHID, instance });
  const roles = createRoles({
    db: store.db,
    clock,
    instance,
    admins: settings.RECEIPT_ADMINS,
    unbacked: ({ holder, role }) =>
      log.error(
        { holder: holder.id, role },
        "a grant does not match the audit trail and gives no role: run npm run audit",
      ),
  });
  const texts = textsOf(settings.LOCALE);
  const escalation = escalationOf(settings);
  const preferences = createNotificationPreferences({ db: store.db, clock });
  const workspace = createWorkspace({ slack: interactive, clock });
  const people = createPeople({ workspace, roles });
  const reporter = createReporter({
    ledger,
    slack: posting,
    workspace,
    people,
    texts,
    clock,
    log: log.child({ part: "reporter" }),
    breakGlass: settings.BREAK_GLASS,
    escalation,
    command: settings.SLACK_COMMAND,
    instance,
  });
  const executor = createExecutor({
    operations: ledger.operations,
    holding: ledger.holding,
    staleAfterMs: settings.STALE_AFTER,
    heldForMs: settings.REQUEST_TTL,
    call,
    callLimitMs,
    ratePerSecond: settings.WECHATPAY_RATE,
    clock,
    random,
    log: log.child({ part: "executor" }),
    changed: reporter.wake,
    explain: (failure) => operatorAdvice(failure, texts),
  });
  const { expiry, grantEnds, sealer, anchor } = createMaintenance({
    ledger,
    roles,
    clock,
    log,
    changed: reporter.wake,
  });
  const reminders = createReminderJob({
    ledger,
    approvers: () => unlessAway(() => people.membersWith("approver")),
    preferences,
    policy: settings.APPROVAL_POLICY,
    escalation,
    clock,
    log,
    changed: reporter.wake,
  });
  const exporter = createAuditExporter({
    trail: ledger.trail,
    slack: uploading,
    texts,
    command: settings.SLACK_COMMAND,
    clock,
    log: log.child({ part: "exporter" }),
  });
  const parts = { settings, ledger, roles, people, preferences, escalation, workspace, exporter, texts, clock };
  const terms = { approvalRule: approvalRuleOf(settings), ttlMs: settings.REQUEST_TTL };
  const useCases = createUseCases({ ...parts, ...terms, changed: reporter.wake, approved: executor.wake });
  const handlers = createHandlers({
    ...parts,
    useCases,
    drafts: createDrafts({ db: store.db, clock, random }),
    slack: interactive,
    download,
    log: log.child({ part: "slack" }),
  });
  return {
    handlers,
    workspace,
    hasAdmin: async () => (await roles.holders("admin")).length > 0,
    instance,
    start() {
      for (const worker of [expiry, grantEnds, reminders, executor, reporter, sealer, anchor]) worker.start();
    },
    async stop() {
      const workers = Promise.all([expiry, grantEnds, reminders, executor].map((worker) => worker.stop()));
      // What they did is still to be shown.
      await Promise.all([workers.then(reporter.stop), exporter.stop()]);
      await Promise.all([sealer.stop(), anchor.stop()]);
      await logAnchor(ledger, log).catch((error: unknown) => log.warn({ err: error }, "the newest hash is unknown"));
    },
  };
}

type ApprovalSettings = Pick<Settings, "APPROVERS_NEEDED" | "BULK_FROM" | "BULK_APPROVERS_NEEDED">;

/** How many have to approve a request. */
function approvalRuleOf(settings: ApprovalSettings): ApprovalRule {
  const { APPROVERS_NEEDED: needed, BULK_FROM: from, BULK_APPROVERS_NEEDED: neededForBulk } = settings;
  return { needed, bulk: from && neededForBulk ? { from, needed: neededForBulk } : undefined };
}

/** Starts the bot between the real networks. @throws where the database cannot be opened. */
export async function startApp({ settings, log, clock, random }: AppNeeds): Promise<RunningApp> {
  const { store, ledgerClock, database } = await openLedger(settings.DATABASE_URL, { clock, log });
  await adoptLedgerKey(store, settings.LEDGER_KEY);
  const health = createSlackHealth({ clock, log: log.child({ part: "slack" }) });
  const hello = (connections: number) => void presence.hello(connections);
  const { refusedFuture } = health;
  const connection = connect(settings, log.child({ part: "bolt" }), { clock, hello, refusedFuture });
  const slack = createOutage({ name: "Slack", isBack: () => connection.interactive("auth.test", {}), clock, log });
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
    proxy: settings.proxy,
  });
  const bot = assembleBot({
    settings,
    store,
    interactive: health.watching(watched(connection.interactive, slack)),
    posting: health.watching(watched(connection.posting, slack)),
    uploading: health.watching(watched(connection.uploading, slack)),
    download: connection.download,
    call: weChatPay.changeCustomPageStatus,
    callLimitMs,
    clock: ledgerClock,
    random,
    log,
  });
  const listener = listen(connection.app, bot.handlers, {
    settings,
    slack: connection.interactive,
    texts: textsOf(settings.LOCALE),
    clock,
    log: log.child({ part: "slack" }),
  });
  if (!(await bot.hasAdmin())) log.warn(textsOf(settings.LOCALE).start.noAdmin);
  const timekeeper = createTimekeeper(ledgerClock, log);
  timekeeper.start();
  const { mode } = connection;
  const instances = createInstances({ store, clock: ledgerClock, id: bot.instance, mode });
  const presence = createPresence({ instances, clock: ledgerClock, log });
  const checks = createStartChecks({
    store,
    mchid: settings.WECHATPAY_MCHID,
    workspace: bot.workspace,
    slack: connection.interactive,
    clock,
    log,
  });
  const opsServer = settings.OPS_PORT
    ? startOpsServer({
        host: settings.OPS_HOST,
        port: settings.OPS_PORT,
        store,
        clock,
        slackProblem: () => health.problem(slackProblem(slack, connection.socketState(), clock.now())),
        slackMetrics: health.metrics,
      })
    : undefined;

  logStart(log, settings, { store, instance: bot.instance, mode: connection.mode });

  async function startListening(): Promise<void> {
    await opsServer;
    // On a ledger that belongs to another deployment, nothing may be recorded or carried out.
    await checks.passed();
    bot.start();
    await instances.seen();
    presence.start();
    await connection.start();
    log.info({ mode, ...(mode === "http" ? { port: settings.PORT } : {}) }, "listening");
  }

  /** What is found only once Slack answers ends the bot too: main.ts explains the rejection that nobody awaits. */
  async function checkLater(): Promise<void> {
    void checks.settled();
    const [escalation, texts] = [escalationOf(settings), textsOf(settings.LOCALE)];
    await checkEscalationGroup({ escalation, workspace: bot.workspace, texts, log });
  }

  async function stop(): Promise<void> {
    checks.stop();
    await connection.stop();
    await presence.stop();
    await listener.settled();
    await bot.stop();
    // What is due has been shown, or Slack does not take it now.
    await connection.close();
    await Promise.all([timekeeper.stop(), database.stop(), slack.stop()]);
    await weChatPay.close();
    await (await opsServer)?.close();
    await store.close();
  }
  let stopped: Promise<void> | undefined;
  return {
    listening: startListening().then(checkLater),
    stop: () => (stopped ??= stop()),
  };
}
