/** A small load balancer: gives each request to one instance, and to another one where nobody listens there. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface LoadBalancer {
  url: string;
  close(): Promise<void>;
}

/**
 * A request whose connection breaks after it was sent is answered with 502 and given to nobody else: whether it was
 * carried out is not known.
 * @param ports in the order in which they are to be tried for the request that comes next
 */
export async function startLoadBalancer(ports: () => readonly number[]): Promise<LoadBalancer> {
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    forward(incoming, Buffer.concat(chunks), [...ports()], response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function forward(incoming: IncomingMessage, body: Buffer, ports: number[], response: ServerResponse): void {
  const port = ports.shift();
  if (port === undefined) {
    response.writeHead(503).end();
    return;
  }
  const { method, url: path, headers } = incoming;
  const outgoing = request({ host: "127.0.0.1", port, method, path, headers, agent: false }, (answered) => {
    answered.on("error", () => response.destroy());
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  outgoing.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "ECONNREFUSED") forward(incoming, body, ports, response);
    else if (response.headersSent) response.destroy();
    else response.writeHead(502).end();
  });
  response.on("close", () => outgoing.destroy());
  outgoing.end(body);
}
