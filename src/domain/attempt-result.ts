/** How an attempt to call WeChat Pay can end: told by src/wechatpay or the executor, read by the ledger and the guidance. */

/** The API's `operation_type`. */
export const actions = ["OPEN", "CLOSE"] as const;
export type Action = (typeof actions)[number];

/**
 * Why WeChat Pay refused a call: one name for each row of the outcome table that says something different to a person.
 * The `sign-…` names tell the reasons of a 401 SIGN_ERROR apart.
 */
export const faults = [
  "param-error",
  "provider-goldplan-off",
  "provider-link-missing",
  "provider-penalised",
  "sub-merchant-penalised",
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

/** Why an answer does not count: its signature, or a body that is not the documented one. */
export type UnverifiedReason = "missing" | "wrong-signature" | "stale" | "unknown-serial" | "wrong-body";

/** Why no answer came. */
export type UnreachableReason = "refused" | "reset" | "timeout" | "dns" | "tls";

/** How an attempt ended, as it is written down. */
export type AttemptResult =
  | CallResult
  /** Those before it were begun as often as may be and the last of them never ended, so that no call was made for it. */
  | { kind: "unfinished" };

/** One exchange with WeChat Pay, as it ended. Expected failures are values; a rejected promise is a bug. */
export type CallResult =
  | { kind: "accepted"; status: number; requestId?: string }
  | {
      kind: "refused";
      fault: Fault;
      status: number;
      /** As it came, blanks and odd spellings kept. */
      code?: string;
      /** WeChat Pay's own words, as they came; for a body that is not JSON, its first 200 characters as plain text. */
      message?: string;
      requestId?: string;
      /** From `Retry-After`, seconds or a date, in milliseconds from now. */
      retryAfterMs?: number;
      /** How far our clock is ahead of theirs (negative: behind), from the answer's `Date`; only for `sign-clock`. */
      clockAheadMs?: number;
    }
  | {
      kind: "unverified";
      why: UnverifiedReason;
      status: number;
      requestId?: string;
      /** As in `refused`; only for `stale`. */
      clockAheadMs?: number;
      /** WeChat Pay's deliberate test of its clients: a signature that starts with `WECHATPAY/SIGNTEST/`. */
      probe?: true;
    }
  | { kind: "unreachable"; why: UnreachableReason; mayHaveActed: boolean };

/** Makes one signed call; what the executor needs of WeChat Pay. */
export type ChangeCustomPageStatus = (call: {
  subMchid: string;
  operationType: Action;
  /** Which of the configured endpoints to use, counted from 0 and wrapped around. */
  endpoint: number;
}) => Promise<CallResult>;

/** The ledger's own writing is trusted: `conclude` is the one place that writes it. */
export function parseResult(json: string | null): AttemptResult | undefined {
  return json === null ? undefined : (JSON.parse(json) as AttemptResult);
}
