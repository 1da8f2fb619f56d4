/** Socket Mode: single-use tickets, up to ten connections, one of which gets each payload (slack-rules.md 1.7). */
import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { isObject, type Json, parseJson, stringIn } from "../json.ts";
import { Refusal } from "../refusal.ts";
import type { Methods } from "../web-api/method.ts";
import { ackPayload, type Delivery, type Receipt, type Retry } from "./http.ts";

export type DisconnectReason = "warning" | "refresh_requested" | "link_disabled" | "too_many_websockets";

export type SocketNeeds = {
  readonly appId: string;
  /** `ws://host:port/`. A function, because the port is known only after listening. */
  readonly base: () => string;
  readonly ackWithinMs: number;
  /** Milliseconds between ping frames. The SDK gives up after 30 s without one. */
  readonly pingEveryMs: number;
  readonly changed: () => void;
};

export type Sockets = ReturnType<typeof createSockets>;

const scope = "connections:write";
const connectionsMax = 10;
const goodbyeMs = 500;

export function createSockets(needs: SocketNeeds) {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const waiting = new Map<string, (payload: Json | undefined) => void>();
  let open: WebSocket[] = [];
  let turn = 0;

  const heartbeat = setInterval(() => {
    for (const socket of open) socket.ping();
  }, needs.pingEveryMs);
  heartbeat.unref();

  function greet(socket: WebSocket): void {
    open.push(socket);
    const leave = (): void => {
      open = open.filter((other) => other !== socket);
      needs.changed();
    };
    socket.on("close", leave);
    socket.on("error", leave);
    socket.on("message", (raw, isBinary) => {
      if (isBinary) return;
      const message = parseJson(raw.toString());
      const id = stringIn(message, "envelope_id");
      const settle = id === undefined ? undefined : waiting.get(id);
      if (settle !== undefined && isObject(message)) settle(message["payload"]);
    });
    if (open.length > connectionsMax) {
      farewell(socket, "too_many_websockets");
      return;
    }
    const debug = { host: "applink-local", started: new Date(0).toISOString(), build_number: 1 };
    const info = { ...debug, approximate_connection_time: 18_060 };
    const hello = {
      type: "hello",
      num_connections: open.length,
      debug_info: info,
      connection_info: { app_id: needs.appId },
    };
    socket.send(JSON.stringify(hello));
    socket.ping();
    needs.changed();
  }

  const methods: Methods = {
    "apps.connections.open": {
      token: "app",
      tier: 3,
      takesJson: true,
      run: ({ state: { app } }) => {
        if (!app.appScopes.includes(scope))
          throw new Refusal("missing_scope", { needed: scope, provided: app.appScopes.join(",") });
        const ticket = randomBytes(16).toString("hex");
        tickets.add(ticket);
        return { url: `${needs.base()}link/?ticket=${ticket}&app_id=${needs.appId}` };
      },
    },
  };

  return {
    methods,
    count: (): number => open.length,

    /** Accepts a WebSocket handshake. An unknown or used ticket is refused. */
    upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
      const url = new URL(request.url ?? "/", "ws://local");
      const ticket = url.searchParams.get("ticket") ?? "";
      if (url.pathname !== "/link/" || !tickets.delete(ticket)) {
        stream.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      server.handleUpgrade(request, stream, head, greet);
    },

    /** Sends the payload to the next connection in turn, and waits for its acknowledgement. */
    deliver(delivery: Delivery, retry?: Retry): Promise<Receipt> {
      const started = performance.now();
      const afterMs = (): number => Math.round(performance.now() - started);
      const ready = open.filter((socket) => socket.readyState === WebSocket.OPEN);
      const socket = ready[turn++ % Math.max(1, ready.length)];
      if (socket === undefined) return Promise.resolve({ kind: "failed", afterMs: 0, why: "dispatch_failed" });
      const isEvent = delivery.kind === "events_api";
      const envelope = {
        envelope_id: delivery.id,
        type: delivery.kind,
        payload: delivery.payload,
        accepts_response_payload: takesAnswer(delivery),
        ...(isEvent ? { retry_attempt: retry?.number ?? 0, retry_reason: retry === undefined ? "" : "timeout" } : {}),
      };
      return new Promise((resolve) => {
        const deadline = setTimeout(() => {
          waiting.delete(delivery.id);
          resolve({ kind: "failed", afterMs: afterMs(), why: "operation_timeout" });
        }, needs.ackWithinMs);
        waiting.set(delivery.id, (payload) => {
          clearTimeout(deadline);
          waiting.delete(delivery.id);
          resolve({ kind: "acknowledged", afterMs: afterMs(), body: ackPayload(payload) });
        });
        socket.send(JSON.stringify(envelope));
      });
    },

    /** Asks every connection to close. Slack closes it about 10 s after a `warning`, and at once for other reasons. */
    disconnect(reason: DisconnectReason): void {
      for (const socket of open) farewell(socket, reason);
    },

    /** Breaks the connections without notice, as a failing network does. */
    drop(): void {
      for (const socket of open) socket.terminate();
    },

    /** Closes every connection properly, so that clients notice at once, and terminates those that do not respond. */
    async close(): Promise<void> {
      clearInterval(heartbeat);
      const closing = open.map(
        (socket) =>
          new Promise<void>((resolve) => {
            const force = setTimeout(() => socket.terminate(), goodbyeMs);
            socket.once("close", () => {
              clearTimeout(force);
              resolve();
            });
            socket.close(1001);
          }),
      );
      await Promise.all(closing);
      server.close();
    },
  };
}

/** Whether the app may answer in its acknowledgement. A click or a shortcut is answered through its response URL. */
function takesAnswer({ kind, payload }: Delivery): boolean {
  return kind === "slash_commands" || payload["type"] === "view_submission" || payload["type"] === "block_suggestion";
}

function farewell(socket: WebSocket, reason: DisconnectReason): void {
  socket.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "applink-local" } }));
  if (reason === "warning") setTimeout(() => socket.close(), 10_000).unref();
  else socket.close();
}
