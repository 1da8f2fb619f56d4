/** The answers to `/receipt find`, and to a `status` with a name that several merchants have. */
import type { DirectoryEntry } from "../../../domain/directory/merchant.ts";
import type { FoundPage } from "../../../ledger/directory/search.ts";
import type { HistoryEntry } from "../../../ledger/queries/history.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import type { ListPage } from "../../payloads/page-link.ts";
import { type Message, privateMessage } from "../elements.ts";
import { directoryEntry } from "../merchant.ts";
import { date, foreign } from "../mrkdwn.ts";
import { pageButtons } from "../page-buttons.ts";
import { type ListParts, lastOf, outcomeOf, requestLink } from "../request/outcome-line.ts";

/** @param latest the newest operation of each merchant, by number */
export function findMessage(
  text: string,
  page: FoundPage,
  latest: ReadonlyMap<string, HistoryEntry>,
  parts: ListParts,
): Message {
  const { texts } = parts;
  const { find } = texts;
  const { version, merchants, older, newer } = page;
  const shown = foreign(text);
  if (merchants.length === 0 && older === undefined && newer === undefined) return privateMessage(find.none(shown));
  const lines = merchants.map((entry) => merchantLine(entry, latest.get(entry.subMchid), parts));
  const message = privateMessage([find.title(shown), ...(lines.length > 0 ? lines : [find.noneHere])].join("\n"));
  const to = (direction: "older" | "newer", position: number | undefined): ListPage | false =>
    position !== undefined && { list: "find", text, place: { direction, version, position } };
  const buttons = pageButtons({ older: to("older", older), newer: to("newer", newer) }, texts, {
    older: texts.page.next,
    newer: texts.page.previous,
  });
  return { ...message, blocks: [...message.blocks, ...buttons] };
}

/** The merchants among which a person has to choose. @param more a command that shows all of them, if there are more */
export function ambiguousAnswer(
  text: string,
  merchants: readonly DirectoryEntry[],
  { example, more }: { example: string; more: string | undefined },
  texts: Texts,
): string {
  const { ambiguous, moreMerchants } = texts.find;
  return [
    ambiguous(foreign(text), example),
    ...bullets(merchants, texts),
    ...(more === undefined ? [] : [moreMerchants(more)]),
  ].join("\n");
}

/** @param merchants those that match among the names that were compared */
export function notAllComparedAnswer(
  text: string,
  merchants: readonly DirectoryEntry[],
  { example, search }: { example: string; search: string },
  texts: Texts,
): string {
  return [texts.find.notAllCompared(foreign(text), example, search), ...bullets(merchants, texts)].join("\n");
}

function bullets(merchants: readonly DirectoryEntry[], texts: Texts): string[] {
  return merchants.map((entry) => `• ${directoryEntry(entry, texts)}`);
}

function merchantLine(entry: DirectoryEntry, latest: HistoryEntry | undefined, parts: ListParts): string {
  const { texts } = parts;
  if (!latest) return [directoryEntry(entry, texts), texts.find.untouched].join(" · ");
  const outcome = outcomeOf(latest, texts);
  return [
    directoryEntry(entry, texts),
    texts.find.latest(outcome, date(lastOf(latest), "day"), requestLink(latest, parts)),
  ].join(" · ");
}
