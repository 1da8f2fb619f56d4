/** The message of a bulk request: its subject, progress and outcome. */
import type { Button, KnownBlock } from "@slack/types";
import { certainlyFailed, stillIn } from "../../../domain/approval.ts";
import type { Merchant } from "../../../domain/directory/merchant.ts";
import type { NameNotes } from "../../../domain/directory/name-notes.ts";
import type { Reopening } from "../../../domain/goldplan/reopening.ts";
import type { Escalation } from "../../../domain/reminder-schedule.ts";
import type { PreviousResults } from "../../../ledger/queries/bulk/previous-results.ts";
import type { RetriesLeft } from "../../../ledger/queries/bulk/retries-left.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { actionIds } from "../../payloads/ids.ts";
import { nameNotesBlocks } from "../directory/name-notes.ts";
import { buttons, capitalised, confirmation, context, type Message, plain, section } from "../elements.ts";
import { listedShown, merchant, merchantList } from "../merchant.ts";
import { date, user } from "../mrkdwn.ts";
import { approvalLines, peopleLine, workingLine } from "./approvals.ts";
import { decisionButtons, exclusionWords, requestHead, type Surface, undoneBlocks } from "./decision.ts";
import { addButtons, reopeningBlocks, sceneBlocks } from "./goldplan.ts";
import { heldButtons, heldLines, heldSentence } from "./held.ts";
import { endedLine, endedSentence, requestLink } from "./outcome-line.ts";
import { reasonBlocks, type TicketLinks } from "./reason.ts";
import { remindersLine } from "./reminders.ts";
import { unusualLine } from "./unusual.ts";

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
/** Maximum groups of previous results in the message, the largest first. */
const knownMax = 4;
const barCells = 15;
/** Ended operations that are needed to estimate the time remaining. */
const endedMin = 10;

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

export function bulkMessage(parts: BulkMessageParts): Message {
  const { request } = parts;
  switch (request.state) {
    case "pending":
      return pending(parts);
    case "approved":
      return request.held ? held(parts, request.held) : working(parts);
    case "done":
      return ended(parts);
    case "rejected":
    case "withdrawn":
    case "expired":
      return undone(parts, request.state);
    default:
      return request.state satisfies never;
  }
}

