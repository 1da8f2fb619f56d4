/** Lets only Slack's requests reach Bolt, and answers, counts and logs all others. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { parse } from "node:querystring";
import type { Logger } from "pino";
import rawBody from "raw-body";
import { atMostEvery, type Clock } from "../../../domain/clock.ts";
import type { Metrics } from "../../../domain/telemetry/metrics.ts";
import { createSignatureCheck, type Verdict } from "./slack-signature.ts";

/** Far more than Slack sends; the same as Bolt's limit. */
const bodyBytesMax = 4 * 1024 * 1024;
/** The minimum interval between log lines of a kind, in milliseconds: with a wrong clock, every request is refused. */
const logEveryMs = 60_000;

/** Why a signed request is refused, as the log says it. */
const refusals = {
  forged: "its signature does not match SLACK_SIGNING_SECRET",
  late: "its timestamp is more than 300 seconds in the past",
  early: "its timestamp is in the future",
} as const;

/** The clock and the counters that this check needs. */
export interface RequestCheckNeeds {
  /** This machine's clock. */
  clock: Pick<Clock, "now" | "monotonic">;
  log: Logger;
  metrics: Pick<Metrics, "futureRequestRefused" | "unverifiedRequestRefused">;
}

/** Where Slack sends its requests, and the secret with which it signs them. */
export interface SlackEndpoint {
  path: string;
  signingSecret: string;
}

/**
 * Passes on POST requests to the path that Slack signed at most 300 seconds ago, with their body in `rawBody`, where
 * Bolt finds it. All others get a status and no words: 404 at another path or with another method, 413 with more than
 * 4 MB, 401 without the right signature and time. Whoever looks for open ports sends no signature at all; that is
 * neither counted nor logged, as it says nothing about the settings.
 */
export function onlyFromSlack(
  listener: RequestListener,
  { path, signingSecret }: SlackEndpoint,
  { clock, log, metrics }: RequestCheckNeeds,
): RequestListener {
  const verdictOn = createSignatureCheck(signingSecret);
  const refused = {
    forged: logOfRefusals("forged", { clock, log }),
    late: logOfRefusals("late", { clock, log }),
    early: logOfRefusals("early", { clock, log }),
  };

  async function check(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body: Buffer;
    try {
      body = await rawBody(request, { limit: bodyBytesMax });
    } catch (error) {
      answer(response, (error as rawBody.RawBodyError).statusCode ?? 400);
      return;
    }
    const verdict = verdictOn({ headers: request.headers, body, now: clock.now() });
    if (verdict === "valid") listener(Object.assign(request, { rawBody: body }), response);
    else refuse(verdict, body, response);
  }

  function refuse(verdict: Exclude<Verdict, "valid">, body: Buffer, response: ServerResponse): void {
    // Slack checks the address of a command with it, unsigned, and wants to see a 200.
    if (parse(body.toString())["ssl_check"] === "1") {
      answer(response, 200);
      return;
    }
    answer(response, 401);
    if (verdict === "unsigned") return;
    if (verdict === "early") metrics.futureRequestRefused();
    else metrics.unverifiedRequestRefused();
    refused[verdict]();
  }

  return (request, response) => {
    if (request.method === "POST" && URL.parse(request.url ?? "", "http://localhost")?.pathname === path)
      void check(request, response);
    else answer(response, 404);
  };
}

function answer(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

/** Logs each refusal of a kind, or how many there were since the last line. */
function logOfRefusals(kind: keyof typeof refusals, { clock, log }: Pick<RequestCheckNeeds, "clock" | "log">) {
  const isTimeToLog = atMostEvery(logEveryMs, clock);
  let count = 0;
  return () => {
    count += 1;
    if (!isTimeToLog()) return;
    log.warn({ count }, `a request was refused: ${refusals[kind]}`);
    count = 0;
  };
}
