/** A connection through CONNECT (RFC 9110, section 9.3.6). */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { ConnectionCause } from "../domain/attempt-result.ts";
import { ConnectionError, codeOf, failureOf } from "./failure.ts";
import type { ProxyAddress } from "./proxy.ts";

/**
 * Asks the proxy for a tunnel to `target`. Rejects with a `ConnectionError`.
 * @param known what an error says about the connection, besides the cause
 */
export function tunnel(
  proxy: ProxyAddress,
  target: string,
  timeoutMs: number,
  known: ConnectionCause,
): Promise<Socket> {
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
