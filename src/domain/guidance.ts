/**
 * Maps an outcome to the person who has to act, whether a retry helps, and the topic under which the texts explain it.
 */
import { type AttemptResult, type Fault, faults, type UnreachableReason } from "./attempt-result.ts";

/** Who has to act before a retry can succeed. */
export type Actor = "requester" | "service-provider" | "sub-merchant" | "bot-operator" | "nobody" | "nobody-yet";

/**
 * `after-a-day`: nothing has to be fixed, but more time has to pass than the bot retries by itself. `new-request`: this
 * request can never succeed, because its number has to be corrected. `after-the-wait`: WeChat Pay asks for a longer
 * wait than the bot retries by itself; `waitUntil` says when it ends.
 */
export type RetryAdvice = "automatic" | "after-the-fix" | "after-a-day" | "after-the-wait" | "new-request";

/** If Retry-After is longer, the bot does not wait: the operation fails, and someone can retry it later. */
export const retryAfterMaxMs = 10 * 60_000;

/** Why a call did not reach WeChat Pay, or its answer did not arrive; each has its own fix. */
const unreachableTopics = [
  "unreachable",
  "unreachable-tls",
  "unreachable-certificate-expired",
  "unreachable-certificate-early",
  "unreachable-certificate-untrusted",
  "unreachable-certificate-host",
  "unreachable-proxy",
  "unreachable-proxy-credentials",
  "unreachable-local-limit",
  "unreachable-no-key",
  "unreachable-signer",
  "unreachable-signer-refused",
] as const;
export type UnreachableTopic = (typeof unreachableTopics)[number];

/** Everything that the texts explain. */
export const topics = [
  ...faults,
  ...unreachableTopics,
  "unverified",
  "unverified-clock",
  "wrong-body",
  "unfinished",
  "unapproved",
] as const;
export type Topic = (typeof topics)[number];

export interface Guidance {
  topic: Topic;
  actor: Actor;
  retry: RetryAdvice;
  /** False if WeChat Pay may have carried out the call, or an earlier one of the same step, anyway. */
  isCertain: boolean;
  /** When to retry at the earliest, in milliseconds since 1970; only for `after-the-wait`. */
  waitUntil?: number;
}

type Failure = Exclude<AttemptResult, { kind: "accepted" }>;

/** One row for each fault of the outcome table. */
const refusals: Readonly<Record<Fault, { actor: Actor; retry: RetryAdvice }>> = {
  "param-error": { actor: "requester", retry: "new-request" },
  "param-other": { actor: "bot-operator", retry: "after-the-fix" },
  "provider-goldplan-off": { actor: "service-provider", retry: "after-the-fix" },
  "provider-link-missing": { actor: "service-provider", retry: "after-the-fix" },
  "provider-penalised": { actor: "service-provider", retry: "after-the-fix" },
  "sub-merchant-penalised": { actor: "sub-merchant", retry: "after-the-fix" },
  "reopened-too-soon": { actor: "nobody-yet", retry: "after-a-day" },
  "try-later": { actor: "nobody", retry: "automatic" },
  "rate-limited": { actor: "nobody", retry: "automatic" },
  "caller-not-allowed": { actor: "service-provider", retry: "after-the-fix" },
  "invalid-request": { actor: "bot-operator", retry: "after-the-fix" },
  "sub-merchant-unknown": { actor: "requester", retry: "new-request" },
  "sign-header": { actor: "bot-operator", retry: "after-the-fix" },
  "sign-serial": { actor: "bot-operator", retry: "after-the-fix" },
  "sign-certificate-expired": { actor: "bot-operator", retry: "after-the-fix" },
  "sign-certificate-revoked": { actor: "bot-operator", retry: "after-the-fix" },
  "sign-certificate-replaced": { actor: "bot-operator", retry: "after-the-fix" },
  "sign-certificate-missing": { actor: "bot-operator", retry: "after-the-fix" },
  "sign-clock": { actor: "bot-operator", retry: "automatic" },
  "sign-body": { actor: "bot-operator", retry: "after-the-fix" },
  "sign-url": { actor: "bot-operator", retry: "after-the-fix" },
  "sign-key": { actor: "bot-operator", retry: "after-the-fix" },
  "sign-mismatch": { actor: "bot-operator", retry: "after-the-fix" },
  "sign-other": { actor: "bot-operator", retry: "after-the-fix" },
  "no-auth": { actor: "service-provider", retry: "after-the-fix" },
  "server-error": { actor: "nobody", retry: "automatic" },
  unknown: { actor: "bot-operator", retry: "after-the-fix" },
};

