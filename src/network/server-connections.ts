/** The connections of an HTTP server of the bot's own: each takes one request after the other, and ends in order. */
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type Clock, settledWithin } from "../domain/clock.ts";

export interface ServerConnections {
  /**
   * Ends the connections of a server that closes: at once if no request on them waits for an answer, the others with
   * their answer, and all after `withinMs`. Resolves when `closed` does.
   */
  end(closed: Promise<void>, withinMs: number): Promise<void>;
}

/**
 * Follows the connections of `server` from its start. By itself, Node waits for a connection on which nothing has come,
 * such as those that load balancers open ahead, until its limit for headers.
 */
export function followConnections(server: Server, clock: Clock): ServerConnections {
  const unanswered = new Map<Socket, Set<ServerResponse>>();
  let isEnding = false;

  function endIfIdle(socket: Socket): void {
    if (unanswered.get(socket)?.size === 0) socket.destroySoon();
  }

  server.on("connection", (socket) => {
    unanswered.set(socket, new Set());
    socket.once("close", () => unanswered.delete(socket));
  });
  server.prependListener("request", (request, response) => {
    const { socket } = request;
    unanswered.get(socket)?.add(response);
    response.once("close", () => {
      // Bolt pauses a body that is too large; until it is read, the next request on the connection has no answer.
      request.resume();
      unanswered.get(socket)?.delete(response);
      if (isEnding) endIfIdle(socket);
    });
  });

  return {
    async end(closed, withinMs) {
      isEnding = true;
      for (const [socket, responses] of unanswered) {
        for (const response of responses) if (!response.headersSent) response.setHeader("connection", "close");
        endIfIdle(socket);
      }
      await settledWithin(closed, withinMs, clock);
      server.closeAllConnections();
      await closed;
    },
  };
}
