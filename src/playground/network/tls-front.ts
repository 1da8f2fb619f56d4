/** Puts TLS before a local server that speaks plain HTTP, with whatever certificate it is given. */
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer } from "node:tls";

export interface TlsFrontOptions {
  /** PEM. */
  key: string;
  /** PEM; may be one that no client accepts. */
  cert: string;
  /** The plain server's port on loopback, looked up for each connection. */
  port: () => number;
}

export async function startTlsFront({ key, cert, port }: TlsFrontOptions) {
  const sockets = new Set<Socket>();
  const keep = <T extends Socket>(socket: T): T => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
    return socket;
  };
  const server = createServer({ key, cert }, (socket) => {
    keep(socket);
    const plain = keep(connect(port(), "127.0.0.1"));
    socket.pipe(plain).pipe(socket);
    plain.once("close", () => socket.destroy());
    socket.once("close", () => plain.destroy());
  });
  server.on("connection", keep);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const own = (server.address() as AddressInfo).port;
  return {
    port: own,
    url: `https://localhost:${own}`,
    async close(): Promise<void> {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
