/** A request's message in the channel, from the submission to the outcome. */
import type { ActionsBlock, KnownBlock } from "@slack/types";
import type { NameNotes } from "../../../domain/directory/name-notes.ts";
import type { Reopening } from "../../../domain/goldplan/reopening.ts";
import { guide } from "../../../domain/guidance.ts";
import type { Escalation } from "../../../domain/reminder-schedule.ts";
import { attemptsMax } from "../../../domain/retry-policy.ts";
import type { HistoryEntry } from "../../../ledger/queries/history.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { PreviousResult } from "../../../ledger/queries/status.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { actionIds } from "../../payloads/ids.ts";
import { nameNotesBlocks } from "../directory/name-notes.ts";
import { buttons, capitalized, context, type Message, plain, section } from "../elements.ts";
import { merchant, merchantSentence, merchantText } from "../merchant.ts";
import { date, requestNumber, user } from "../mrkdwn.ts";
import { approvalLines, peopleLine, workingLine } from "./approvals.ts";
import { decisionButtons, requestTitle, type Surface, undoneBlocks } from "./decision.ts";
import { addButtons, otherStepLines, remaining, reopeningBlocks, sceneBlocks, stepWords } from "./goldplan.ts";
import { endedOnHold, heldMessage, startedBeforeHold } from "./held.ts";
import { lastOf, outcomeOf, requestLink } from "./outcome-line.ts";
import { reasonBlocks, type TicketLinks } from "./reason.ts";
import { remindersLine } from "./reminders.ts";
import { unusualLine } from "./unusual-length.ts";

export interface RequestMessageParts extends TicketLinks {
  request: RequestView;
  place: Surface;
  /** What the bot last did with the objects of this request, shown while people decide. */
  known: readonly PreviousResult[];
  /** About its name, while people decide. */
  nameNotes: NameNotes;
  /** Before the decision, or after a failure: when 点金计划 can be opened that this bot closed. */
  reopening: Reopening | undefined;
  /** After receipts alone were opened: whether 点金计划 can be added. */
  canAddGoldPlan: boolean;
  breakGlass: "off" | "on";
  escalation: Escalation | undefined;
  texts: Texts;
  /** The address of a message, for links. */
  permalink(channelId: string, ts: string): string | undefined;
}

export function requestMessage(parts: RequestMessageParts): Message {
  const { request } = parts;
  switch (request.state) {
    case "pending":
      return pending(parts);
    case "approved":
      return request.held ? heldMessage(request, request.held, parts) : working(parts);
    case "done":
      return request.operation.state === "cancelled" ? endedOnHold(request, parts) : ended(parts);
    case "rejected":
    case "withdrawn":
    case "expired":
      return undone(parts, request.state);
    default:
      return request.state satisfies never;
  }
}

function pending(parts: RequestMessageParts): Message {
  const { request, place, breakGlass, escalation, texts } = parts;
  const { operation, requestedBy, expiresAt } = request;
  const whom = merchantText(operation, texts);
  const lines = [
    requestTitle(request, texts),
    `${texts.request.requestedBy(user(requestedBy))} · ${texts.request.openUntil(date(expiresAt))}`,
    ...approvalLines(request, texts),
  ];
  const blocks: KnownBlock[] = [
    section(lines.join("\n")),
    ...reasonBlocks(request, parts),
    ...sceneBlocks(request, texts),
    ...nameNotesBlocks(parts.nameNotes, false, "approver", texts),
    ...unusualLine([operation.subMchid], texts),
    ...reopeningBlocks(request, parts.reopening, texts),
  ];
  const reminders = remindersLine(request, escalation, texts);
  if (reminders !== "") blocks.push(context(reminders));
  blocks.push(...previousResults(parts));
  blocks.push(
    decisionButtons(
      request,
      {
        approve: texts.confirm.approve(request, whom),
        breakGlass: texts.approvals.confirmBreakGlass(request, whom),
        withdraw: texts.confirm.withdraw(request, whom),
      },
      breakGlass,
      place,
      texts,
    ),
  );
  return { text: texts.request.sentence.pending(request, merchantSentence(operation), user(requestedBy)), blocks };
}

