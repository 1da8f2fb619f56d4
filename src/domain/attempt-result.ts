/** How an attempt to call WeChat Pay can end. src/wechatpay and the executor report it; the ledger and the guidance read it. */

/** The API's `operation_type`. */
export const actions = ["OPEN", "CLOSE"] as const;
export type Action = (typeof actions)[number];

/**
 * Why WeChat Pay refused a call: one name for each row of the outcome table that needs its own message.
 * The `sign-…` names distinguish the reasons of a 401 SIGN_ERROR.
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

/** Why an answer cannot be trusted: its signature, or a body that does not match the documentation. */
export type UnverifiedReason = "missing" | "wrong-signature" | "stale" | "unknown-serial" | "wrong-body";

/** Why no answer came. */
export type UnreachableReason = "refused" | "reset" | "timeout" | "dns" | "tls";

/** How an attempt ended, as it is recorded. */
export type AttemptResult =
  | CallResult
  /** The maximum number of attempts was started and the last of them never ended; no further call was made. */
  | { kind: "unfinished" };

/** How one exchange with WeChat Pay ended. Expected failures are values; a rejected promise is a bug. */
export type CallResult =
  | { kind: "accepted"; status: number; requestId?: string }
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
      /** How far our clock is ahead of WeChat Pay's, in milliseconds (negative if it is slow), from the `Date` header; only for `sign-clock`. */
      clockAheadMs?: number;
    }
  | {
      kind: "unverified";
      why: UnverifiedReason;
      status: number;
      requestId?: string;
      /** As in `refused`; only for `stale`. */
      clockAheadMs?: number;
      /** WeChat Pay tests its clients with wrong signatures, which start with `WECHATPAY/SIGNTEST/`. */
      probe?: true;
    }
  | { kind: "unreachable"; why: UnreachableReason; mayHaveActed: boolean };

/** Makes one signed call. The executor needs nothing else from WeChat Pay. */
export type ChangeCustomPageStatus = (call: {
  subMchid: string;
  operationType: Action;
  /** Index of the configured endpoint, from 0; it wraps around. */
  endpoint: number;
}) => Promise<CallResult>;

/** The ledger's own rows are trusted: only `conclude` writes them. */
export function parseResult(json: string | null): AttemptResult | undefined {
  return json === null ? undefined : (JSON.parse(json) as AttemptResult);
}
