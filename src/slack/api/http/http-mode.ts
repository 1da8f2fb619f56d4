/** HTTP mode: the server that takes what Slack sends, signed, at one path of one port. */
import type { Receiver } from "@slack/bolt";
import type { slackLogger } from "../../../log.ts";
import { followConnections, type ServerConnections } from "../../../network/server-connections.ts";
import type { Settings } from "../../../settings.ts";
import { HTTPReceiver } from "../bolt.ts";
import { onlyFromSlack, type RequestCheckNeeds } from "./request-check.ts";

/** Node's own limit for a request's headers, in milliseconds. */
const headersWithinMs = 60_000;
/** Between the end of a kept connection and the limit for headers, in milliseconds. */
const headersAfterMs = 5_000;
/** How long a stop waits for answers, in milliseconds: as long as Slack does. */
const stopWithinMs = 3_000;

/** How long the server waits on a connection, in milliseconds; the names are Node's. */
export interface ConnectionLimits {
  keepAliveTimeout: number;
  headersTimeout: number;
  requestTimeout: number;
}

/**
 * The limits for connections that are kept for `keepAliveMs`. A load balancer that opens connections ahead sends
 * nothing on them at first: Node counts that time as headers and as a request that do not come, so those limits have to
 * be longer. Bodies have a limit of their own; see request-body.ts.
 */
export function connectionLimits(keepAliveMs: number): ConnectionLimits {
  const headersTimeout = Math.max(headersWithinMs, keepAliveMs + headersAfterMs);
  return { keepAliveTimeout: keepAliveMs, headersTimeout, requestTimeout: headersTimeout };
}

/** Takes signed POST requests at HTTP_PATH on PORT; every other path is 404, every other signature 401. */
export function createHttpMode(
  { SLACK_SIGNING_SECRET: signingSecret = "", HTTP_PATH: path, HTTP_KEEP_ALIVE: keepAliveMs, PORT: port }: Settings,
  logger: ReturnType<typeof slackLogger>,
  watch: RequestCheckNeeds,
): Receiver {
  const http = new HTTPReceiver({ signingSecret, signatureVerification: false, endpoints: [path], port, logger });
  const check = onlyFromSlack(http.requestListener, { path, signingSecret }, watch);
  http.requestListener = check.listener;
  let connections: ServerConnections | undefined;
  return {
    init: (app) => http.init(app),
    async start() {
      connections = followConnections(await http.start(port, connectionLimits(keepAliveMs)), watch.clock);
    },
    async stop() {
      const closed = http.stop();
      await (connections?.end(closed, stopWithinMs) ?? closed);
      check.close();
    },
  };
}
