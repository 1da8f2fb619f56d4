/** The answers to `/receipt status` and `history`. */
import type { ActionsBlock, Button } from "@slack/types";
import { isBulk } from "../../../domain/approval.ts";
import type { HistoryEntry, HistoryFilter, Status } from "../../../ledger/queries/history.ts";
import type { Page } from "../../../ledger/queries/pages.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { requestIds } from "../../payloads/ids.ts";
import type { ListPage } from "../../payloads/page-link.ts";
import { type Message, plain, privateMessage, section } from "../elements.ts";
import { example } from "../examples.ts";
import { channel, code, date, user } from "../mrkdwn.ts";
import { pageButtons } from "../page-buttons.ts";
import { peopleWords } from "../request/approvals.ts";
import { type ListParts, lastOf, outcomeOf, requestAndTicket } from "../request/outcome-line.ts";
import { refusedBecause } from "../request/refused-post.ts";
import { requestLine } from "./request-line.ts";

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
    lines.push(status.lastSet(lastSet.action, people, when, requestAndTicket(lastSet, parts)));
  } else lines.push(status.neverSet);
  if (failure) {
    const [people, when] = [peopleWords(failure, texts), date(lastOf(failure))];
    lines.push(status.failure(outcomeOf(failure, texts), people, when, requestAndTicket(failure, parts)));
  }
  if (leftOut) {
    const { action, requestedBy, excludedBy = "" } = leftOut;
    const when = date(lastOf(leftOut));
    lines.push(status.leftOut(action, user(requestedBy), user(excludedBy), when, requestAndTicket(leftOut, parts)));
  }
  lines.push(underWay ? underWayLine(underWay, parts) : status.nothingUnderWay);
  if (underWay?.messageRefused !== undefined && underWay.messageTs === undefined)
    lines.push(status.notShown(channel(underWay.channelId), refusedBecause(underWay.messageRefused, texts)));
  lines.push(status.onlyOurs);
  return lines.join("\n");
}

function underWayLine(entry: HistoryEntry, parts: ListParts): string {
  const { action, requestedBy, expiresAt, state } = entry;
  const where = requestAndTicket(entry, parts);
  if (state === "held") return parts.texts.held.status(action, peopleWords(entry, parts.texts), where);
  return state === "waiting"
    ? parts.texts.status.undecided(action, user(requestedBy), date(expiresAt), where)
    : parts.texts.status.working(action, peopleWords(entry, parts.texts), where);
}

/** The history of one sub-merchant. */
export function historyMessage(
  filter: HistoryFilter & { subMchid: string },
  page: Page<HistoryEntry>,
  parts: ListParts,
): Message {
  if (page.entries.length === 0) return nothingFound(filter, parts);
  const lines = page.entries.map((entry) => entryLine(entry, parts));
  const message = privateMessage([titleLine(filter, parts.texts), ...lines].join("\n"));
  const places = page.entries.map(({ seq }) => seq);
  return { ...message, blocks: [...message.blocks, ...turning(filter, page, places, parts.texts)] };
}

/** The history of requests: one line each, with a button that shows a bulk request's sub-merchants. */
export function requestsMessage(filter: HistoryFilter, page: Page<RequestView>, parts: ListParts): Message {
  if (page.entries.length === 0) return nothingFound(filter, parts);
  const { texts } = parts;
  const title = titleLine(filter, texts);
  const lines = page.entries.map((request, nth) => {
    const line = section(requestLine(request, parts));
    if (!isBulk(request)) return line;
    return { ...line, block_id: `request:${request.number}`, accessory: requestButton(request, nth, texts) };
  });
  const places = page.entries.map(({ number }) => number);
  return { text: title, blocks: [section(title), ...lines, ...turning(filter, page, places, texts)] };
}

function requestButton({ number }: RequestView, nth: number, { history }: Texts): Button {
  const value: ListPage = { list: "request", number };
  const id = requestIds[nth] ?? requestIds[0];
  return { type: "button", action_id: id, text: plain(history.show), value: JSON.stringify(value) };
}

function nothingFound(filter: HistoryFilter, parts: ListParts): Message {
  const { history } = parts.texts;
  const isFiltered = filterWords(filter, parts.texts).length > 0;
  return privateMessage(
    isFiltered ? history.nothingMatches(parts.command) : history.nothingYet(example("open", parts)),
  );
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
    return [`${code(entry.subMchid)} ${outcomeOf(entry, texts)}`, ...ended].join(" · ");
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
  { subMchid, requestedBy, action, failed, since, ticket }: HistoryFilter,
  { history }: Texts,
): string[] {
  const words: string[] = [];
  if (subMchid !== undefined) words.push(code(subMchid));
  if (ticket !== undefined) words.push(code(ticket));
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
  return texts.history.entry(number, outcome, people, date(lastOf(entry)), requestAndTicket(entry, parts));
}
