/** Checks before the bot starts to work: its token, and the ledger's owner. */
import type { Logger } from "pino";
import { atMostEvery, type Clock } from "./domain/clock.ts";
import { maintenanceTask } from "./jobs/maintenance.ts";
import type { Worker } from "./jobs/worker.ts";
import type { Instances } from "./ledger/instances/instances.ts";
import { type Claimant, checkOwner, claimOwnership, OwnedByAnother } from "./ledger/instances/ownership.ts";
import { findInstallation, OrganizationWide } from "./slack/api/token/installation.ts";
import type { SlackApi } from "./slack/api/web-api.ts";
import { SlackAway, type Workspace } from "./slack/api/workspace.ts";

export interface StartCheckNeeds {
  /** This instance, which is already in the ledger's list. */
  claimant: Claimant;
  mchid: string;
  workspace: Workspace;
  slack: SlackApi;
  clock: Clock;
  log: Logger;
}

/** How often to ask Slack again while it does not answer, in milliseconds. */
const askAgainMs = 5_000;

export interface StartChecks {
  /**
   * Resolves once no check has failed; while Slack does not answer, its checks do not fail.
   * @throws OwnedByAnother, OrganizationWide, and SlackAway if Slack refuses the token
   */
  passed(): Promise<void>;
  /** Compares the app for which Slack sends, as each connection and most payloads name it, with the bot token's. */
  compare(app: string | undefined): void;
  /** Rejects like `passed` if Slack answers only later; resolves once it has answered, or after `stop`. */
  settled(): Promise<void>;
  stop(): void;
}

export function createStartChecks({ claimant, mchid, workspace, slack, clock, log }: StartCheckNeeds): StartChecks {
  const stopping = new AbortController();
  let isSettled = false;
  const isTimeToLog = atMostEvery(warnEveryMs, clock);
  let sending: string | undefined;
  let installed: string | undefined;

  function compareApps(): void {
    if (sending === undefined || installed === undefined || sending === installed || !isTimeToLog()) return;
    log.warn(
      { sendingApp: sending, appOfBotToken: installed },
      "Slack sends to the bot for another Slack app than that of SLACK_BOT_TOKEN: forms do not open, and clicks on the bot's messages do not arrive. Copy SLACK_BOT_TOKEN and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET from one app",
    );
  }

  async function check(): Promise<void> {
    try {
      const installation = await findInstallation({ workspace, slack });
      const { url, botName } = await workspace.identity();
      installed = installation.app;
      compareApps();
      log.info({ workspace: url, bot: botName, ...installation }, "Slack accepts the bot's token");
      await claimOwnership(claimant, { ...installation, mchid });
      isSettled = true;
    } catch (error) {
      if (!(error instanceof SlackAway) || error.refused !== undefined) throw error;
      log.warn({ err: error }, "Slack does not answer yet");
    }
  }

  /** While the bot runs, only a problem that makes work impossible ends it. */
  function unlessPassing(error: unknown): void {
    if (error instanceof OwnedByAnother || error instanceof OrganizationWide || error instanceof SlackAway) throw error;
    log.warn({ err: error }, "the ledger's owner could not be checked yet");
  }

  return {
    async passed() {
      await checkOwner(claimant, { team: undefined, app: undefined, mchid });
      await check();
    },
    compare(app) {
      sending = app ?? sending;
      compareApps();
    },
    async settled() {
      while (!isSettled && !stopping.signal.aborted) {
        await clock.sleep(askAgainMs, stopping.signal);
        if (!stopping.signal.aborted) await check().catch(unlessPassing);
      }
    },
    stop: () => stopping.abort("stopped"),
  };
}

/**
 * How often an instance shows that it is alive, and how often it warns of another deployment's connections, in
 * milliseconds.
 */
const seenEveryMs = 10_000;
const warnEveryMs = 3_600_000;

export interface Presence extends Worker {
  /** Slack's count of the app's Socket Mode connections, at the moment when one opened. */
  hello(connections: number): Promise<void>;
}

/**
 * Keeps this instance in the ledger's list, and compares the list with Slack's count: Slack delivers each payload over
 * any one connection, so a second deployment of the app would receive half of them.
 */
export function createPresence(needs: { instances: Instances; clock: Clock; log: Logger }): Presence {
  const { instances, clock, log } = needs;
  let strangers: { connections: number; live: number; warnedAt: number } | undefined;

  function warn(connections: number, live: number): void {
    strangers = { connections, live, warnedAt: clock.monotonic() };
    log.warn(
      { connections, instances: live },
      "the Slack app has more Socket Mode connections than this ledger has instances: another deployment receives some of the commands and clicks. Give it an app and a database of its own",
    );
  }

  const worker = maintenanceTask("presence", clock, log, async () => {
    await instances.seen();
    if (strangers && clock.monotonic() - strangers.warnedAt >= warnEveryMs) warn(strangers.connections, strangers.live);
    return seenEveryMs;
  });

  return {
    ...worker,
    async hello(connections) {
      try {
        const live = await instances.count("socket");
        strangers = undefined;
        if (connections > live) warn(connections, live);
      } catch (error) {
        log.warn({ err: error }, "the number of instances connected to Slack could not be read from the ledger");
      }
    },
    async stop() {
      await worker.stop();
      await instances
        .left()
        .catch((error: unknown) =>
          log.warn({ err: error }, "this instance could not be removed from the ledger's list"),
        );
    },
  };
}
