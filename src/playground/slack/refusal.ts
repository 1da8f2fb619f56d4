/** Slack's refusals: an error code and the details that Slack sends with it. */
import type { JsonObject } from "./json.ts";

/**
 * A call that Slack answers with `{"ok":false,"error":code}` and HTTP 200, without any effect.
 * `details` are the other fields of the answer (`needed`, `errors`, `response_metadata`, …).
 */
export class Refusal extends Error {
  readonly code: string;
  readonly details: JsonObject;

  constructor(code: string, details: JsonObject = {}) {
    super(code);
    this.name = "Refusal";
    this.code = code;
    this.details = details;
  }
}

/** Slack's generic answer to a wrong argument. The texts appear as `[ERROR] …` in `response_metadata.messages`. */
export function invalidArguments(...messages: readonly string[]): Refusal {
  return new Refusal("invalid_arguments", {
    response_metadata: { messages: messages.map((text) => `[ERROR] ${text}`) },
  });
}

/** A call that exceeds a rate limit, without any effect: HTTP 429 with `Retry-After` in whole seconds. */
export class RateLimited extends Error {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(`rate limited for ${retryAfterSeconds} s`);
    this.name = "RateLimited";
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
