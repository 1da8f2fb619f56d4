/** The way from and to Slack: Bolt over HTTP or Socket Mode, and the clients that ask and post. */
import { App, HTTPReceiver, type Receiver, SocketModeReceiver } from "@slack/bolt";
import { WebClient, type WebClientOptions } from "@slack/web-api";
import type { Logger } from "pino";
import { EnvHttpProxyAgent, fetch as undiciFetch } from "undici";
import { slackLogger } from "../../log.ts";
import type { Environment, Settings } from "../../settings.ts";
import { acknowledging } from "./fallback-ack.ts";
import { createDownload, type Download } from "./file-download.ts";
import type { SlackApi } from "./web-api.ts";

export interface Connection {
  app: App;
  /** Answers or fails within the time of a command: for questions on whose answer somebody waits. */
  interactive: SlackApi;
  /** For posting: neither retries nor waits by itself, because the ledger does. */
  posting: SlackApi;
  /** For files, which take longer; neither retries nor waits either. */
  uploading: SlackApi;
  /** Files that people gave; answers or fails within the time of a command too. */
  download: Download;
  mode: "socket" | "http";
  start(): Promise<void>;
  stop(): Promise<void>;
}

const askingTimeoutMs = 2_000;
const postingTimeoutMs = 8_000;
const uploadingTimeoutMs = 120_000;

/** Socket Mode where there is an app-level token, else HTTP requests on PORT at /slack/events. */
export function connect(settings: Settings, log: Logger, env: Environment): Connection {
  const { SLACK_BOT_TOKEN: token, SLACK_API_URL: slackApiUrl, SLACK_APP_TOKEN: appToken } = settings;
  const logger = slackLogger(log);
  const proxied = proxyFetch(env);
  const common: WebClientOptions = { slackApiUrl, logger, ...proxied };
  const once = { ...common, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };

  const receiver = appToken
    ? new SocketModeReceiver({
        appToken,
        logger,
        installerOptions: { clientOptions: { ...common, ...untilItAnswers } },
      })
    : new HTTPReceiver({
        signingSecret: settings.SLACK_SIGNING_SECRET ?? "",
        endpoints: ["/slack/events"],
        port: settings.PORT,
        logger,
      });
  const app = new App({
    receiver: acknowledging(receiver as Receiver, log),
    // Bolt would ask Slack who the bot is before the first payload, and never again if that failed.
    authorize: async () => ({ botToken: token }),
    clientOptions: once,
    logger,
    convoStore: false,
    ignoreSelf: false,
  });
  let isStarted = false;
  let isStopped = false;
  return {
    app,
    interactive: apiOf(new WebClient(token, { ...once, timeout: askingTimeoutMs })),
    posting: apiOf(new WebClient(token, { ...once, timeout: postingTimeoutMs })),
    uploading: apiOf(new WebClient(token, { ...once, timeout: uploadingTimeoutMs })),
    download: createDownload({ token, slackApiUrl, fetch, timeoutMs: askingTimeoutMs, ...proxied }),
    mode: appToken ? "socket" : "http",
    async start() {
      await app.start();
      isStarted = true;
      // Told to end while it began: it may not go on listening.
      if (isStopped) await app.stop();
    },
    async stop() {
      isStopped = true;
      if (isStarted) await app.stop();
    },
  };
}

function apiOf(client: WebClient): SlackApi {
  return (method, args) => client.apiCall(method, args);
}

/** A connection that Slack ends is opened again however long Slack is away, asking ever more rarely up to a limit. */
const untilItAnswers: WebClientOptions = {
  retryConfig: { forever: true, factor: 1.5, minTimeout: 500, maxTimeout: 15_000 },
};

/** HTTPS_PROXY and NO_PROXY, which Node's own fetch does not look at. */
function proxyFetch(env: Environment): { fetch?: typeof fetch } {
  if (!(env["HTTPS_PROXY"] || env["https_proxy"])) return {};
  const dispatcher = new EnvHttpProxyAgent();
  return { fetch: ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher })) as typeof fetch };
}
