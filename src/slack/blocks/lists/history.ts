/** The answers to `/receipt status` and `history`. */
import type { ActionsBlock, Button } from "@slack/types";
import { isBulk } from "../../../domain/approval.ts";
import type { Merchant } from "../../../domain/directory/merchant.ts";
import type { HistoryEntry, HistoryFilter } from "../../../ledger/queries/history.ts";
import type { Page } from "../../../ledger/queries/pages.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { PreviousResult, Status } from "../../../ledger/queries/status.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { requestIds } from "../../payloads/ids.ts";
import type { ListPage } from "../../payloads/page-link.ts";
import { type Message, plain, privateMessage, section } from "../elements.ts";
import { example } from "../example-commands.ts";
import { merchant } from "../merchant.ts";
import { channel, code, date, user } from "../mrkdwn.ts";
import { pageButtons } from "../page-buttons.ts";
import { peopleWords } from "../request/approvals.ts";
import { type ListParts, lastOf, outcomeOf, requestAndTicket } from "../request/outcome-line.ts";
import { refusedBecause } from "../request/refused-post.ts";
import { requestLine } from "./request-line.ts";

export function statusAnswer(about: Merchant, { previous, underWay, leftOut }: Status, parts: ListParts): string {
  const { texts } = parts;
  const { status } = texts;
  const lines = [status.title(merchant(about, texts))];
  lines.push(...previous.flatMap((result) => previousLines(result, parts)));
  if (leftOut) {
    const { requestedBy, excludedBy = "" } = leftOut;
    const when = date(lastOf(leftOut));
    lines.push(status.leftOut(leftOut, user(requestedBy), user(excludedBy), when, requestAndTicket(leftOut, parts)));
  }
  lines.push(underWay ? underWayLine(underWay, parts) : status.nothingUnderWay);
  if (underWay?.messageRefused !== undefined && underWay.messageTs === undefined)
    lines.push(status.notShown(channel(underWay.channelId), refusedBecause(underWay.messageRefused, texts)));
  lines.push(status.onlyOurs);
  return lines.join("\n");
}

/** What the bot last did with one object. 点金计划 is only mentioned where it is switched, or once was. */
function previousLines({ step, lastSet, failure }: PreviousResult, parts: ListParts): string[] {
  const { texts, goldplan } = parts;
  const { status } = texts;
  if (step === "goldplan" && goldplan === "off" && !lastSet && !failure) return [];
  const told = (entry: HistoryEntry) =>
    [peopleWords(entry, texts), date(lastOf(entry)), requestAndTicket(entry, parts)] as const;
  return [
    lastSet
      ? status.lastSet({ action: lastSet.action, object: step }, ...told(lastSet))
      : status.neverSet({ object: step }),
    ...(failure ? [status.failure(outcomeOf(failure, texts), ...told(failure))] : []),
  ];
}

function underWayLine(entry: HistoryEntry, parts: ListParts): string {
  const { requestedBy, expiresAt, state } = entry;
  const where = requestAndTicket(entry, parts);
  if (state === "held") return parts.texts.held.status(entry, peopleWords(entry, parts.texts), where);
  return state === "waiting"
    ? parts.texts.status.undecided(entry, user(requestedBy), date(expiresAt), where)
    : parts.texts.status.working(entry, peopleWords(entry, parts.texts), where);
}

/** For lists that requests may be missing from, because they were pruned. */
export interface HistoryParts extends ListParts {
  /** RETAIN in days, if matching requests may have been pruned. */
  retainedDays?: number | undefined;
}

/** The history of one sub-merchant. */
export function historyMessage(
  filter: HistoryFilter & { subMchid: string },
  page: Page<HistoryEntry>,
  parts: HistoryParts,
): Message {
  if (page.entries.length === 0) return nothingFound(filter, parts);
  const lines = page.entries.map((entry) => entryLine(entry, parts));
  const message = privateMessage([titleLine(filter, parts.texts), ...lines, ...prunedLine(page, parts)].join("\n"));
  const places = page.entries.map(({ seq }) => seq);
  return { ...message, blocks: [...message.blocks, ...turning(filter, page, places, parts.texts)] };
}

