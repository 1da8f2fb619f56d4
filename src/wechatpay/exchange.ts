/** One HTTP exchange over undici: sends the bytes it is given, and brings back an answer or why none came. */
import { type Dispatcher, errors } from "undici";
import type { CallResult, UnreachableReason } from "../domain/attempt-result.ts";
import type { Answer } from "./errors.ts";
import type { AnswerHeaders } from "./headers.ts";

/** More of an answer than this is not read: the documented ones have a few hundred bytes. */
export const bodyBytesMax = 64 * 1024;

export type Unreachable = Extract<CallResult, { kind: "unreachable" }>;

/** An answer with its body whole, or `cut` at `bodyBytesMax`; or none. */
export type ExchangeResult = ({ kind: "answer"; cut: boolean } & Answer) | Unreachable;

/** What is sent: `headers` as name, value, name, value. */
export type OutgoingRequest = { origin: string; path: string; method: "POST"; headers: string[]; body: Buffer };

/** The time left to one call, shared by its steps. Ending it cuts an exchange off, and stops one not yet begun. */
export type TimeLimit = {
  over: boolean;
  /** Whether the request may have left this machine. */
  sent: boolean;
  /** Set by the exchange that is under way. */
  cutOff: ((reason: Error) => void) | undefined;
};

/**
 * Runs `work` for at most `limitMs` on the monotonic clock. What is still under way then is cut off, and nothing of it
 * is sent any more.
 */
export function withinTimeLimit<T>(limitMs: number, work: (limit: TimeLimit) => Promise<T>): Promise<T | Unreachable> {
  return new Promise((resolve, reject) => {
    const limit: TimeLimit = { over: false, sent: false, cutOff: undefined };
    const timer = setTimeout(() => {
      limit.over = true;
      resolve({ kind: "unreachable", why: "timeout", mayHaveActed: limit.sent });
      limit.cutOff?.(new Error(`no answer within ${limitMs} ms`));
    }, limitMs);
    work(limit)
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

/**
 * Makes the exchange. Redirects are not followed, and nothing is repeated.
 * Rejects only with errors of ours: a closed dispatcher, an argument that undici does not take.
 */
export function exchange(dispatcher: Dispatcher, request: OutgoingRequest, limit: TimeLimit): Promise<ExchangeResult> {
  return new Promise((resolve, reject) => {
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

    // undici's own request() would make a stream of an answer that fits in one packet.
    dispatcher.dispatch(request, {
      onRequestStart(controller) {
        if (limit.over) {
          controller.abort(new Error("the call's time was over before a connection was free"));
          return;
        }
        // From here on bytes are written: whatever goes wrong now, WeChat Pay may have acted.
        limit.sent = true;
        limit.cutOff = (reason) => controller.abort(reason);
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
        if (settled) return;
        settled = true;
        const why = limit.over ? "timeout" : unreachableReason(error);
        if (why === undefined) reject(error);
        else resolve({ kind: "unreachable", why, mayHaveActed: limit.sent });
      },
    });
  });
}

/** The codes of undici, of the operating system and of the resolver that say why no answer came. */
const reasonsByCode: Readonly<Record<string, UnreachableReason>> = {
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "refused",
  EHOSTDOWN: "refused",
  ENETUNREACH: "refused",
  ENETDOWN: "refused",
  EADDRNOTAVAIL: "refused",
  EACCES: "refused",
  EPERM: "refused",
  // A proxy that answered CONNECT with anything but 200.
  UND_ERR_ABORTED: "refused",
  ENOTFOUND: "dns",
  ENODATA: "dns",
  ETIMEDOUT: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  EPROTO: "tls",
  UND_ERR_PRX_TLS: "tls",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  UND_ERR_SOCKET: "reset",
  UND_ERR_HEADERS_OVERFLOW: "reset",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "reset",
  // undici's word for a 101 Switching Protocols that nobody asked for.
  ERR_ASSERTION: "reset",
};

const reasonsByPattern: readonly { code: RegExp; why: UnreachableReason }[] = [
  { code: /^EAI_/, why: "dns" },
  // OpenSSL's names for what is wrong with a certificate, and Node's for what is wrong with a handshake.
  { code: /CERT|^CRL_|^ERR_(SSL|TLS)_|^INVALID_(CA|PURPOSE)$|^PATH_LENGTH_|^HOSTNAME_MISMATCH$/, why: "tls" },
];

/** Why no answer came; nothing for an error that no network makes. */
function unreachableReason(error: Error): UnreachableReason | undefined {
  // Bytes that are not HTTP: the connection is of no use, and what became of the request is unknown.
  if (error instanceof errors.HTTPParserError) return "reset";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return reasonsByCode[code] ?? reasonsByPattern.find((row) => row.code.test(code))?.why;
}
