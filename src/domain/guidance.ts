/** Maps an outcome to who has to act, whether a retry helps, and which text explains it. */
import { type AttemptResult, type Fault, faults } from "./attempt-result.ts";

/** Who has to act before a retry can succeed. */
export type Actor = "requester" | "service-provider" | "sub-merchant" | "bot-operator" | "nobody";

/** `new-request`: this request can never succeed; the number has to be corrected. */
export type RetryAdvice = "automatic" | "after-the-fix" | "new-request";

/** Each topic has a paragraph in the texts. */
export type Topic = Fault | "unreachable" | "unverified" | "unverified-clock" | "wrong-body" | "unfinished";

export interface Guidance {
  topic: Topic;
  actor: Actor;
  retry: RetryAdvice;
  /** False if WeChat Pay may have made the change despite the failure. */
  isCertain: boolean;
}

type Failure = Exclude<AttemptResult, { kind: "accepted" }>;

/** One row for each fault, as in the outcome table. */
const refusals: Readonly<Record<Fault, { actor: Actor; retry: RetryAdvice }>> = {
  "param-error": { actor: "requester", retry: "new-request" },
  "provider-goldplan-off": { actor: "service-provider", retry: "after-the-fix" },
  "provider-link-missing": { actor: "service-provider", retry: "after-the-fix" },
  "provider-penalised": { actor: "service-provider", retry: "after-the-fix" },
  "sub-merchant-penalised": { actor: "sub-merchant", retry: "after-the-fix" },
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

/** Failures that no retry can fix. */
export const topicsBeyondRetry: readonly Topic[] = faults.filter((fault) => refusals[fault].retry === "new-request");

export function guide(failure: Failure): Guidance {
  switch (failure.kind) {
    case "refused":
      // WeChat Pay's documentation says to repeat a call after a 5xx, because its result is unknown.
      return { topic: failure.fault, ...refusals[failure.fault], isCertain: failure.fault !== "server-error" };
    case "unverified":
      return { topic: unverifiedTopic(failure.why), actor: "bot-operator", retry: "automatic", isCertain: false };
    case "unreachable":
      return { topic: "unreachable", actor: "bot-operator", retry: "automatic", isCertain: !failure.mayHaveActed };
    case "unfinished":
      return { topic: "unfinished", actor: "bot-operator", retry: "after-the-fix", isCertain: false };
    default:
      return failure satisfies never;
  }
}

function unverifiedTopic(why: Extract<AttemptResult, { kind: "unverified" }>["why"]): Topic {
  if (why === "stale") return "unverified-clock";
  return why === "wrong-body" ? "wrong-body" : "unverified";
}
