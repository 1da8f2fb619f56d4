/** The answers to `/receipt status` and `history`. */
import type { HistoryEntry, HistoryFilter, Page, Status } from "../../../ledger/queries/history.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import type { ListPage } from "../../payloads/page-link.ts";
import { type Message, privateMessage } from "../elements.ts";
import { example } from "../examples.ts";
import { channel, code, date, user } from "../mrkdwn.ts";
import { pageButtons } from "../page-buttons.ts";
import { peopleWords } from "../request/approvals.ts";
import { type ListParts, lastOf, messageLink, outcomeOf } from "../request/outcome-line.ts";
import { refusedBecause } from "../request/refused-post.ts";

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
    const { action, requestedBy, excludedBy = "" } = leftOut;
    const when = date(lastOf(leftOut));
    lines.push(status.leftOut(action, user(requestedBy), user(excludedBy), when, messageLink(leftOut, parts)));
  }
  lines.push(underWay ? underWayLine(underWay, parts) : status.nothingUnderWay);
  if (underWay?.messageRefused !== undefined && underWay.messageTs === undefined)
    lines.push(status.notShown(channel(underWay.channelId), refusedBecause(underWay.messageRefused, texts)));
  lines.push(status.onlyOurs);
  return lines.join("\n");
}

function underWayLine(entry: HistoryEntry, parts: ListParts): string {
  const { action, requestedBy, expiresAt, state } = entry;
  const where = messageLink(entry, parts);
  if (state === "held") return parts.texts.held.status(action, peopleWords(entry, parts.texts), where);
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
  const { requestedBy, decision, excludedBy } = entry;
  // Nobody decided on an excluded sub-merchant.
  const people = peopleWords({ requestedBy, decision: excludedBy === undefined ? decision : undefined }, texts);
  const [number, outcome] = [code(entry.subMchid), outcomeOf(entry, texts)];
  return texts.history.entry(number, outcome, people, date(lastOf(entry)), messageLink(entry, parts));
}
