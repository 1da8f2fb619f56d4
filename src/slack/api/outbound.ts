/**
 * How the bot reaches Slack: one pool of connections for calls, files and the socket, through the proxy if one is set.
 */
import type { Socket } from "node:net";
import { Agent, type Dispatcher, fetch as undiciFetch } from "undici";
import { createConnector } from "../../network/connector.ts";
import { ConnectionError } from "../../network/failure.ts";
import type { ProxyAddress } from "../../network/proxy.ts";

const connectTimeoutMs = 10_000;
/** Time limit for the start of an answer. Callers that need it sooner have their own limit. */
const answerTimeoutMs = 120_000;
/** Time limit for Slack to accept a WebSocket. */
const upgradeTimeoutMs = 15_000;

export interface Outbound {
  fetch: typeof fetch;
  /** For WebSockets. */
  socket: Dispatcher;
  /** Why the newest connection for a WebSocket could not be opened, which undici's WebSocket does not report. */
  socketFailure(): Error | undefined;
  /** Closes the connections of WebSockets that have ended, which undici leaves to the server. */
  breakSockets(): void;
  close(): Promise<void>;
}

export function openOutbound(proxy: ProxyAddress | undefined): Outbound {
  const calls = new Agent({
    connect: createConnector({ proxy, connectTimeoutMs }),
    allowH2: false,
    headersTimeout: answerTimeoutMs,
  });
  const open = new Set<Socket>();
  let socketFailure: Error | undefined;
  const connectSocket = createConnector({
    proxy,
    connectTimeoutMs,
    opened: (connection) => {
      open.add(connection);
      connection.once("close", () => open.delete(connection));
    },
  });
  const socket = new Agent({
    connect: (options, callback) =>
      connectSocket(options, (...outcome) => {
        socketFailure = outcome[0] ?? undefined;
        callback(...outcome);
      }),
    allowH2: false,
    headersTimeout: upgradeTimeoutMs,
  });
  return {
    fetch: ((url: string, init?: RequestInit) =>
      undiciFetch(url, { ...init, dispatcher: calls } as object)) as typeof fetch,
    socket,
    socketFailure: () => socketFailure,
    breakSockets() {
      for (const connection of open) connection.destroy();
    },
    async close() {
      await Promise.all([calls.destroy(), socket.destroy()]);
    },
  };
}

/** Ends every call after `timeoutMs`, with its answer's body, also for callers that set no limit. */
export function limited(fetch: Outbound["fetch"], timeoutMs: number): Outbound["fetch"] {
  return (input, init = {}) => {
    const late = AbortSignal.timeout(timeoutMs);
    return fetch(input, { ...init, signal: init.signal ? AbortSignal.any([init.signal, late]) : late });
  };
}

/** Why a connection failed, in one line; the error's own message if the error is not about a connection. */
export function connectionFailure(error: unknown): string {
  let said = "unknown";
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth += 1) {
    if (at instanceof ConnectionError) return at.message;
    if (at.message !== "") said = at.message;
  }
  return said;
}
