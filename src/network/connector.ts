/** Opens connections for undici, directly or through CONNECT, and reports exactly why one could not be opened. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { buildConnector } from "undici";
import type { ConnectionCause } from "../domain/attempt-result.ts";
import { ConnectionError, codeOf, failureOf } from "./failure.ts";
import { type ProxyAddress, usesProxy } from "./proxy.ts";

export interface ConnectorOptions {
  proxy: ProxyAddress | undefined;
  /** Time limit for TCP and TLS together, and the same again for the connection through a proxy. */
  connectTimeoutMs: number;
  /** Receives every connection, so that its owner can close it. */
  opened?: (socket: Socket) => void;
}

/** A connector for undici's `connect` option. Every failure is a `ConnectionError`. */
export function createConnector({ proxy, connectTimeoutMs, opened }: ConnectorOptions): buildConnector.connector {
  const open = buildConnector({ timeout: connectTimeoutMs, allowH2: false });

  return (options, callback) => {
    const { hostname, protocol } = options;
    const port = options.port || (protocol === "https:" ? "443" : "80");
    const host = `${hostname}${port === "443" ? "" : `:${port}`}`;
    const through = proxy && usesProxy(proxy, { hostname, port, protocol }) ? proxy : undefined;
    const known: ConnectionCause = { host, ...(through && { proxy: nameOf(through) }) };
    const connect = (httpSocket?: Socket) => {
      let certificate: { from: number; to: number } | undefined;
      const socket: unknown = open({ ...options, ...(httpSocket && { httpSocket }) }, (error, connection) => {
        if (error) return callback(errorOf(error, known, certificate), null);
        opened?.(connection);
        callback(null, connection);
      });
      // Node.js drops a certificate that it does not accept; its dates are available only before that.
      if (socket instanceof TLSSocket) {
        socket.prependOnceListener("secure", () => {
          const { valid_from: from, valid_to: to } = socket.getPeerCertificate();
          certificate = { from: Date.parse(from), to: Date.parse(to) };
        });
      }
    };
    if (through === undefined) return connect();
    tunnel(through, `${hostname}:${port}`, connectTimeoutMs, known).then(
      (socket) => {
        if (protocol === "https:") return connect(socket);
        opened?.(socket);
        callback(null, socket);
      },
      (error: Error) => callback(error, null),
    );
  };
}

function errorOf(
  error: Error,
  known: ConnectionCause,
  certificate: { from: number; to: number } | undefined,
): ConnectionError {
  const { why, cause } = failureOf(error);
  const dates = { "certificate-expired": certificate?.to, "certificate-not-yet-valid": certificate?.from };
  const at = why in dates ? dates[why as keyof typeof dates] : undefined;
  const details = { ...known, ...cause, ...(at !== undefined && Number.isFinite(at) && { at }) };
  return new ConnectionError(why, details, { cause: error });
}

/** Asks the proxy for a tunnel to `target`. Rejects with a `ConnectionError`. */
function tunnel(proxy: ProxyAddress, target: string, timeoutMs: number, known: ConnectionCause): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === "https:" ? httpsRequest : httpRequest)({
      hostname: proxy.hostname.replace(/^\[(.+)\]$/, "$1"),
      port: proxy.port,
      method: "CONNECT",
      path: target,
      agent: false,
      headers: { host: target, ...(proxy.authorization && { "proxy-authorization": proxy.authorization }) },
    });
    let isConnected = false;
    const timer = setTimeout(() => {
      request.destroy();
      fail(isConnected ? "timeout" : "proxy-unreachable", "ETIMEDOUT");
    }, timeoutMs);
    const fail = (
      why: ConnectionError["why"],
      code: string | undefined,
      more: ErrorOptions & { status?: number } = {},
    ) => {
      clearTimeout(timer);
      const { status, ...options } = more;
      reject(new ConnectionError(why, { ...known, ...(code && { code }), ...(status && { status }) }, options));
    };
    const refuse = ({ statusCode: status = 0 }: IncomingMessage, socket: { destroy(): unknown }) => {
      socket.destroy();
      fail(status === 407 ? "proxy-credentials" : "proxy-refused", undefined, { status });
    };
    request
      .on("socket", (socket) =>
        socket.once(proxy.protocol === "https:" ? "secureConnect" : "connect", () => {
          isConnected = true;
        }),
      )
      .on("connect", (response, socket: Socket, head) => {
        if (response.statusCode !== 200) return refuse(response, socket);
        clearTimeout(timer);
        if (head.byteLength > 0) socket.unshift(head);
        resolve(socket);
      })
      .on("response", (response) => refuse(response, response))
      .on("error", (error) => {
        const isOurs = failureOf(error).why === "local-limit";
        const why = isOurs ? "local-limit" : isConnected ? "proxy-closed" : "proxy-unreachable";
        fail(why, codeOf(error), { cause: error });
      })
      .end();
  });
}

function nameOf({ hostname, port }: ProxyAddress): string {
  return `${hostname}:${port}`;
}
