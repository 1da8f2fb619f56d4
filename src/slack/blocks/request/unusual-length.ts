/** Notes on accepted numbers whose length differs from most. */
import type { ContextBlock } from "@slack/types";
import { isUnusual } from "../../../parsing/number-list/sub-mchid.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { context } from "../elements.ts";
import { someNumbers } from "../mrkdwn.ts";

/** Undefined if all of them have the usual length. */
export function unusualSentence(subMchids: readonly string[], { bulk }: Texts): string | undefined {
  const unusual = subMchids.filter(isUnusual);
  if (unusual.length === 0) return undefined;
  return bulk.unusual(...someNumbers(unusual));
}

/** The same, as small print in a message or a form. */
export function unusualLine(subMchids: readonly string[], texts: Texts): ContextBlock[] {
  const sentence = unusualSentence(subMchids, texts);
  return sentence === undefined ? [] : [context(sentence)];
}
