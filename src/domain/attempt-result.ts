/**
 * How an attempt to call WeChat Pay can end. The client and the executor write it; the ledger and the guidance read it.
 */
import type { PayScene } from "./goldplan/objects.ts";

/** The API's `operation_type`. */
export const actions = ["OPEN", "CLOSE"] as const;
export type Action = (typeof actions)[number];

/**
 * Why WeChat Pay refused a call: one name for each row of the outcome table that needs its own message.
 * The `sign-…` names distinguish the reasons of a 401 SIGN_ERROR.
 */
export const faults = [
  "param-error",
  "param-other",
  "provider-goldplan-off",
  "provider-link-missing",
  "provider-penalised",
  "sub-merchant-penalised",
  "reopened-too-soon",
  "try-later",
  "rate-limited",
  "caller-not-allowed",
  "invalid-request",
  "sub-merchant-unknown",
  "sign-header",
  "sign-serial",
  "sign-certificate-expired",
  "sign-certificate-revoked",
  "sign-certificate-replaced",
  "sign-certificate-missing",
  "sign-clock",
  "sign-body",
  "sign-url",
  "sign-key",
  "sign-mismatch",
  "sign-other",
  "no-auth",
  "server-error",
  "unknown",
] as const;
export type Fault = (typeof faults)[number];

/** Why an answer cannot be trusted: its signature, or a body that does not match the documentation. */
export type UnverifiedReason = "missing" | "wrong-signature" | "stale" | "unknown-serial" | "wrong-body";

/** Why the signer of WECHATPAY_SIGNER gave no signature. */
const signerReasons = [
  "signer-unreachable",
  /** Any answer other than 200. */
  "signer-refused",
  /** 200, but no signature of an RSA-2048 key. */
  "signer-invalid",
] as const;

/** Why there was no answer. Older ledgers contain only the first five reasons. */
export const unreachableReasons = [
  "refused",
  "reset",
  "timeout",
  "dns",
  /** A TLS handshake that failed for a reason other than the certificate. */
  "tls",
  "certificate-expired",
  "certificate-not-yet-valid",
  "certificate-self-signed",
  /** Unknown root, or an intermediate certificate that the server does not send. */
  "certificate-unknown-issuer",
  "certificate-wrong-host",
  "certificate-invalid",
  "proxy-unreachable",
  /** The proxy closed the connection instead of answering CONNECT. */
  "proxy-closed",
  /** 407. */
  "proxy-credentials",
  /** Any answer to CONNECT other than 200. */
  "proxy-refused",
  /** The machine is out of sockets, file handles or memory. */
  "local-limit",
  /** The bot has no key yet that could verify an answer, and made no call. */
  "no-verification-key",
  ...signerReasons,
  "other",
] as const;
export type UnreachableReason = (typeof unreachableReasons)[number];

/** Whether the signer is the cause: there was nothing to send to WeChat Pay. */
export function isSignersFault(why: UnreachableReason): boolean {
  return signerReasons.some((reason) => reason === why);
}

/** What is known about a connection that failed. Holds no secret: it is logged, stored and shown. */
export interface ConnectionCause {
  /**
   * The server that the bot wanted to reach: `api.mch.weixin.qq.com`, with a port other than 443; or WECHATPAY_SIGNER.
   */
  host?: string;
  /** The proxy that was used, as `host:port`. */
  proxy?: string;
  /** The error code of the system, of Node.js or of the TLS library: `ECONNRESET`, `CERT_HAS_EXPIRED`. */
  code?: string;
  /** The HTTP status of the proxy or the signer. */
  status?: number;
  /** Why the signer refused, in its own words: one line of at most 200 characters. */
  reason?: string;
  /** When the certificate expired or becomes valid, in milliseconds since 1970. */
  at?: number;
}

/** How an attempt ended, as the ledger stores it. */
export type AttemptResult = (
  | CallResult
  /** The maximum number of attempts was started, and the last one never ended. No call was made for this attempt. */
  | { kind: "unfinished" }
  /** The approval's MAC is wrong or missing: someone else may have written it. No call was made. */
  | { kind: "unapproved" }
) &
  Earlier;

export interface Earlier {
  /**
   * This failure is certain, but an earlier attempt of the same step, in any round, is not: WeChat Pay may have carried
   * that one out. Older ledgers do not say.
   */
  mayHaveActedBefore?: true;
}

/** How one exchange with WeChat Pay ended. Expected failures are values; a rejected promise is a bug. */
export type CallResult =
  | {
      kind: "accepted";
      status: number;
      requestId?: string;
      /** As in `unverified`; what WeChat Pay signed is the decoded body. */
      contentEncoding?: string;
    }
  | {
      kind: "refused";
      fault: Fault;
      status: number;
      /** As received, including spaces and unusual spellings. */
      code?: string;
      /** WeChat Pay's message as received; if the body is not JSON, its first 200 characters as plain text. */
      message?: string;
      requestId?: string;
      /** From `Retry-After` (seconds or a date), in milliseconds from now. */
      retryAfterMs?: number;
      /** When that time is over, in milliseconds since 1970. Absent in older ledgers. */
      retryAt?: number;
      /**
       * How far our clock is ahead of WeChat Pay's, in milliseconds (negative if it is slow), from the `Date` header;
       * only for `sign-clock`.
       */
      clockAheadMs?: number;
    }
  | {
      kind: "unverified";
      why: UnverifiedReason;
      status: number;
      requestId?: string;
      /** As in `refused`; only for `stale`. */
      clockAheadMs?: number;
      /** `Wechatpay-Serial` as received; only for `unknown-serial`. */
      serial?: string;
      /** A `Content-Encoding` that the bot did not request: the signature may cover other bytes than those received. */
      contentEncoding?: string;
      /** WeChat Pay's deliberate test of its clients: a signature that starts with `WECHATPAY/SIGNTEST/`. */
      probe?: true;
    }
  | {
      kind: "unreachable";
      why: UnreachableReason;
      /** Whether any part of the request may have left this machine. */
      mayHaveActed: boolean;
      /** Absent in older ledgers. */
      cause?: ConnectionCause;
    };

/** Makes the signed call that switches a sub-merchant's receipt. */
export type ChangeCustomPageStatus = (call: {
  subMchid: string;
  operationType: Action;
  /** Index of the configured endpoint, from 0; it wraps around. */
  endpoint: number;
}) => Promise<CallResult>;

/** Makes the signed call that switches a sub-merchant's 点金计划. */
export type ChangeGoldPlanStatus = (call: {
  subMchid: string;
  operationType: Action;
  payScene: PayScene;
  /** As in `ChangeCustomPageStatus`. */
  endpoint: number;
}) => Promise<CallResult>;

/** The call of each step. The executor needs nothing else of WeChat Pay. */
export interface StepCalls {
  changeCustomPageStatus: ChangeCustomPageStatus;
  changeGoldPlanStatus: ChangeGoldPlanStatus;
}

/** Parses a stored result. Only `conclude` writes these. */
export function parseResult(json: string | null): AttemptResult | undefined {
  return json === null ? undefined : (JSON.parse(json) as AttemptResult);
}
