/** The answer to `/receipt pending`: the requests that are waiting for a decision. */
import type { Page } from "../../../ledger/queries/pages.ts";
import type { PendingEntry } from "../../../ledger/queries/pending.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import type { ListPage } from "../../payloads/page-link.ts";
import { type Message, privateMessage } from "../elements.ts";
import { merchantList } from "../merchant.ts";
import { date, user } from "../mrkdwn.ts";
import { pageButtons } from "../page-buttons.ts";
import { missingWords } from "../request/approvals.ts";
import { type ListParts, requestLink } from "../request/outcome-line.ts";

/** @param mayDecide whether the reader may decide on a request */
export function pendingMessage(
  page: Page<PendingEntry>,
  mayDecide: (request: PendingEntry) => boolean,
  parts: ListParts,
): Message {
  const { pending } = parts.texts;
  if (page.entries.length === 0) return privateMessage(pending.none);

  const lines = page.entries.map((entry) =>
    [entryLine(entry, parts), ...missing(entry, parts.texts), ...(mayDecide(entry) ? [pending.yours] : [])].join(" · "),
  );
  const to = (direction: "older" | "newer", entry: PendingEntry | undefined): ListPage | false =>
    entry !== undefined && { list: "pending", place: { direction, createdAt: entry.createdAt, id: entry.id } };
  const turning = pageButtons(
    { older: page.hasOlder && to("older", page.entries[0]), newer: page.hasNewer && to("newer", page.entries.at(-1)) },
    parts.texts,
  );
  const message = privateMessage([pending.title, ...lines].join("\n"));
  return { ...message, blocks: [...message.blocks, ...turning] };
}

/** On hold, others decide again: see the request's message. */
function missing({ isHeld, approvedBy, approvalsNeeded }: PendingEntry, texts: Texts): string[] {
  return isHeld ? [] : missingWords(approvedBy.length, approvalsNeeded, texts);
}

function entryLine(entry: PendingEntry, parts: ListParts): string {
  const { pending, held } = parts.texts;
  const notNamed = entry.total - entry.merchants.length;
  const rest = notNamed > 0 ? [pending.more(notNamed)] : [];
  const numbers = [merchantList(entry.merchants, parts.texts), ...rest].join(" ");
  const [submitter, asked, until] = [user(entry.requestedBy), date(entry.createdAt, "ago"), date(entry.expiresAt)];
  return (entry.isHeld ? held.pendingEntry : pending.entry)(
    numbers,
    entry,
    submitter,
    asked,
    until,
    requestLink(entry, parts),
  );
}
