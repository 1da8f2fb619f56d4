/** Answers to who looks back: what a sub-merchant was last set to, and a page of what was asked for. */
import { guide } from "../../../domain/guidance.ts";
import type { HistoryEntry, HistoryFilter, Page, Status } from "../../../ledger/queries/history.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { type Message, privateMessage } from "../elements.ts";
import { example, type Typing } from "../examples.ts";
import { code, date, link, user } from "../mrkdwn.ts";
import { type ListPage, pageButtons } from "../page-buttons.ts";
import { peopleWords } from "../request/approvals.ts";

export interface ListParts extends Typing {
  /** The address of a message, for links. */
  permalink(channelId: string, ts: string): string | undefined;
}

export function statusAnswer(
  subMchid: string,
  { lastSet, underWay, failure, leftOut }: Status,
  parts: ListParts,
): string {
  const { texts } = parts;
  const { status } = texts;
  const lines = [status.title(code(subMchid))];
  if (lastSet) {
    const [people, when] = [peopleWords(lastSet, texts), date(lastOf(lastSet))];
    lines.push(status.lastSet(lastSet.action, people, when, messageLink(lastSet, parts)));
  } else lines.push(status.neverSet);
  if (failure) {
    const [people, when] = [peopleWords(failure, texts), date(lastOf(failure))];
    lines.push(status.failure(outcomeOf(failure, texts), people, when, messageLink(failure, parts)));
  }
  if (leftOut) {
    const { action, requestedBy, leftOutBy = "" } = leftOut;
    const when = date(lastOf(leftOut));
    lines.push(status.leftOut(action, user(requestedBy), user(leftOutBy), when, messageLink(leftOut, parts)));
  }
  lines.push(underWay ? underWayLine(underWay, parts) : status.nothingUnderWay, status.onlyOurs);
  return lines.join("\n");
}

function underWayLine(entry: HistoryEntry, parts: ListParts): string {
  const { action, requestedBy, expiresAt, state } = entry;
  const where = messageLink(entry, parts);
  return state === "waiting"
    ? parts.texts.status.undecided(action, user(requestedBy), date(expiresAt), where)
    : parts.texts.status.working(action, peopleWords(entry, parts.texts), where);
}

export function historyMessage(filter: HistoryFilter, page: Page<HistoryEntry>, parts: ListParts): Message {
  const { texts, command } = parts;
  const { history } = texts;
  const filters = filterWords(filter, texts);
  if (page.entries.length === 0)
    return privateMessage(
      filters.length > 0 ? history.nothingMatches(command) : history.nothingYet(example("open", parts)),
    );

  const to = (direction: "older" | "newer", entry: HistoryEntry | undefined): ListPage | false =>
    entry !== undefined && { list: "history", filter, place: { direction, seq: entry.seq } };
  const message = privateMessage(
    [history.title(filters.join(" · ")), ...page.entries.map((entry) => entryLine(entry, parts))].join("\n"),
  );
  const turning = pageButtons(
    { older: page.hasOlder && to("older", page.entries.at(-1)), newer: page.hasNewer && to("newer", page.entries[0]) },
    texts,
  );
  return { ...message, blocks: [...message.blocks, ...turning] };
}

function filterWords({ subMchid, requestedBy, action, failed, since }: HistoryFilter, { history }: Texts): string[] {
  const words: string[] = [];
  if (subMchid !== undefined) words.push(code(subMchid));
  if (requestedBy !== undefined) words.push(history.filter.person(user(requestedBy)));
  if (action) words.push(history.filter.action(action));
  if (failed) words.push(history.filter.failed);
  if (since !== undefined) words.push(history.filter.since(date(since)));
  return words;
}

function entryLine(entry: HistoryEntry, parts: ListParts): string {
  const { texts } = parts;
  const { requestedBy, decision, leftOutBy } = entry;
  // What was left out was not decided on.
  const people = peopleWords({ requestedBy, decision: leftOutBy === undefined ? decision : undefined }, texts);
  const [number, outcome] = [code(entry.subMchid), outcomeOf(entry, texts)];
  return texts.history.entry(number, outcome, people, date(lastOf(entry)), messageLink(entry, parts));
}

export function outcomeOf(
  {
    action,
    state,
    requestState,
    leftOutBy,
    result,
  }: Pick<HistoryEntry, "action" | "state" | "requestState" | "leftOutBy" | "result">,
  texts: Texts,
): string {
  const { outcome } = texts.history;
  switch (state) {
    case "waiting":
      return outcome.undecided(action);
    case "queued":
    case "running":
      return outcome.working(action);
    case "succeeded":
      return outcome.succeeded(action);
    case "failed": {
      if (!result || result.kind === "accepted") return outcome.cancelled(action);
      const { topic, isCertain } = guide(result);
      return (isCertain ? outcome.failed : outcome.uncertain)(action, texts.guidance[topic].short);
    }
    case "cancelled":
      if (leftOutBy !== undefined) return outcome.leftOut(action, user(leftOutBy));
      return requestState === "rejected" || requestState === "withdrawn" || requestState === "expired"
        ? outcome[requestState](action)
        : outcome.cancelled(action);
    default:
      return state satisfies never;
  }
}

/** When the last thing happened to it that the line tells of. */
export function lastOf({
  endedAt,
  decision,
  createdAt,
}: Pick<HistoryEntry, "endedAt" | "decision" | "createdAt">): number {
  return endedAt ?? decision?.at ?? createdAt;
}

/** A link to the request's message, where it has been posted. */
export function messageLink(
  { channelId, messageTs }: { channelId: string; messageTs: string | undefined },
  { texts, permalink }: Pick<ListParts, "texts" | "permalink">,
): string | undefined {
  const url = messageTs === undefined ? undefined : permalink(channelId, messageTs);
  return url === undefined ? undefined : link(url, texts.request.linkLabel);
}
