/** The outcome of an operation, or of a bulk request, in one line: for lists, messages and previous results. */
import { certainlyFailed, stillIn } from "../../../domain/approval.ts";
import { guide } from "../../../domain/guidance.ts";
import type { HistoryEntry } from "../../../ledger/queries/history.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import type { Typing } from "../example-commands.ts";
import { date, link, requestNumber, user } from "../mrkdwn.ts";
import { exclusionWords, peopleMax } from "./decision.ts";
import { remaining } from "./goldplan.ts";
import { type TicketLinks, ticketWords } from "./reason.ts";

export interface ListParts extends Typing, TicketLinks {
  /** The address of a message, for links. */
  permalink(channelId: string, ts: string): string | undefined;
}

export function outcomeOf(
  entry: Pick<HistoryEntry, "action" | "object" | "step" | "state" | "requestState" | "excludedBy" | "result">,
  texts: Texts,
): string {
  const { outcome } = texts.history;
  const { state, requestState, excludedBy, result } = entry;
  const change = remaining(entry);
  switch (state) {
    case "waiting":
      return outcome.undecided(entry);
    case "queued":
    case "running":
      return outcome.working(change);
    case "held":
      return outcome.held(change);
    case "succeeded":
      return outcome.succeeded(entry);
    case "failed": {
      if (!result || result.kind === "accepted") return outcome.cancelled(change);
      const { topic, isCertain } = guide(result);
      return (isCertain ? outcome.failed : outcome.uncertain)(change, texts.guidance[topic].short);
    }
    case "cancelled":
      if (excludedBy !== undefined) return outcome.leftOut(entry, user(excludedBy));
      return requestState === "rejected" || requestState === "withdrawn" || requestState === "expired"
        ? outcome[requestState](entry)
        : outcome.cancelled(change);
    default:
      return state satisfies never;
  }
}

/** The time of the last event that the line shows. */
export function lastOf({
  endedAt,
  decision,
  createdAt,
}: Pick<HistoryEntry, "endedAt" | "decision" | "createdAt">): number {
  return endedAt ?? decision?.at ?? createdAt;
}

/** A request's number, as a link to its message if that has been posted. */
export function requestLink(
  { number, channelId, messageTs }: { number: number; channelId: string; messageTs: string | undefined },
  { permalink }: Pick<ListParts, "permalink">,
): string {
  const url = messageTs === undefined ? undefined : permalink(channelId, messageTs);
  return url === undefined ? requestNumber(number) : link(url, requestNumber(number));
}

/** A request's number and its ticket, for lists. */
export function requestAndTicket(
  request: Parameters<typeof requestLink>[0] & { ticket: string | undefined },
  parts: Pick<ListParts, "permalink" | "ticketUrl">,
): string {
  const { ticket } = request;
  return [requestLink(request, parts), ...(ticket === undefined ? [] : [ticketWords(ticket, parts)])].join(" · ");
}

/** How a bulk request ended, in a sentence. */
export function endedSentence(request: RequestView, { bulk }: Texts): string {
  const { counts } = request;
  const { succeeded, uncertain } = counts;
  return bulk.sentence.ended(request, succeeded, stillIn(request), certainlyFailed(counts), uncertain);
}

/** Maximum people named in a line of a list, of which a page has ten. */
const listedPeopleMax = 4;

/**
 * How many operations succeeded, failed, are uncertain, were not started, and were excluded before the decision.
 * @param place a list has no room for each reason and person
 */
export function endedLine(request: RequestView, texts: Texts, place: "message" | "list"): string {
  const { counts } = request;
  const { bulk } = texts;
  return [
    ...(counts.succeeded > 0 ? [bulk.done(request, counts.succeeded)] : []),
    ...(certainlyFailed(counts) > 0 ? [bulk.notDone(request, certainlyFailed(counts))] : []),
    ...(counts.uncertain > 0 ? [bulk.notCertain(counts.uncertain)] : []),
    ...(place === "message" ? stopWords(request, texts) : shortStopWords(request, texts)),
    ...exclusionWords(request, texts, place === "message" ? peopleMax : listedPeopleMax),
  ].join(" · ");
}

function stopWords({ stopped, holdExpired, notStarted }: RequestView, { bulk, held, list }: Texts): string[] {
  const stoppers = notStarted.stoppedBy.slice(0, peopleMax).map(user).join(list);
  return [
    ...(notStarted.stopped > 0 ? [bulk.notStarted(notStarted.stopped, stoppers)] : []),
    // Everything that was on hold had started.
    ...(stopped?.cancelled === 0 ? [held.cancelledBy(user(stopped.by), date(stopped.at))] : []),
    ...(holdExpired?.cancelled === 0 ? [held.holdExpired(date(holdExpired.at))] : []),
    ...(notStarted.expired > 0 ? [held.expiredOfMany(notStarted.expired)] : []),
  ];
}

function shortStopWords(request: RequestView, texts: Texts): string[] {
  const { stopped, stoppedBy, expired } = request.notStarted;
  if (stoppedBy.length > 1 || (stopped > 0 && expired > 0)) return [texts.bulk.notStartedInAll(stopped + expired)];
  return stopWords(request, texts).slice(0, 1);
}
