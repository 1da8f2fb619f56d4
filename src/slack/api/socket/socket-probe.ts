/**
 * Opens one Socket Mode connection, waits for Slack's greeting, and closes it: whether Slack can reach the bot at all.
 */
import { WebSocket } from "undici";
import { connectionFailure, type Outbound } from "../outbound.ts";
import { readAnswer } from "../response-schemas.ts";
import { refusalOf, type SlackApi } from "../web-api.ts";
import { type Greeting, greetingIn } from "./socket-hello.ts";

export type SocketProbe =
  | ({ kind: "greeted" } & Greeting)
  /** Slack refuses the app-level token, by its error code. */
  | { kind: "refused"; error: string }
  /** Slack did not answer the call that opens a connection. */
  | { kind: "unanswered"; why: string }
  /** The token is right, and no WebSocket came about. */
  | { kind: "unconnected"; why: string };

const greetingTimeoutMs = 20_000;

/** @param slack calls with the app-level token */
export async function probeSocket({ slack, outbound }: { slack: SlackApi; outbound: Outbound }): Promise<SocketProbe> {
  let url: string;
  try {
    ({ url } = readAnswer("apps.connections.open", await slack("apps.connections.open", {})));
  } catch (error) {
    const refused = refusalOf(error);
    return refused === undefined
      ? { kind: "unanswered", why: connectionFailure(error) }
      : { kind: "refused", error: refused };
  }
  return greeting(url, outbound);
}

function greeting(url: string, { socket: dispatcher, breakSockets, socketFailure }: Outbound): Promise<SocketProbe> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { dispatcher });
    const end = (found: SocketProbe) => {
      clearTimeout(timer);
      resolve(found);
      // Slack hands a payload to any connection: this one must not stay for one.
      socket.close();
      breakSockets();
    };
    const timer = setTimeout(
      () => end({ kind: "unconnected", why: "Slack did not greet the connection" }),
      greetingTimeoutMs,
    );
    socket.addEventListener("message", ({ data }) => {
      const found = greetingIn(String(data));
      if (found) end({ kind: "greeted", ...found });
    });
    socket.addEventListener("error", ({ error }) =>
      end({ kind: "unconnected", why: connectionFailure(socketFailure() ?? error) }),
    );
    socket.addEventListener("close", ({ code }) => end({ kind: "unconnected", why: `closed with code ${code}` }));
  });
}