/** The sub-merchant's previous results. People are not named, because they do not have to act here. */
function previousResults({ known, texts, permalink }: RequestMessageParts): KnownBlock[] {
  const day = (entry: HistoryEntry) => date(lastOf(entry), "day");
  const where = (entry: HistoryEntry) => requestLink(entry, { permalink });
  const lines = known.flatMap(({ step, lastSet, failure }) => [
    ...(lastSet ? [texts.request.lastSet({ action: lastSet.action, object: step }, day(lastSet), where(lastSet))] : []),
    ...(failure ? [texts.request.lastFailed(outcomeOf(failure, texts), day(failure), where(failure))] : []),
  ]);
  return lines.length === 0 ? [] : [context(lines.join("\n"))];
}

function working(parts: RequestMessageParts): Message {
  const { request, texts } = parts;
  const { operation } = request;
  const { result, dueAt, attempts, state } = operation;
  const isWaitingAgain = state === "queued" && attempts > 0 && result && result.kind !== "accepted" && dueAt;
  const step = isWaitingAgain
    ? texts.request.tryingAgain(
        capitalized(texts.guidance[guide(result).topic].short),
        date(dueAt, "time"),
        attempts + 1,
        attemptsMax,
      )
    : texts.request.calling;
  const title = `${requestTitle(request, texts)} · ${workingLine(request, texts)}`;
  const now = [...stepWords(request, texts), step].join(" · ");
  return {
    text: texts.request.sentence.working(request, merchantSentence(operation)),
    blocks: [section(`${title}\n${now}`), ...reasonBlocks(request, parts)],
  };
}

function ended(parts: RequestMessageParts): Message {
  const { request, texts } = parts;
  const { operation, decision } = request;
  const { result, endedAt = decision?.at ?? 0 } = operation;
  const [whom, numberAndName] = [merchantSentence(operation), merchant(operation, texts)];
  const people = peopleLine(request, date(endedAt), texts);
  const number = requestNumber(request.number);
  if (operation.state === "succeeded" || !result || result.kind === "accepted") {
    const offered = addButtons(request, parts.canAddGoldPlan ? 1 : 0, texts);
    return {
      text: texts.request.sentence.done(request, whom),
      blocks: [
        section([texts.request.done(request, numberAndName), number, people].join(" · ")),
        ...reasonBlocks(request, parts),
        ...sceneBlocks(request, texts),
        ...(offered.length > 0 ? [buttons("goldplan", offered)] : []),
      ],
    };
  }
  const { topic, retry, isCertain } = guide(result);
  const why = texts.guidance[topic].short;
  const left = remaining({ ...request, step: operation.step });
  const title = isCertain
    ? texts.request.notDone(left, numberAndName, why)
    : texts.request.notCertain(numberAndName, why);
  const lines = [[title, number].join(" · "), ...otherStepLines(request, texts), ...startedBeforeHold(request, texts)];
  const blocks: KnownBlock[] = [
    section(lines.join("\n")),
    ...reasonBlocks(request, parts),
    context(capitalized(people)),
    ...reopeningBlocks(request, parts.reopening, texts),
  ];
  if (retry !== "new-request" && !operation.superseded) blocks.push(retryButton(request, texts));
  return {
    text: isCertain
      ? texts.request.sentence.failed(left, whom, why)
      : texts.request.sentence.uncertain(left, whom, why),
    blocks,
  };
}

function undone(parts: RequestMessageParts, state: "rejected" | "withdrawn" | "expired"): Message {
  const { request, texts } = parts;
  const { operation, requestedBy } = request;
  const title = `${requestTitle(request, texts)} · ${texts.request.requestedBy(user(requestedBy))}`;
  return {
    text: texts.request.sentence[state](request, merchantSentence(operation)),
    blocks: [
      section([title, ...approvalLines(request, texts)].join("\n")),
      ...reasonBlocks(request, parts),
      ...undoneBlocks(request, state, texts),
    ],
  };
}

/** The value carries the round, so that a click on an older copy cannot retry a later failure. */
function retryButton(request: RequestView, texts: Texts): ActionsBlock {
  return buttons("retry", [
    {
      type: "button",
      action_id: actionIds.retry,
      text: plain(texts.button.retry),
      value: `${request.id}:${request.operation.round}`,
    },
  ]);
}