const topicsByReason: Readonly<Record<UnreachableReason, UnreachableTopic>> = {
  refused: "unreachable",
  reset: "unreachable",
  timeout: "unreachable",
  dns: "unreachable",
  tls: "unreachable-tls",
  "certificate-expired": "unreachable-certificate-expired",
  "certificate-not-yet-valid": "unreachable-certificate-early",
  "certificate-self-signed": "unreachable-certificate-untrusted",
  "certificate-unknown-issuer": "unreachable-certificate-untrusted",
  "certificate-invalid": "unreachable-certificate-untrusted",
  "certificate-wrong-host": "unreachable-certificate-host",
  "proxy-unreachable": "unreachable-proxy",
  "proxy-closed": "unreachable-proxy",
  "proxy-refused": "unreachable-proxy",
  "proxy-credentials": "unreachable-proxy-credentials",
  "local-limit": "unreachable-local-limit",
  "no-verification-key": "unreachable-no-key",
  "signer-unreachable": "unreachable-signer",
  "signer-refused": "unreachable-signer-refused",
  "signer-invalid": "unreachable-signer-refused",
  other: "unreachable",
};

/** Faults that make a request fail however often it is retried. */
export const topicsBeyondRetry: readonly Topic[] = faults.filter((fault) => refusals[fault].retry === "new-request");

export function guide(failure: Failure): Guidance {
  const guidance = guideAlone(failure);
  return failure.mayHaveActedBefore ? { ...guidance, isCertain: false } : guidance;
}

/** Regardless of earlier attempts. */
function guideAlone(failure: Failure): Guidance {
  switch (failure.kind) {
    case "refused":
      // After a 5xx it is unknown whether the call was carried out: the documentation recommends repeating it.
      return {
        topic: failure.fault,
        ...refusals[failure.fault],
        isCertain: failure.fault !== "server-error",
        ...waitOf(failure),
      };
    case "unverified":
      return { topic: unverifiedTopic(failure.why), actor: "bot-operator", retry: "automatic", isCertain: false };
    case "unreachable":
      return {
        // A newer instance may have stored a reason that this version does not know.
        topic: topicsByReason[failure.why] ?? "unreachable",
        actor: "bot-operator",
        retry: "automatic",
        isCertain: !failure.mayHaveActed,
      };
    case "unfinished":
      return { topic: "unfinished", actor: "bot-operator", retry: "after-the-fix", isCertain: false };
    case "unapproved":
      return { topic: "unapproved", actor: "bot-operator", retry: "after-the-fix", isCertain: true };
    default:
      return failure satisfies never;
  }
}

/** What changes if WeChat Pay asks for a wait that the bot leaves to people. */
function waitOf({ fault, retryAfterMs = 0, retryAt }: Extract<Failure, { kind: "refused" }>) {
  const isLong = retryAfterMs > retryAfterMaxMs && refusals[fault].retry === "automatic";
  return isLong && retryAt !== undefined ? ({ retry: "after-the-wait", waitUntil: retryAt } as const) : {};
}

/**
 * Whether WeChat Pay may have carried out a call although the operation failed. Messages, files, counts and logs all
 * use this definition.
 */
export function isUncertain(result: AttemptResult): boolean {
  return result.kind !== "accepted" && !guide(result).isCertain;
}

/** Whether an answer is an error in WeChat Pay's format. Something in between may have written any other one. */
export function hasTheirForm(result: { kind: AttemptResult["kind"] | "certificates"; code?: string }): boolean {
  return result.kind === "refused" && result.code !== undefined;
}

/** A certain failure says nothing about an earlier attempt that is not certain. */
export function afterEarlier(
  result: AttemptResult,
  { mayHaveActedBefore }: { mayHaveActedBefore: boolean },
): AttemptResult {
  const isCertain = result.kind !== "accepted" && !isUncertain(result);
  return isCertain && mayHaveActedBefore ? { ...result, mayHaveActedBefore } : result;
}

function unverifiedTopic(why: Extract<AttemptResult, { kind: "unverified" }>["why"]): Topic {
  if (why === "stale") return "unverified-clock";
  return why === "wrong-body" ? "wrong-body" : "unverified";
}
