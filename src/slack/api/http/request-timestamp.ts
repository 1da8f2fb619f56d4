/** Refuses requests with a timestamp in the future; Bolt itself refuses only those that are too old. */
import type { RequestListener } from "node:http";
import type { Logger } from "pino";
import type { Clock } from "../../../domain/clock.ts";
import type { Metrics } from "../../../domain/telemetry/metrics.ts";

/** Slack: the timestamp may differ by 300 seconds, in either direction; see "Verifying requests from Slack". */
const aheadMaxMs = 300_000;
/** The minimum interval between log lines, in milliseconds. With a wrong clock, every request would be logged. */
const logEveryMs = 60_000;

/** The clock and the counter that this check needs. */
export interface RequestAgeNeeds {
  /** This machine's clock. */
  clock: Pick<Clock, "now" | "monotonic">;
  log: Logger;
  metrics: Pick<Metrics, "futureRequestRefused">;
}

/** Answers 401 to a request whose timestamp is more than 300 seconds ahead, and passes on all others. */
export function refusingFuture(listener: RequestListener, { clock, log, metrics }: RequestAgeNeeds) {
  let logAfter = Number.NEGATIVE_INFINITY;
  let unlogged = 0;
  const refusing: RequestListener = (request, response) => {
    const aheadMs = Number(request.headers["x-slack-request-timestamp"]) * 1_000 - clock.now();
    if (!(aheadMs > aheadMaxMs)) return listener(request, response);
    metrics.futureRequestRefused();
    unlogged += 1;
    if (clock.monotonic() >= logAfter) {
      log.warn({ aheadMs, count: unlogged }, "a request was refused: its timestamp is in the future");
      logAfter = clock.monotonic() + logEveryMs;
      unlogged = 0;
    }
    request.resume();
    response.writeHead(401).end();
  };
  return refusing;
}
