/** A connection as a load balancer or a stranger opens it: without a request, or with half of one. */
import { once } from "node:events";
import { connect } from "node:net";
import type { TestContext } from "node:test";

/** Sends `sent` to this machine, and nothing more. Resolves once the server has accepted the connection. */
export async function openConnection(
  t: TestContext,
  port: number,
  sent: string,
): Promise<{ closed: Promise<unknown> }> {
  const socket = connect(port, "127.0.0.1");
  t.after(() => socket.destroy());
  const closed = once(socket.resume(), "close");
  await once(socket, "connect");
  if (sent !== "") socket.write(sent);
  return { closed };
}
