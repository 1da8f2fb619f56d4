/** The beginning of each message of a bulk request, and what such a message is made from. */
import type { KnownBlock } from "@slack/types";
import type { Merchant } from "../../../../domain/directory/merchant.ts";
import type { NameNotes } from "../../../../domain/directory/name-notes.ts";
import type { Reopening } from "../../../../domain/goldplan/reopening.ts";
import type { Escalation } from "../../../../domain/reminder-schedule.ts";
import type { PreviousResults } from "../../../../ledger/queries/bulk/previous-results.ts";
import type { RetriesLeft } from "../../../../ledger/queries/bulk/retries-left.ts";
import type { RequestView } from "../../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../../text/en/catalogue.ts";
import { section } from "../../elements.ts";
import { merchantList } from "../../merchant.ts";
import { exclusionWords, requestHead, type Surface } from "../decision.ts";
import { reasonBlocks, type TicketLinks } from "../reason.ts";

/** The ledger's data about the request beyond its counts, as far as its state requires. */
export interface BulkFacts {
  /** The first of those that are still in it. */
  first: readonly Merchant[];
  /** The first of the excluded sub-merchants. */
  firstExcluded: readonly Merchant[];
  previousResults: readonly PreviousResults[];
  /** About its names, while people decide. */
  nameNotes: NameNotes;
  /** While it is carried out: how many operations of this round ended recently, and when the first of them ended. */
  ended: { count: number; firstAt: number } | undefined;
  /** While only automatic retries are left: the sub-merchants concerned, and when the last retry is due. */
  retriesLeft: RetriesLeft | undefined;
  /** How many operations a Retry would try again. */
  retryable: number;
  /** How many operations a stop left undone that were not resubmitted. */
  notStarted: number;
  /** Before the decision, or after failures: the sub-merchants whose 点金计划 this bot closed less than 24 hours ago. */
  reopening: Reopening | undefined;
  /** After receipts alone were opened: for how many sub-merchants 点金计划 can be added. */
  withoutGoldPlan: number;
}

/** Maximum numbers in the message; the others are in the thread's file. */
export const numbersShown = 3;

export interface BulkMessageParts extends TicketLinks {
  request: RequestView;
  facts: BulkFacts;
  place: Surface;
  breakGlass: "off" | "on";
  escalation: Escalation | undefined;
  texts: Texts;
  /** The address of a message, for links. */
  permalink(channelId: string, ts: string): string | undefined;
  /** Milliseconds since the epoch, for the time remaining. */
  now: number;
}

/** @param lines between the title and the first sub-merchants */
export function messageHead(parts: BulkMessageParts, ...lines: string[]): KnownBlock[] {
  const { request, facts, place, texts } = parts;
  const [title, ...sample] = requestHead(request, facts.first, texts, place);
  const blocks: KnownBlock[] = [section([title, ...lines, ...sample, ...exclusionLines(parts)].join("\n"))];
  return [...blocks, ...reasonBlocks(request, parts)];
}

/** How many were excluded, by whom, and the first of them; no line if none were, or if the result shows it. */
function exclusionLines({ request, facts, texts }: BulkMessageParts): string[] {
  if (request.state === "done") return [];
  const numbers = merchantList(facts.firstExcluded, texts);
  const more = request.counts.excluded - facts.firstExcluded.length;
  return exclusionWords(request, texts).map((words) => texts.bulk.leftOutWhich(words, numbers, more));
}
