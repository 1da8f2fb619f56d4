/**
 * A local CONNECT proxy, for a bot that has no other way out; it refuses and fails in every known way when asked to.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

export interface ConnectProxyOptions {
  /** Port on loopback behind each `host:port`; whatever is not here is answered with 502. */
  routes?: Readonly<Record<string, number>>;
  /** `user:password`, without which it answers 407. */
  credentials?: string;
  /** Instead of a tunnel: answers with this status, or closes the connection. */
  instead?: number | "close";
}

export type ConnectProxy = Awaited<ReturnType<typeof startConnectProxy>>;

export async function startConnectProxy(options: ConnectProxyOptions = {}) {
  const { routes = {}, credentials, instead } = options;
  const tunnels: string[] = [];
  const refusals: string[] = [];
  const sockets = new Set<Duplex>();
  const expected = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;

  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connection", (socket: Socket) => keep(socket));
  server.on("connect", (request: IncomingMessage, socket: Duplex) => {
    const target = request.url ?? "";
    const port = routes[target];
    if (instead === "close") {
      refusals.push(target);
      return socket.destroy();
    }
    if (instead !== undefined) return refuse(target, socket, instead);
    if (expected !== undefined && request.headers["proxy-authorization"] !== expected)
      return refuse(target, socket, 407);
    if (port === undefined) return refuse(target, socket, 502);
    tunnels.push(target);
    const through = keep(connect(port, "127.0.0.1"));
    through.once("connect", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(through).pipe(socket);
    });
    through.once("close", () => socket.destroy());
    socket.once("close", () => through.destroy());
  });

  function refuse(target: string, socket: Duplex, status: number): void {
    refusals.push(target);
    socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  }

  function keep<T extends Socket>(socket: T): T {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
    return socket;
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    /** For HTTPS_PROXY, with the credentials. */
    url: `http://${credentials === undefined ? "" : `${credentials.split(":").map(encodeURIComponent).join(":")}@`}127.0.0.1:${port}`,
    /** The `host:port` of every tunnel that it opened, oldest first. */
    tunnels: tunnels as readonly string[],
    /** The `host:port` of every tunnel that it refused, oldest first. */
    refusals: refusals as readonly string[],
    async close(): Promise<void> {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
