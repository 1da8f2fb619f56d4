/**
 * Requests that are not Slack's: refuses those with a timestamp in the future, and counts those that Bolt refuses,
 * which are too old or whose signature is wrong.
 */
import type { RequestListener } from "node:http";
import type { Logger } from "pino";
import { atMostEvery, type Clock } from "../../../domain/clock.ts";
import type { Metrics } from "../../../domain/telemetry/metrics.ts";

/** Slack: the timestamp may differ by 300 seconds, in either direction; see "Verifying requests from Slack". */
const aheadMaxMs = 300_000;
/** HTTP's "Unauthorized". */
const refusedStatus = 401;
/** The minimum interval between log lines, in milliseconds. With a wrong clock, every request would be logged. */
const logEveryMs = 60_000;

/** The clock and the counters that this check needs. */
export interface RequestCheckNeeds {
  /** This machine's clock. */
  clock: Pick<Clock, "now" | "monotonic">;
  log: Logger;
  metrics: Pick<Metrics, "futureRequestRefused" | "unverifiedRequestRefused">;
}

/**
 * Answers 401 to a request whose timestamp is more than 300 seconds ahead, and passes on all others to Bolt, which
 * answers 401 only to what it cannot verify.
 */
export function refusingForgeries(listener: RequestListener, { clock, log, metrics }: RequestCheckNeeds) {
  const isTimeToLog = atMostEvery(logEveryMs, clock);
  let unlogged = 0;
  const refusing: RequestListener = (request, response) => {
    const aheadMs = Number(request.headers["x-slack-request-timestamp"]) * 1_000 - clock.now();
    if (!(aheadMs > aheadMaxMs)) {
      // Whoever looks for open ports sends no signature at all; that says nothing about the settings.
      if (request.headers["x-slack-signature"] !== undefined)
        response.once("finish", () => {
          if (response.statusCode === refusedStatus) metrics.unverifiedRequestRefused();
        });
      return listener(request, response);
    }
    metrics.futureRequestRefused();
    unlogged += 1;
    if (isTimeToLog()) {
      log.warn({ aheadMs, count: unlogged }, "a request was refused: its timestamp is in the future");
      unlogged = 0;
    }
    request.resume();
    response.writeHead(refusedStatus).end();
  };
  return refusing;
}
