/** With UNKNOWN_MERCHANTS=refuse: why a request is not recorded whose numbers the directory does not have. */
import { someNumbers } from "../blocks/mrkdwn.ts";
import type { SlackContext } from "../context.ts";

/** Undefined if the request may be recorded; so it may while there is no directory. */
export async function unknownMerchants(
  { ledger, settings, texts }: SlackContext,
  subMchids: readonly string[],
): Promise<string | undefined> {
  if (settings.UNKNOWN_MERCHANTS === "warn") return undefined;
  const unknown = (await ledger.directory.merchants(subMchids)).filter(({ isUnlisted }) => isUnlisted);
  if (unknown.length === 0) return undefined;
  const [numbers, more] = someNumbers(unknown.map(({ subMchid }) => subMchid));
  return texts.unknownMerchants(unknown.length, numbers, more, settings.SLACK_COMMAND);
}
