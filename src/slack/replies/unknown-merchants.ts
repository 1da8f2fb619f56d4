/** With UNKNOWN_MERCHANTS=refuse: why a request is not recorded whose numbers the directory does not have. */
import { code } from "../blocks/mrkdwn.ts";
import type { SlackContext } from "../context.ts";

/** Maximum numbers that the answer lists. */
const namedMax = 5;

/** Undefined if the request may be recorded; so it may while there is no directory. */
export async function unknownMerchants(
  { ledger, settings, texts }: SlackContext,
  subMchids: readonly string[],
): Promise<string | undefined> {
  if (settings.UNKNOWN_MERCHANTS === "warn") return undefined;
  const unknown = (await ledger.directory.merchants(subMchids)).filter(({ isUnlisted }) => isUnlisted);
  if (unknown.length === 0) return undefined;
  const numbers = unknown.slice(0, namedMax).map(({ subMchid }) => code(subMchid));
  const more = unknown.length - numbers.length;
  return texts.unknownMerchants(unknown.length, numbers.join(" "), more, settings.SLACK_COMMAND);
}