function head(parts: BulkMessageParts, ...lines: string[]): KnownBlock[] {
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

function pending(parts: BulkMessageParts): Message {
  const { request, facts, breakGlass, escalation, texts } = parts;
  const { requestedBy, expiresAt } = request;
  const count = stillIn(request);
  const { bulk } = texts;
  const asked = `${texts.request.askedBy(user(requestedBy))} · ${texts.request.openUntil(date(expiresAt))}`;
  const known = knownLines(facts.previousResults, texts);
  const reminders = remindersLine(request, escalation, texts);
  return {
    text: bulk.sentence.pending(request, count, user(requestedBy)),
    blocks: [
      ...head(parts, asked, ...approvalLines(request, texts)),
      ...sceneBlocks(request, texts),
      ...nameNotesBlocks(facts.nameNotes, true, texts),
      ...unusualLine(
        facts.first.map(({ subMchid }) => subMchid),
        texts,
      ),
      ...reopeningBlocks(request, facts.reopening, texts),
      ...(reminders === "" ? [] : [context(reminders)]),
      ...(known.length > 0 ? [context(known.join("\n"))] : []),
      decisionButtons(
        request,
        {
          approve: bulk.confirmApprove(request, count),
          breakGlass: texts.approvals.confirmBreakGlassForMany(request, count),
          withdraw: bulk.confirmWithdraw(request, count),
        },
        breakGlass,
        texts,
      ),
    ],
  };
}

function knownLines(groups: readonly PreviousResults[], texts: Texts): string[] {
  const { bulk, guidance } = texts;
  const lines = groups.slice(0, knownMax).map((group) => {
    const { count, change, first } = group;
    const numbers = first.map((each) => `${merchant(each, texts, listedShown)} ${date(each.at, "day")}`).join(" · ");
    const more = count - first.length;
    return group.kind === "set"
      ? bulk.knownSet(count, change, numbers, more)
      : bulk.knownFailed(count, change, guidance[group.topic].short, numbers, more);
  });
  const rest = groups.slice(knownMax).reduce((sum, { count }) => sum + count, 0);
  return rest === 0 ? lines : [...lines, bulk.knownMore(rest)];
}

function working(parts: BulkMessageParts): Message {
  const { request, facts, texts, now } = parts;
  const { counts, id, stoppedBy } = request;
  const { bulk } = texts;
  const done = stillIn(request) - counts.open;
  const share = done / stillIn(request);
  const bar = "█".repeat(Math.floor(share * barCells)).padEnd(barCells, "░");
  const { succeeded, uncertain, open } = counts;
  const percent = Math.floor(share * 100);
  const progress = bulk.progress(bar, percent, succeeded, certainlyFailed(counts), uncertain, open);
  const seconds = facts.retriesLeft ? undefined : secondsLeft(open, facts.ended, now);
  const lines = [
    workingLine(request, texts),
    [progress, ...(seconds === undefined ? [] : [bulk.timeLeft(seconds)])].join(" · "),
    ...(facts.retriesLeft ? [retriesLine(facts.retriesLeft, now, texts)] : []),
    ...(stoppedBy === undefined ? [] : [bulk.stopping(user(stoppedBy))]),
  ];
  const stop = buttons("stop", [
    {
      type: "button",
      action_id: actionIds.stop,
      text: plain(bulk.stop),
      style: "danger",
      value: id,
      confirm: confirmation(texts, bulk.confirmStop(request, counts.open)),
    },
  ]);
  return {
    text: bulk.sentence.working(request, done, stillIn(request)),
    blocks: [...head(parts, ...lines), ...(stoppedBy === undefined ? [stop] : [])],
  };
}

/** After an absence of the bot: the open operations wait for an approver. */
function held(parts: BulkMessageParts, hold: NonNullable<RequestView["held"]>): Message {
  const { request, texts } = parts;
  const lines = [texts.request.askedBy(user(request.requestedBy)), ...heldLines(request, hold, texts)];
  return { text: heldSentence(request, texts), blocks: [...head(parts, ...lines), heldButtons(request, texts)] };
}

function retriesLine({ first, count, nextAt = 0, untilAt }: RetriesLeft, now: number, texts: Texts): string {
  const [next, until] = [date(Math.max(nextAt, now), "time"), date(Math.max(untilAt, now), "time")];
  return texts.bulk.onlyRetries(merchantList(first, texts), count - first.length, next, until);
}

/** Undefined while too few operations have ended. */
function secondsLeft(open: number, ended: BulkFacts["ended"], now: number): number | undefined {
  if (!ended || ended.count < endedMin) return undefined;
  return Math.max(1, Math.ceil((((now - ended.firstAt) / ended.count) * open) / 1_000));
}

function ended(parts: BulkMessageParts): Message {
  const { request, facts, texts } = parts;
  const { decision, id, round } = request;
  const { bulk } = texts;
  const when = date(request.endedAt ?? decision?.at ?? 0);
  const people = peopleLine(request, when, texts);
  const value = `${id}:${round}`;
  const retry: Button = { type: "button", action_id: actionIds.retry, text: plain(bulk.retry(facts.retryable)), value };
  const resubmit: Button = {
    type: "button",
    action_id: actionIds.resubmit,
    text: plain(bulk.resubmit(facts.notStarted)),
    value,
    confirm: confirmation(texts, bulk.confirmResubmit(request, facts.notStarted)),
  };
  const offered = [
    ...(facts.retryable > 0 ? [retry] : []),
    ...(mayResubmit(parts) ? [resubmit] : []),
    ...addButtons(request, facts.withoutGoldPlan, texts),
  ];
  return {
    text: endedSentence(request, texts),
    blocks: [
      ...head(parts, endedLine(request, texts), ...resubmissionLines(parts)),
      ...sceneBlocks(request, texts),
      context(capitalised(people)),
      ...reopeningBlocks(request, facts.reopening, texts),
      ...(offered.length > 0 ? [buttons("retry", offered)] : []),
    ],
  };
}

/** Operations that a stop left undone in this round can be resubmitted once. */
function mayResubmit({ request: { resubmissions, round }, facts }: BulkMessageParts): boolean {
  return facts.notStarted > 0 && !resubmissions.some((each) => each.round === round);
}

function resubmissionLines({ request, texts, permalink }: BulkMessageParts): string[] {
  return request.resubmissions.map((each) =>
    texts.bulk.resubmittedAs(requestLink(each, { permalink }), user(each.requestedBy)),
  );
}

function undone(parts: BulkMessageParts, state: "rejected" | "withdrawn" | "expired"): Message {
  const { request, texts } = parts;
  const { requestedBy } = request;
  return {
    text: texts.bulk.sentence.undone(request, stillIn(request)),
    blocks: [
      ...head(parts, texts.request.askedBy(user(requestedBy)), ...approvalLines(request, texts)),
      ...undoneBlocks(request, state, texts),
    ],
  };
}
