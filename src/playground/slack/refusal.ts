/** How the local Slack says no: an error code with what Slack sends beside it. */
import type { JsonObject } from "./json.ts";

/**
 * A call that Slack answers with `{"ok":false,"error":code}` and HTTP 200. Nothing was changed.
 * `details` stand beside `error` in the answer (`needed`, `errors`, `response_metadata`, …).
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

/** Slack's generic answer to a wrong argument; the texts appear as `[ERROR] …` in `response_metadata.messages`. */
export function invalidArguments(...messages: readonly string[]): Refusal {
  return new Refusal("invalid_arguments", {
    response_metadata: { messages: messages.map((text) => `[ERROR] ${text}`) },
  });
}

/** A call beyond a rate limit: HTTP 429 with `Retry-After` in whole seconds. Nothing was changed. */
export class RateLimited extends Error {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super(`rate limited for ${retryAfterSeconds} s`);
    this.name = "RateLimited";
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
