/** Lets only Slack's requests reach Bolt, and answers, counts and logs all others. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { parse } from "node:querystring";
import type { Logger } from "pino";
import { atMostEvery, type Clock } from "../../../domain/clock.ts";
import type { Metrics } from "../../../domain/telemetry/metrics.ts";
import { createBodyReader, type Unread, unread } from "./request-body.ts";
import { createSignatureCheck, type HeaderVerdict, judgeHeaders, type Verdict } from "./slack-signature.ts";

/**
 * More than Slack sends: a click repeats its message, of up to 50 blocks of 3,000 characters, each of which takes up to
 * 9 bytes in a form. The same as Bolt's limit.
 */
const bodyBytesMax = 4 * 1024 * 1024;
/**
 * How much is read of a request that its headers rule out, in bytes: Slack's check of an address has some 50, and a
 * command fits, whose signature tells this machine's wrong clock from somebody else's request.
 */
const ruledOutBytesMax = 16 * 1024;
const formType = "application/x-www-form-urlencoded";
const brace = "{".charCodeAt(0);
/** How the form of a click, a shortcut or a view begins. */
const objectStart = Buffer.from("payload=%7B");
/** The minimum interval between log lines of a kind, in milliseconds: with a wrong clock, every request is refused. */
const logEveryMs = 60_000;

/** Why a request is refused, as the log says it. */
const refusals = {
  forged: "its signature does not match SLACK_SIGNING_SECRET",
  late: "its timestamp is more than 300 seconds in the past",
  early: "its timestamp is in the future",
  crowded: "it began long ago and is not complete, and such requests held too much memory",
} as const;

/** The clock and the counters that this check needs. */
export interface RequestCheckNeeds {
  /** This machine's clock. */
  clock: Clock;
  log: Logger;
  metrics: Pick<Metrics, "futureRequestRefused" | "unverifiedRequestRefused">;
}

/** Where Slack sends its requests, and the secret with which it signs them. */
export interface SlackEndpoint {
  path: string;
  signingSecret: string;
}

/** A listener that passes on only what Slack sent. */
export interface RequestCheck {
  listener: RequestListener;
  /** Ends what the check does by itself, once the server has closed. */
  close(): void;
}

/**
 * Passes on POST requests to the path that Slack signed at most 300 seconds ago, with their body in `rawBody`, where
 * Bolt finds it. All others get a status and no words: 404 at another path or with another method, 413 with more than
 * 4 MB, 401 without the right signature and time, which can come before the body. A request that stays incomplete gets
 * 408, or 503 if such requests hold too much memory, and its connection ends. Whoever looks for open ports sends no
 * signature at all; that is neither counted nor logged, as it says nothing about the settings.
 */
export function onlyFromSlack(
  listener: RequestListener,
  { path, signingSecret }: SlackEndpoint,
  { clock, log, metrics }: RequestCheckNeeds,
): RequestCheck {
  const verdictOn = createSignatureCheck(signingSecret);
  const bodies = createBodyReader(clock, logOfRefusals("crowded", { clock, log }));
  const refused = {
    forged: logOfRefusals("forged", { clock, log }),
    late: logOfRefusals("late", { clock, log }),
    early: logOfRefusals("early", { clock, log }),
  };

  async function check(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { headers } = request;
    const byHeaders = judgeHeaders(headers, clock.now());
    const body = await bodies.read(request, byHeaders === "undecided" ? bodyBytesMax : ruledOutBytesMax);
    if (typeof body === "number") {
      answerUnread(body, byHeaders, request, response);
      return;
    }
    const verdict = verdictOn({ headers, body, now: clock.now() });
    if (verdict === "valid") pass(Object.assign(request, { rawBody: body }), response);
    // Slack checks the address of a command with it, unsigned, and wants to see a 200.
    else if (body.length <= ruledOutBytesMax && parse(body.toString())["ssl_check"] === "1") answer(response, 200);
    else refuse(verdict, response);
  }

  function pass(request: IncomingMessage & { rawBody: Buffer }, response: ServerResponse): void {
    if (!isNull(request)) {
      listener(request, response);
      return;
    }
    log.warn("a request was refused: its payload is null");
    answer(response, 400);
  }

  function answerUnread(
    status: Unread,
    byHeaders: HeaderVerdict,
    { headers }: IncomingMessage,
    response: ServerResponse,
  ): void {
    const isTooLargeForAny = Number(headers["content-length"]) > bodyBytesMax;
    if (status !== unread.tooLarge) response.shouldKeepAlive = false;
    if (status !== unread.tooLarge || byHeaders === "undecided" || isTooLargeForAny) answer(response, status);
    // What is stale may be anybody's: nothing has compared its signature.
    else refuse(byHeaders === "forged" ? "forged" : "unsigned", response);
  }

  function refuse(verdict: Exclude<Verdict, "valid">, response: ServerResponse): void {
    answer(response, 401);
    if (verdict === "unsigned") return;
    if (verdict === "early") metrics.futureRequestRefused();
    else metrics.unverifiedRequestRefused();
    refused[verdict]();
  }

  return {
    listener: (request, response) => {
      if (request.method === "POST" && URL.parse(request.url ?? "", "http://localhost")?.pathname === path)
        void check(request, response);
      else answer(response, 404);
    },
    close: () => bodies.close(),
  };
}

/**
 * Whether Bolt would read null from a request. It uses a field of what it read where it expects no error, and would
 * never answer. Everything else that is not a payload gets a 400 from Bolt.
 */
function isNull({ headers, rawBody }: IncomingMessage & { rawBody: Buffer }): boolean {
  if (headers["content-type"] !== formType) return rawBody[0] !== brace && rawBody.toString().trim() === "null";
  // A click has nothing else in its form; a second payload would make a list.
  if (rawBody.subarray(0, objectStart.length).equals(objectStart)) return false;
  const { payload } = parse(rawBody.toString());
  return typeof payload === "string" && payload.trim() === "null";
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
