/** The connection to Slack in both directions: Bolt over HTTP or Socket Mode, and the clients that call Slack. */
import type { Receiver } from "@slack/bolt";
import type { Logger } from "pino";
import type { Clock } from "../../domain/clock.ts";
import type { Metrics } from "../../domain/telemetry/metrics.ts";
import { slackLogger } from "../../log.ts";
import type { Settings } from "../../settings.ts";
import { App } from "./bolt.ts";
import { acknowledging } from "./fallback-ack.ts";
import { createDownload, type Download } from "./files/download.ts";
import { withUploads } from "./files/upload.ts";
import { createHttpMode } from "./http/http-mode.ts";
import { limited, openOutbound } from "./outbound.ts";
import { type Greeting, onHello } from "./socket/socket-hello.ts";
import { createSocketMode, type SocketState } from "./socket/socket-mode.ts";
import type { SlackApi } from "./web-api.ts";
import { bySlack, createSlackApi, onceOptions } from "./web-client.ts";

export interface Connection {
  app: App;
  /** For calls that someone waits for: succeeds or fails within the time limit of a command. */
  interactive: SlackApi;
  /** For posting: neither retries nor waits, because the ledger schedules retries. */
  posting: SlackApi;
  /** For files, which take longer; also without retries or waits. */
  uploading: SlackApi;
  /** For files that people upload: succeeds or fails within the time limit of a command. */
  download: Download;
  mode: "socket" | "http";
  /** The Socket Mode connection; undefined in HTTP mode. */
  socketState(): SocketState | undefined;
  start(): Promise<void>;
  /** Stops accepting payloads; calls to Slack still work. */
  stop(): Promise<void>;
  /** Closes every connection to Slack; calls in progress fail. */
  close(): Promise<void>;
}

const askingTimeoutMs = 2_000;
const postingTimeoutMs = 8_000;
const uploadingTimeoutMs = 120_000;

export interface ConnectionWatch {
  /** This machine's clock. */
  clock: Clock;
  /** Called whenever a Socket Mode connection opens. */
  hello(greeting: Greeting): void;
  /** Called with the app for which a payload is, `A…`, if the payload names it. */
  arrived?(app: string): void;
  metrics: Pick<Metrics, "acknowledged" | "futureRequestRefused" | "unverifiedRequestRefused">;
}

/** Socket Mode if there is an app-level token; otherwise HTTP requests on PORT at HTTP_PATH. */
export function connect(settings: Settings, log: Logger, watch: ConnectionWatch): Connection {
  const { SLACK_BOT_TOKEN: token, SLACK_API_URL: slackApiUrl, SLACK_APP_TOKEN: appToken } = settings;
  const logger = slackLogger(log);
  const outbound = openOutbound(settings.proxy);
  const { fetch } = outbound;
  const client = (timeoutMs: number) => createSlackApi({ token, slackApiUrl, logger, fetch, timeoutMs });

  const socketMode = appToken
    ? createSocketMode({
        appToken,
        clientOptions: { slackApiUrl, fetch: bySlack(fetch) },
        outbound,
        log,
        slackLog: logger,
      })
    : undefined;
  if (socketMode) onHello(socketMode.receiver, watch.hello);
  const receiver: Receiver = socketMode
    ? {
        init: (app) => socketMode.receiver.init(app),
        start: () => socketMode.start(),
        stop: () => socketMode.stop(),
      }
    : createHttpMode(settings, logger, { ...watch, log });

  const app = new App({
    receiver: acknowledging(receiver, { ...watch, log }),
    // Bolt would query the bot's identity before the first payload, and never again if that failed.
    authorize: async () => ({ botToken: token }),
    // Bolt answers at a response URL by this fetch, without a limit of its own.
    clientOptions: onceOptions({ slackApiUrl, logger, fetch: limited(fetch, askingTimeoutMs) }),
    logger,
    convoStore: false,
    ignoreSelf: false,
  });
  let started: Promise<unknown> | undefined;
  return {
    app,
    interactive: client(askingTimeoutMs),
    posting: client(postingTimeoutMs),
    uploading: withUploads(client(uploadingTimeoutMs), limited(fetch, uploadingTimeoutMs)),
    download: createDownload({ token, slackApiUrl, fetch, timeoutMs: askingTimeoutMs }),
    mode: appToken ? "socket" : "http",
    socketState: () => socketMode?.state(),
    async start() {
      started = app.start();
      await started;
    },
    async stop() {
      // The HTTP server must not start listening after this, and can stop only after it has started.
      if (!socketMode) await started?.catch(() => {});
      if (started) await app.stop();
    },
    close: () => outbound.close(),
  };
}
