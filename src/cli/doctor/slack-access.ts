/**
 * Slack as the checks query it: with the bot's own client and connections, including the headers of Slack's answers.
 */
import { LogLevel, type Logger as SlackLogger } from "@slack/web-api";
import type { Clock } from "../../domain/clock.ts";
import type { Settings } from "../../settings.ts";
import { limited, openOutbound } from "../../slack/api/outbound.ts";
import { probeSocket, type SocketProbe } from "../../slack/api/socket/socket-probe.ts";
import type { SlackApi } from "../../slack/api/web-api.ts";
import { createSlackApi } from "../../slack/api/web-client.ts";
import { createWorkspace, type Workspace } from "../../slack/api/workspace.ts";

export interface SlackAccess {
  /** Calls with the bot's token. */
  slack: SlackApi;
  workspace: Workspace;
  /** `auth.test`, called once. Rejects if Slack does not answer or refuses the token. */
  identity(): Promise<unknown>;
  /** Calls methods that take no token. */
  withoutToken: SlackApi;
  /** Undefined without an app-level token. Opened once. */
  socket(): Promise<SocketProbe> | undefined;
  /** Whether anything answers at an address over HTTP, whatever it says. Rejects if nothing does. */
  reach(address: string): Promise<void>;
  /** How far this machine's clock is ahead of Slack's, in milliseconds; undefined before Slack has answered. */
  clockAheadMs(): number | undefined;
  close(): Promise<void>;
}

/** Nobody waits in Slack for a check. */
const timeoutMs = 10_000;

const silent: SlackLogger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

export function createSlackAccess(settings: Settings, clock: Clock): SlackAccess {
  const { SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_API_URL: slackApiUrl, proxy } = settings;
  const outbound = openOutbound(proxy);
  let aheadMs: number | undefined;
  /** Reads the time that Slack sends with each answer. */
  const fetch: typeof globalThis.fetch = async (...call) => {
    const response = await outbound.fetch(...call);
    const theirs = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(theirs)) aheadMs = clock.now() - theirs;
    return response;
  };
  const api = (token: string | undefined) => createSlackApi({ token, slackApiUrl, fetch, logger: silent, timeoutMs });
  const slack = api(SLACK_BOT_TOKEN);
  let identity: Promise<unknown> | undefined;
  const once: SlackApi = (method, args) => {
    if (method !== "auth.test") return slack(method, args);
    identity ??= slack(method, args);
    return identity;
  };
  let socket: Promise<SocketProbe> | undefined;
  return {
    slack: once,
    workspace: createWorkspace({ slack: once, clock }),
    identity: () => once("auth.test", {}),
    withoutToken: api(undefined),
    socket() {
      if (SLACK_APP_TOKEN !== undefined) socket ??= probeSocket({ slack: api(SLACK_APP_TOKEN), outbound });
      return socket;
    },
    async reach(address) {
      await limited(outbound.fetch, timeoutMs)(address, { method: "HEAD", redirect: "manual" });
    },
    clockAheadMs: () => aheadMs,
    close: () => outbound.close(),
  };
}
