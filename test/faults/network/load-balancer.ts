/** A small load balancer: sends each request to one instance, or to another if that one does not listen. */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface LoadBalancer {
  url: string;
  close(): Promise<void>;
}

/**
 * If the connection breaks after a request was sent, the answer is 502 and no other instance gets it: whether it was
 * carried out is unknown.
 * @param ports in the order in which to try them for the next request
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
