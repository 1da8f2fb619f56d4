/** Keeps Socket Mode connected: it always reconnects, logs the reason for every failure, and limits the waits. */
import { setTimeout as delay } from "node:timers/promises";
import type { Logger as SlackLogger, WebClientOptions } from "@slack/web-api";
import type { Logger } from "pino";
import { SocketModeReceiver } from "../bolt.ts";
import { connectionFailure, type Outbound } from "../outbound.ts";
import { refusalOf, retryAfterMsOf } from "../web-api.ts";
import { acknowledgeUnread } from "./unread-messages.ts";

/** The state of the connection on which Slack sends. */
export type SocketState =
  | { kind: "connected" }
  /** @param since milliseconds since 1970 @param why one line, without secrets */
  | { kind: "disconnected"; since: number; why: string };

/** Undefined in HTTP mode, where there is no such connection. */
export function isConnected(state: SocketState | undefined): boolean | undefined {
  return state && state.kind === "connected";
}

export interface SocketMode {
  receiver: SocketModeReceiver;
  /** Resolves once Slack can send. Rejects only if Slack refuses the app-level token. */
  start(): Promise<void>;
  stop(): Promise<void>;
  state(): SocketState;
}

export interface SocketModeNeeds {
  appToken: string;
  clientOptions: Pick<WebClientOptions, "slackApiUrl" | "fetch">;
  outbound: Pick<Outbound, "socket" | "breakSockets">;
  log: Logger;
  slackLog: SlackLogger;
}

/** The first and the longest wait between two tries; waits double in between. */
const waitFirstMs = 500;
const waitMaxMs = 30_000;
/** Connections that end sooner than this count as consecutive failures. */
const shortLifeMs = 10_000;
/** For one call of apps.connections.open, and for Slack's greeting on the socket. */
const openTimeoutMs = 10_000;
const greetingTimeoutMs = 20_000;
/** How long a stop waits for acknowledgements, in milliseconds: as long as Slack does. */
const stopWithinMs = 3_000;

export function createSocketMode({ appToken, clientOptions, outbound, log, slackLog }: SocketModeNeeds): SocketMode {
  // Everything that the client logs about a connection is logged here again, with its reason.
  const quiet: SlackLogger = { ...slackLog, info: slackLog.debug, warn: slackLog.debug, error: slackLog.debug };
  const receiver = new SocketModeReceiver({
    appToken,
    logger: quiet,
    autoReconnectEnabled: false,
    dispatcher: outbound.socket,
    installerOptions: {
      clientOptions: {
        ...clientOptions,
        timeout: openTimeoutMs,
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
      },
    },
  });
  const { client } = receiver;
  acknowledgeUnread(client, log);
  const stopping = new AbortController();
  let state: SocketState = { kind: "disconnected", since: Date.now(), why: "not connected yet" };
  let lastError: unknown;
  let ended: Promise<void> = Promise.resolve();
  client.on("error", (error: unknown) => {
    lastError = error;
  });
  client.on("close", outbound.breakSockets);
  const acknowledgements = followAcknowledgements(client);

  /** Resolves once Slack has greeted us; rejects with the reason otherwise. */
  async function connect(): Promise<void> {
    lastError = undefined;
    const greeted = client.start().catch((error: unknown) => {
      // If the socket failed, the client has no reason here; it reported it earlier.
      throw error ?? lastError ?? new Error("the connection ended before Slack's greeting");
    });
    const decided = new AbortController();
    const late = delay(greetingTimeoutMs, false, { signal: AbortSignal.any([stopping.signal, decided.signal]) });
    const isGreeted = await Promise.race([greeted.then(() => true), late.catch(() => false)]).finally(() =>
      decided.abort(),
    );
    if (isGreeted) return;
    greeted.catch(() => {});
    await client.disconnect();
    throw new Error("Slack did not greet the connection in time");
  }

  /** Resolves once connected, or once stopped. */
  async function connectPatiently(isFirst: boolean): Promise<void> {
    for (let waitMs = waitFirstMs; !stopping.signal.aborted; waitMs = Math.min(waitMs * 2, waitMaxMs)) {
      try {
        await connect();
        if (state.kind === "disconnected" && !isFirst) log.info("connected to Slack again");
        state = { kind: "connected" };
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        const refused = refusalOf(error);
        if (refused !== undefined && isFirst) throw error;
        const why = refused === undefined ? connectionFailure(error) : `Slack refuses the app-level token: ${refused}`;
        if (state.kind === "disconnected") state = { ...state, why };
        const nextMs = Math.min(Math.max(waitMs, retryAfterMsOf(error) ?? 0), waitMaxMs);
        log[refused === undefined ? "warn" : "error"]({ why, nextMs }, "no Socket Mode connection to Slack");
        await delay(nextMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  async function stayConnected(): Promise<void> {
    let shortLives = 0;
    while (!stopping.signal.aborted) {
      const connectedAt = performance.now();
      await new Promise((resolve) => client.once("disconnected", resolve));
      shortLives = performance.now() - connectedAt < shortLifeMs ? shortLives + 1 : 0;
      if (stopping.signal.aborted) return;
      const why = lastError === undefined ? "Slack closed the connection" : connectionFailure(lastError);
      state = { kind: "disconnected", since: Date.now(), why };
      log.info({ why }, "the Socket Mode connection ended; connecting again");
      // If Slack repeatedly accepts a connection and ends it, the bot pauses before the next one.
      if (shortLives > 1) {
        const waitMs = Math.min(waitFirstMs * 2 ** (shortLives - 2), waitMaxMs);
        await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
      await connectPatiently(false);
    }
  }

  return {
    receiver,
    async start() {
      await connectPatiently(true);
      ended = stayConnected();
    },
    async stop() {
      stopping.abort();
      // Slack tells people that a command failed if the connection ends before its acknowledgement.
      await Promise.race([acknowledgements.sent(), delay(stopWithinMs, undefined, { ref: false })]);
      await client.disconnect();
      await ended;
    },
    state: () => state,
  };
}

/** Follows which payloads of a connection are not acknowledged yet. */
function followAcknowledgements(client: SocketModeReceiver["client"]): { sent(): Promise<void> } {
  const awaited = new Set<string>();
  let waiting: (() => void)[] = [];

  function settle(): void {
    if (awaited.size > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  client.on("slack_event", ({ envelope_id: id }: { envelope_id: string }) => {
    awaited.add(id);
  });
  client.on("outgoing_message", ({ envelope_id: id }: { envelope_id: string }) => {
    awaited.delete(id);
    settle();
  });
  client.on("close", () => {
    awaited.clear();
    settle();
  });
  return {
    sent: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        settle();
      }),
  };
}
