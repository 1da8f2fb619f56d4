/** What stands in example commands; the settings check that the bot itself accepts it. */
import type { Action } from "../domain/attempt-result.ts";

/** The sub-merchant. */
export const exampleNumber = "1900000109";

/** The reason of a request, by language. */
export const exampleReasons = {
  en: { OPEN: "new store, contract 4711", CLOSE: "contract ended" },
  "zh-CN": { OPEN: "新店，合同 4711", CLOSE: "合同到期" },
} as const satisfies Record<string, Record<Action, string>>;
