/** An operation's outcome in one line, for lists and for the previous result. */
import { guide } from "../../../domain/guidance.ts";
import type { HistoryEntry } from "../../../ledger/queries/history.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import type { Typing } from "../examples.ts";
import { link, requestNumber, user } from "../mrkdwn.ts";

export interface ListParts extends Typing {
  /** The address of a message, for links. */
  permalink(channelId: string, ts: string): string | undefined;
}

export function outcomeOf(
  {
    action,
    state,
    requestState,
    excludedBy,
    result,
  }: Pick<HistoryEntry, "action" | "state" | "requestState" | "excludedBy" | "result">,
  texts: Texts,
): string {
  const { outcome } = texts.history;
  switch (state) {
    case "waiting":
      return outcome.undecided(action);
    case "queued":
    case "running":
      return outcome.working(action);
    case "held":
      return outcome.held(action);
    case "succeeded":
      return outcome.succeeded(action);
    case "failed": {
      if (!result || result.kind === "accepted") return outcome.cancelled(action);
      const { topic, isCertain } = guide(result);
      return (isCertain ? outcome.failed : outcome.uncertain)(action, texts.guidance[topic].short);
    }
    case "cancelled":
      if (excludedBy !== undefined) return outcome.leftOut(action, user(excludedBy));
      return requestState === "rejected" || requestState === "withdrawn" || requestState === "expired"
        ? outcome[requestState](action)
        : outcome.cancelled(action);
    default:
      return state satisfies never;
  }
}

/** When the last event that the line shows happened. */
export function lastOf({
  endedAt,
  decision,
  createdAt,
}: Pick<HistoryEntry, "endedAt" | "decision" | "createdAt">): number {
  return endedAt ?? decision?.at ?? createdAt;
}

/** A request's number, as a link to its message where that has been posted. */
export function requestLink(
  { number, channelId, messageTs }: { number: number; channelId: string; messageTs: string | undefined },
  { permalink }: Pick<ListParts, "permalink">,
): string {
  const url = messageTs === undefined ? undefined : permalink(channelId, messageTs);
  return url === undefined ? requestNumber(number) : link(url, requestNumber(number));
}
