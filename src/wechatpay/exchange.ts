/** One HTTP exchange over undici: sends the given bytes, and returns an answer or the reason why there is none. */
import type { Dispatcher } from "undici";
import type { CallResult, ConnectionCause } from "../domain/attempt-result.ts";
import type { Clock } from "../domain/clock.ts";
import { failureOf } from "../network/failure.ts";
import type { Answer } from "./errors.ts";
import type { AnswerHeaders } from "./headers.ts";

/** The maximum bytes read of an answer; documented answers have a few hundred bytes. */
export const bodyBytesMax = 64 * 1024;

export type Unreachable = Extract<CallResult, { kind: "unreachable" }>;

/** An answer with its whole body, or `cut` at `bodyBytesMax`; or no answer. */
export type ExchangeResult = ({ kind: "answer"; cut: boolean } & Answer) | Unreachable;

/** The request: `headers` as name, value, name, value. `server` names the server, and its proxy, in a failure. */
export type OutgoingRequest = {
  origin: string;
  server: ConnectionCause;
  path: string;
  method: "GET" | "POST";
  headers: string[];
  body: Buffer;
};

/**
 * The time left to one call, shared by its steps. When it ends, an exchange is aborted, or prevented if it has not
 * started.
 */
export type TimeLimit = {
  isOver(): boolean;
  /** Whether the request may have left this machine. */
  sent: boolean;
  /** The server that the call waits for, and its proxy; undefined before there is one. */
  server: ConnectionCause | undefined;
  /** What is aborted when the time ends; set by the exchange in progress. */
  toAbort: { abort(reason: Error): void } | undefined;
  /**
   * How the call ends if its time ends now, unless it is WeChat Pay that did not answer. Set by the step in progress.
   */
  late: Unreachable | undefined;
};

/** Both in milliseconds, at the same pace; the monotonic one is the machine's unless it is given. */
export type CallClock = Pick<Clock, "now"> & Partial<Pick<Clock, "monotonic">>;

export function newTimeLimit(isOver = () => false): TimeLimit {
  return { isOver, sent: false, server: undefined, toAbort: undefined, late: undefined };
}

/**
 * Runs `work` for at most `limitMs` on the monotonic clock. After that it is aborted, and nothing more is sent: another
 * instance may have made the call, and then the opposite one. The monotonic clock and its timers stop while a machine
 * is suspended: by how much the wall clock is then ahead of it counts, too, before anything is sent.
 */
export function withinTimeLimit<T>(
  limitMs: number,
  clock: CallClock,
  work: (limit: TimeLimit) => Promise<T>,
): Promise<T | Unreachable> {
  return new Promise((resolve, reject) => {
    const beganAt = performance.now();
    const aheadMs = () => clock.now() - (clock.monotonic?.() ?? performance.now());
    const aheadAtFirstMs = aheadMs();
    let hasEnded = false;
    // No getter: V8 keeps what a new object with one refers to until a full collection.
    const limit = newTimeLimit(() => {
      const suspendedMs = Math.max(0, aheadMs() - aheadAtFirstMs);
      return hasEnded || performance.now() - beganAt + suspendedMs >= limitMs;
    });
    const timer = setTimeout(() => {
      hasEnded = true;
      resolve(limit.late ?? outOfTime(limit));
      limit.toAbort?.abort(new Error(`no answer within ${limitMs} ms`));
    }, limitMs);
    work(limit)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function outOfTime({ sent, server }: TimeLimit): Unreachable {
  return { kind: "unreachable", why: "timeout", mayHaveActed: sent, ...(server && { cause: server }) };
}

/**
 * Makes the exchange, without following redirects or retrying. Never rejects: any error, known or not, means that there
 * is no answer.
 */
export function exchange(
  dispatcher: Dispatcher,
  { server, ...request }: OutgoingRequest,
  limit: TimeLimit,
): Promise<ExchangeResult> {
  limit.server = server;
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status = 0;
    let headers: AnswerHeaders = {};
    let settled = false;

    const finish = (cut: boolean) => {
      settled = true;
      const [first, second] = chunks;
      const body = first !== undefined && second === undefined ? first : Buffer.concat(chunks);
      resolve({ kind: "answer", status, headers, body: cut ? body.subarray(0, bodyBytesMax) : body, cut });
    };

    const fail = (error: unknown) => {
      if (settled) return;
      settled = true;
      const { why, cause } = failureOf(error);
      resolve({
        kind: "unreachable",
        why: limit.isOver() ? "timeout" : why,
        mayHaveActed: limit.sent,
        cause: limit.isOver() ? server : { ...server, ...cause },
      });
    };

    // undici's own request() would make a stream of an answer that fits in one packet.
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        if (limit.isOver()) {
          controller.abort(new Error("the call ran out of time before a connection was free"));
          return;
        }
        // Bytes are written from here on, so after any later failure, WeChat Pay may have carried out the call.
        limit.sent = true;
        limit.toAbort = controller;
      },
      onResponseStart(_controller, statusCode, answerHeaders) {
        status = statusCode;
        headers = answerHeaders;
      },
      onResponseData(controller, chunk) {
        if (settled) return;
        chunks.push(chunk);
        bytes += chunk.byteLength;
        if (bytes <= bodyBytesMax) return;
        finish(true);
        controller.abort(new Error(`an answer of more than ${bodyBytesMax} bytes`));
      },
      onResponseEnd() {
        if (!settled) finish(false);
      },
      onResponseError(_controller, error) {
        fail(error);
      },
    };
    try {
      dispatcher.dispatch(request, handler);
    } catch (error) {
      fail(error);
    }
  });
}