/** The history of requests: one line each, with a button that shows a bulk request's sub-merchants. */
export function requestsMessage(filter: HistoryFilter, page: Page<RequestView>, parts: HistoryParts): Message {
  if (page.entries.length === 0) return nothingFound(filter, parts);
  const { texts } = parts;
  const title = titleLine(filter, texts);
  const lines = page.entries.map((request, nth) => {
    const line = section(requestLine(request, parts));
    if (!isBulk(request)) return line;
    return { ...line, block_id: `request:${request.number}`, accessory: requestButton(request, nth, texts) };
  });
  const places = page.entries.map(({ number }) => number);
  const end = prunedLine(page, parts).map((line) => section(line));
  return { text: title, blocks: [section(title), ...lines, ...end, ...turning(filter, page, places, texts)] };
}

function requestButton({ number }: RequestView, nth: number, { history }: Texts): Button {
  const value: ListPage = { list: "request", number };
  const id = requestIds[nth] ?? requestIds[0];
  return { type: "button", action_id: id, text: plain(history.show), value: JSON.stringify(value) };
}

function nothingFound(filter: HistoryFilter, parts: HistoryParts): Message {
  const { history } = parts.texts;
  const isFiltered = filterWords(filter, parts.texts).length > 0;
  const nothing = isFiltered ? history.nothingMatches(parts.command) : history.nothingYet(example("open", parts));
  return privateMessage([nothing, ...prunedLine({ hasOlder: false }, parts)].join("\n"));
}

/** Only at the end of the list. */
function prunedLine(
  { hasOlder }: Pick<Page<unknown>, "hasOlder">,
  { retainedDays, texts }: Pick<HistoryParts, "retainedDays" | "texts">,
): string[] {
  return hasOlder || retainedDays === undefined ? [] : [texts.history.pruned(retainedDays)];
}

function titleLine(filter: HistoryFilter, texts: Texts): string {
  return texts.history.title(filterWords(filter, texts).join(" · "));
}

/** @param places the positions of the page's entries, from top to bottom */
function turning(
  filter: HistoryFilter,
  { hasOlder, hasNewer }: Page<unknown>,
  places: readonly number[],
  texts: Texts,
): ActionsBlock[] {
  const to = (direction: "older" | "newer", seq: number | undefined): ListPage | false =>
    seq !== undefined && { list: "history", filter, place: { direction, seq } };
  return pageButtons(
    { older: hasOlder && to("older", places.at(-1)), newer: hasNewer && to("newer", places[0]) },
    texts,
  );
}

/** A request, and one page of its sub-merchants in the order of its files. */
export function requestAnswer(request: RequestView, page: Page<HistoryEntry>, parts: ListParts): Message {
  const { texts } = parts;
  const { number } = request;
  const lines = page.entries.map((entry) => {
    const ended = entry.endedAt === undefined ? [] : [date(entry.endedAt)];
    return [`${merchant(entry, texts)} ${outcomeOf(entry, texts)}`, ...ended].join(" · ");
  });
  const message = privateMessage([texts.history.request(requestLine(request, parts)), ...lines].join("\n"));
  const to = (direction: "older" | "newer", entry: HistoryEntry | undefined): ListPage | false =>
    entry !== undefined && { list: "request", number, place: { direction, seq: entry.seq } };
  const buttons = pageButtons(
    { older: page.hasOlder && to("older", page.entries.at(-1)), newer: page.hasNewer && to("newer", page.entries[0]) },
    texts,
    { older: texts.page.next, newer: texts.page.previous },
  );
  return { ...message, blocks: [...message.blocks, ...buttons] };
}

function filterWords(
  { subMchid, requestedBy, action, object, failed, since, ticket }: HistoryFilter,
  { history }: Texts,
): string[] {
  const words: string[] = [];
  if (subMchid !== undefined) words.push(code(subMchid));
  if (ticket !== undefined) words.push(code(ticket));
  if (requestedBy !== undefined) words.push(history.filter.person(user(requestedBy)));
  if (action) words.push(history.filter.action(action));
  if (object) words.push(history.filter.object(object));
  if (failed) words.push(history.filter.failed);
  if (since !== undefined) words.push(history.filter.since(date(since)));
  return words;
}

function entryLine(entry: HistoryEntry, parts: ListParts): string {
  const { texts } = parts;
  const { requestedBy, decision, excludedBy } = entry;
  // Nobody decided on an excluded sub-merchant.
  const people = peopleWords({ requestedBy, decision: excludedBy === undefined ? decision : undefined }, texts);
  const [number, outcome] = [merchant(entry, texts), outcomeOf(entry, texts)];
  return texts.history.entry(number, outcome, people, date(lastOf(entry)), requestAndTicket(entry, parts));
}
