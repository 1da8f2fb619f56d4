/** Reads an answer other than the documented success: its fault and WeChat Pay's message. */
import { z } from "zod";
import type { CallResult, Fault } from "../domain/attempt-result.ts";
import {
  type AnswerHeaders,
  charsetOf,
  clockAheadMsOf,
  redirectedToOf,
  requestIdOf,
  retryAfterMsOf,
} from "./headers.ts";
import { normalized, outcomeRowFor } from "./outcome-table.ts";
import { differenceFromSigned, type SignedRequest, type SignInformation, signInformation } from "./sign-information.ts";

/** An answer as received, truncated at the client's size limit. */
export type Answer = { status: number; headers: AnswerHeaders; body: Buffer };

/** WeChat Pay's texts are kept up to these lengths, in characters; real ones are far shorter. */
const messageLengthMax = 1_000;
const codeLengthMax = 100;
const plainTextLengthMax = 200;

/**
 * Turns an answer other than the documented success into a refusal. Never throws, whatever the answer.
 * @param signed what we signed, to find out why WeChat Pay refused the signature
 * @param now milliseconds since 1970
 */
export function classify(
  answer: Answer & { signed: SignedRequest; now: number },
): Extract<CallResult, { kind: "refused" }> {
  const { status, headers, body, signed, now } = answer;
  const { code, field, information, ...said } = readEnvelope(body, charsetOf(headers));
  const target = status >= 300 && status <= 399 ? redirectedToOf(headers) : undefined;
  // The page of a redirect does not say where it leads to.
  const message = target === undefined ? said.message : `Location: ${target}`;
  const fault = faultOf({ status, code, message, field, information }, signed);
  const requestId = requestIdOf(headers);
  const retryAfterMs = retryAfterMsOf(headers, now);
  const clockAheadMs = fault === "sign-clock" ? clockAheadMsOf(headers, now) : undefined;
  return {
    kind: "refused",
    fault,
    status,
    ...(code !== undefined && { code }),
    ...(message !== undefined && { message }),
    ...(requestId !== undefined && { requestId }),
    ...(retryAfterMs !== undefined && { retryAfterMs, retryAt: now + retryAfterMs }),
    ...(clockAheadMs !== undefined && { clockAheadMs }),
  };
}

/** The code of an error answer in one spelling: upper case, without spaces, underscores and hyphens. */
export function codeIn(body: Buffer): string | undefined {
  const { code } = readEnvelope(body);
  return code === undefined ? undefined : normalized(code);
}

type Envelope = Record<"code" | "message" | "field", string | undefined> & {
  information: SignInformation | undefined;
};

function faultOf(answer: Envelope & { status: number }, signed: SignedRequest): Fault {
  const row = outcomeRowFor(answer);
  if (row === undefined) return "unknown";
  if (row.detail === undefined || answer.information === undefined) return row.fault;
  return differenceFromSigned(answer.information, signed) ?? row.fault;
}

const words = z
  .union([z.string(), z.number().transform(String)])
  .optional()
  .catch(undefined);
const information = signInformation.optional().catch(undefined);
const envelope = z.object({
  code: words,
  message: words,
  detail: z
    .object({
      field: words,
      sign_information: information,
      // The live answers nest `detail` once more than the documentation does.
      detail: z.object({ field: words, sign_information: information }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** @param charset a firewall's page may have another one than WeChat Pay's UTF-8 */
function readEnvelope(body: Buffer, charset?: string): Envelope {
  const text = textIn(body, charset);
  const { code, message, detail } = envelope.safeParse(parsed(text)).data ?? {};
  // Not WeChat Pay's envelope, but a page or another server's JSON: people have to see what it says.
  if (code === undefined && message === undefined)
    return {
      code: undefined,
      message: plain(text.trim(), plainTextLengthMax),
      field: undefined,
      information: undefined,
    };
  return {
    code: code && plain(code, codeLengthMax),
    message: message && plain(message, messageLengthMax),
    field: detail?.field ?? detail?.detail?.field,
    information: detail?.sign_information ?? detail?.detail?.sign_information,
  };
}

/** An answer's body as JSON; undefined if it is none, like 502 pages, empty 404s and plain text. */
export function jsonIn(body: Buffer): unknown {
  return parsed(textIn(body));
}

const utf8 = new TextDecoder();

/** Without a byte order mark. */
function textIn(body: Buffer, charset?: string): string {
  try {
    return (charset === undefined ? utf8 : new TextDecoder(charset)).decode(body);
  } catch {
    // A charset that nobody knows.
    return utf8.decode(body);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Replaces NUL and half characters, which PostgreSQL cannot store. */
function plain(text: string, lengthMax: number): string | undefined {
  const kept = [...text.slice(0, lengthMax * 2)].slice(0, lengthMax).join("");
  return kept === "" ? undefined : kept.toWellFormed().replaceAll("\0", "\uFFFD");
}
