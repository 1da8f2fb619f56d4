/** The bot without its networks and its database, so that a simulation can run a complete bot. */
import type { Logger } from "pino";
import type { ApprovalRule } from "./domain/approval.ts";
import type { StepCalls } from "./domain/attempt-result.ts";
import type { Clock, Random } from "./domain/clock.ts";
import type { Metrics } from "./domain/telemetry/metrics.ts";
import type { RecordStep } from "./domain/telemetry/tracing.ts";
import { createExecutor } from "./jobs/executor.ts";
import { createMaintenance, logAnchor } from "./jobs/maintenance.ts";
import { createReminderJob } from "./jobs/reminders.ts";
import { createRetention } from "./jobs/retention.ts";
import { createDrafts } from "./ledger/drafts.ts";
import { createLedger } from "./ledger/ledger.ts";
import { createNotificationPreferences } from "./ledger/notification-preferences.ts";
import { createRoles } from "./ledger/roles.ts";
import { createUseCases } from "./ledger/use-cases.ts";
import { escalationOf, type Settings } from "./settings.ts";
import type { Download } from "./slack/api/files/download.ts";
import { createPeople, unlessAway } from "./slack/api/people.ts";
import { createLanguages, type Languages } from "./slack/api/users/languages.ts";
import type { SlackApi } from "./slack/api/web-api.ts";
import { createWorkspace, type Workspace } from "./slack/api/workspace.ts";
import type { SlackContext } from "./slack/context.ts";
import { createHandlers, type Handlers } from "./slack/dispatch.ts";
import { createAuditExporter } from "./slack/reporter/audit-upload.ts";
import { createReporter } from "./slack/reporter/reporter.ts";
import type { Store } from "./storage/schema.ts";
import { operatorAdvice } from "./text/operator-advice.ts";

/** What a bot needs from its surroundings. */
export interface BotNeeds {
  settings: SlackContext["settings"] &
    ApprovalSettings &
    Pick<
      Settings,
      | "RECEIPT_ADMINS"
      | "LOCALE"
      | "PERSONAL_LOCALE"
      | "WECHATPAY_MCHID"
      | "WECHATPAY_RATE"
      | "REQUEST_TTL"
      | "STALE_AFTER"
      | "GOLDPLAN_SCENE"
      | "RETAIN"
      | "ESCALATE_AFTER"
      | "ESCALATE_TO"
    >;
  store: Store;
  /** Slack, for calls that someone waits for. */
  interactive: SlackApi;
  /** Slack, for posting. */
  posting: SlackApi;
  /** Slack, for sending files. */
  uploading: SlackApi;
  /** Files that people upload in a form. */
  download: Download;
  /** WeChat Pay; a call takes at most `callLimitMs`. */
  calls: StepCalls;
  callLimitMs: number;
  clock: Clock;
  random: Random;
  metrics: Metrics;
  trace?: RecordStep | undefined;
  log: Logger;
}

export interface Bot {
  handlers: Handlers;
  /** Whether anybody can grant roles. */
  hasAdmin(): Promise<boolean>;
  workspace: Workspace;
  languages: Languages;
  /** The name of this instance in the ledger. */
  instance: string;
  /** Starts to execute, report, remind, expire and seal. */
  start(): void;
  /** Stops accepting work, waits for work in progress, and posts the updates that are due. */
  stop(): Promise<void>;
}

/** Connects the parts; nothing runs before `start`. */
export function assembleBot(needs: BotNeeds): Bot {
  const {
    settings,
    store,
    interactive,
    posting,
    uploading,
    download,
    calls,
    callLimitMs,
    clock,
    random,
    metrics,
    trace,
    log,
  } = needs;
  const instance = random.id();
  const ledger = createLedger({ store, clock, random, mchid: settings.WECHATPAY_MCHID, instance, metrics });
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
  const escalation = escalationOf(settings);
  const preferences = createNotificationPreferences({ db: store.db, clock });
  const workspace = createWorkspace({ slack: interactive, clock });
  const people = createPeople({ workspace, roles });
  const languages = createLanguages({ settings, workspace, clock });
  const reporter = createReporter({
    ledger,
    slack: posting,
    uploading,
    workspace,
    people,
    languages,
    ticketUrl: settings.tickets.url,
    clock,
    log: log.child({ part: "reporter" }),
    breakGlass: settings.BREAK_GLASS,
    goldplan: settings.GOLDPLAN,
    escalation,
    command: settings.SLACK_COMMAND,
    instance,
    trace,
  });
  const executor = createExecutor({
    operations: ledger.operations,
    holding: ledger.holding,
    staleAfterMs: settings.STALE_AFTER,
    heldForMs: settings.REQUEST_TTL,
    calls,
    callLimitMs,
    ratePerSecond: settings.WECHATPAY_RATE,
    clock,
    random,
    log: log.child({ part: "executor" }),
    changed: reporter.wake,
    explain: (failure) => operatorAdvice(failure, languages.channel),
    metrics,
    trace,
  });
  const { expiry, grantEnds, sealer, directories, anchor } = createMaintenance({
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
  const retention =
    settings.RETAIN === undefined ? [] : [createRetention({ ledger, retainMs: settings.RETAIN, clock, log })];
  const exporter = createAuditExporter({
    trail: ledger.trail,
    slack: uploading,
    command: settings.SLACK_COMMAND,
    clock,
    log: log.child({ part: "exporter" }),
  });
  const parts = {
    settings,
    ledger,
    roles,
    people,
    preferences,
    escalation,
    workspace,
    exporter,
    languages,
    metrics,
    clock,
  };
  const terms = { approvalRule: approvalRuleOf(settings), ttlMs: settings.REQUEST_TTL, scene: settings.GOLDPLAN_SCENE };
  const useCases = createUseCases({ ...parts, ...terms, trace, changed: reporter.wake, approved: executor.wake });
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
    languages,
    hasAdmin: async () => (await roles.holders("admin")).length > 0,
    instance,
    start() {
      for (const worker of [
        expiry,
        grantEnds,
        reminders,
        executor,
        reporter,
        sealer,
        directories,
        anchor,
        ...retention,
      ])
        worker.start();
    },
    async stop() {
      // A file under way may take longer than a stop may.
      const exported = exporter.stop();
      const workers = Promise.all(
        [expiry, grantEnds, reminders, executor, ...retention].map((worker) => worker.stop()),
      );
      // Slack does not show yet what they did last.
      await workers.then(reporter.stop);
      await Promise.all([sealer.stop(), directories.stop(), anchor.stop()]);
      await logAnchor(ledger, log).catch((error: unknown) => log.warn({ err: error }, "the newest hash is unknown"));
      await exported;
    },
  };
}

export type ApprovalSettings = Pick<Settings, "APPROVERS_NEEDED" | "BULK_FROM" | "BULK_APPROVERS_NEEDED">;

/** How many approvals a request needs. */
function approvalRuleOf(settings: ApprovalSettings): ApprovalRule {
  const { APPROVERS_NEEDED: needed, BULK_FROM: from, BULK_APPROVERS_NEEDED: neededForBulk } = settings;
  return { needed, bulk: from && neededForBulk ? { from, needed: neededForBulk } : undefined };
}
