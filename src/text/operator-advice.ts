/** The log's texts for a failure on which the bot's operator has to act, with the same wording as in Slack. */
import type { AttemptResult } from "../domain/attempt-result.ts";
import { guide } from "../domain/guidance.ts";
import type { KeyCheckResult } from "../domain/platform-certificates/platform-certificates.ts";
import type { Texts } from "./en/catalogue.ts";

/** Undefined if someone else has to act, or nobody. */
export function operatorAdvice(
  failure: Exclude<AttemptResult, { kind: "accepted" }>,
  texts: Texts,
): string | undefined {
  return guide(failure).actor === "bot-operator" ? adviceOn(failure, texts) : undefined;
}

/** What a failure means and what to do. */
function adviceOn(failure: Exclude<AttemptResult, { kind: "accepted" }>, texts: Texts): string {
  const { happened, todo } = texts.guidance[guide(failure).topic];
  return `${happened} ${todo}`;
}

/**
 * The same for a signed call that changes nothing: no request waits for it, so nothing is uncertain, and what a
 * request's message offers does not apply.
 */
export function adviceOnCheck(failure: Exclude<KeyCheckResult, { kind: "accepted" }>, texts: Texts): string {
  if (failure.kind === "certificates") return texts.start.platformCertificates[failure.why];
  const { short, todo } = texts.guidance[guide(failure).topic];
  const { refused, advice } = texts.doctor.signature;
  return `${refused(short)} ${advice(todo)}`;
}
