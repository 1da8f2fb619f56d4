/** HTTP mode: the server that takes what Slack sends, signed, at one path of one port. */
import type { RequestListener, ServerResponse } from "node:http";
import { HTTPReceiver, type Receiver } from "@slack/bolt";
import type { slackLogger } from "../../../log.ts";
import type { Settings } from "../../../settings.ts";
import { type RequestAgeNeeds, refusingFuture } from "./request-timestamp.ts";

/** Node's own limits for a request's headers and for all of it, in milliseconds. */
const nodeLimits = { headersTimeout: 60_000, requestTimeout: 300_000 };
/** Between the end of a kept connection and the limit for headers, in milliseconds. */
const headersAfterMs = 5_000;

/** How long the server waits on a connection, in milliseconds; the names are Node's. */
export interface ConnectionLimits {
  keepAliveTimeout: number;
  headersTimeout: number;
  requestTimeout: number;
}

/**
 * The limits for connections that are kept for `keepAliveMs`. A load balancer that opens connections ahead sends nothing
 * on them at first: Node counts that time as headers that do not come, so that limit has to be the longer one.
 */
export function connectionLimits(keepAliveMs: number): ConnectionLimits {
  const headersTimeout = Math.max(nodeLimits.headersTimeout, keepAliveMs + headersAfterMs);
  return {
    keepAliveTimeout: keepAliveMs,
    headersTimeout,
    requestTimeout: Math.max(nodeLimits.requestTimeout, headersTimeout),
  };
}

/** Takes signed POST requests at HTTP_PATH on PORT; every other path is 404, every other signature 401. */
export function createHttpMode(
  { SLACK_SIGNING_SECRET: signingSecret = "", HTTP_PATH: path, HTTP_KEEP_ALIVE: keepAliveMs, PORT: port }: Settings,
  logger: ReturnType<typeof slackLogger>,
  age: RequestAgeNeeds,
): Receiver {
  const http = new HTTPReceiver({ signingSecret, endpoints: [path], port, logger });
  const unanswered = new Set<ServerResponse>();
  http.requestListener = following(refusingFuture(http.requestListener, age), unanswered);
  return {
    init: (app) => http.init(app),
    start: () => http.start(port, connectionLimits(keepAliveMs)),
    stop() {
      // Otherwise Node waits for a kept connection that is busy now until nothing has come on it for HTTP_KEEP_ALIVE.
      for (const response of unanswered) if (!response.headersSent) response.setHeader("connection", "close");
      return http.stop();
    },
  };
}

/** Keeps in `unanswered` every response that has not been sent. */
function following(listener: RequestListener, unanswered: Set<ServerResponse>): RequestListener {
  return (request, response) => {
    unanswered.add(response);
    response.once("close", () => unanswered.delete(response));
    return listener(request, response);
  };
}
