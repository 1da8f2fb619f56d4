/** Opens connections for undici, directly or through CONNECT, and reports exactly why one could not be opened. */
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { buildConnector } from "undici";
import type { ConnectionCause } from "../domain/attempt-result.ts";
import { ConnectionError, failureOf } from "./failure.ts";
import { nameOfProxy, type ProxyAddress, usesProxy } from "./proxy.ts";
import type { tunnel as Tunnel } from "./tunnel.ts";

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
    const known: ConnectionCause = { host, ...(through && { proxy: nameOfProxy(through) }) };
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
    openTunnel(through, `${hostname}:${port}`, connectTimeoutMs, known).then(
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

/** Loaded only where a proxy is set: importing `node:http` also loads Node's own copy of undici. */
async function openTunnel(...needs: Parameters<typeof Tunnel>): Promise<Socket> {
  const { tunnel } = await import("./tunnel.ts");
  return tunnel(...needs);
}
