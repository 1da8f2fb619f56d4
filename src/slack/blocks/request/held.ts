/** A request that is held after a bot outage: why it waits, its buttons, and how it ended. */
import type { ActionsBlock } from "@slack/types";
import { isBulk } from "../../../domain/approval.ts";
import type { Merchant } from "../../../domain/directory/merchant.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { actionIds } from "../../payloads/ids.ts";
import { buttons, confirmation, type Message, plain, section } from "../elements.ts";
import { merchant, merchantSentence, merchantText } from "../merchant.ts";
import { date, user } from "../mrkdwn.ts";
import { requestTitle } from "./decision.ts";
import { doneBefore, remaining } from "./goldplan.ts";
import { reasonBlocks, type TicketLinks } from "./reason.ts";

type Hold = NonNullable<RequestView["held"]>;
type HeldParts = TicketLinks & { texts: Texts };

/** The sub-merchants of a held request, in words. @param one how a single one is written */
function whom(request: RequestView, texts: Texts, one: (merchant: Merchant, texts: Texts) => string): string {
  return isBulk(request) ? texts.held.whom(request.counts.open) : texts.held.whomOne(one(request.operation, texts));
}

/** Why a request is held, who has confirmed it, and until when it waits. */
export function heldLines(request: RequestView, hold: Hold, texts: Texts): string[] {
  const { held, approvals } = texts;
  const line = request.round > 1 ? held.lineRetried : held.line;
  const missing = request.approvalsNeeded - hold.confirmations.length;
  const until = date(hold.until);
  return [
    line(date(hold.confirmedAt, "ago"), date(hold.confirmedAt)),
    ...hold.confirmations.map(({ by, at }) => held.confirmed(user(by), date(at))),
    ...(request.approvalsNeeded > 1 ? [approvals.missing(missing)] : []),
    isBulk(request) ? held.waitingForMany(request.counts.open, until) : held.waiting(until),
    ...calledBefore(request, texts),
  ];
}

/** Carry out and Cancel, each of which asks first. */
export function heldButtons(request: RequestView, texts: Texts): ActionsBlock {
  const { held } = texts;
  const subject = whom(request, texts, merchantText);
  const withBack = (dialog: Parameters<typeof confirmation>[1]) => ({
    ...confirmation(texts, dialog),
    deny: plain(held.back),
  });
  return buttons("held", [
    {
      type: "button",
      action_id: actionIds.carryOut,
      text: plain(held.carryOut),
      style: "primary",
      value: request.id,
      confirm: withBack(held.confirmCarryOut(request, subject)),
    },
    {
      type: "button",
      action_id: actionIds.cancelHeld,
      text: plain(held.cancel),
      value: request.id,
      confirm: withBack(held.confirmCancel(request, subject)),
    },
  ]);
}

/** The whole message in one sentence. */
export function heldSentence(request: RequestView, texts: Texts): string {
  return texts.held.sentence(request, whom(request, texts, merchantSentence));
}

/** For a person who clicked: the request is held, and nothing runs. */
export function stillHeldSentence(request: RequestView, texts: Texts): string {
  return texts.held.answer.stillHeld(request, whom(request, texts, merchant));
}

/** A held request for one sub-merchant. */
export function heldMessage(request: RequestView, hold: Hold, parts: HeldParts): Message {
  const { texts } = parts;
  const lines = [
    requestTitle(request, texts),
    texts.request.requestedBy(user(request.requestedBy)),
    ...heldLines(request, hold, texts),
  ];
  return {
    text: heldSentence(request, texts),
    blocks: [section(lines.join("\n")), ...reasonBlocks(request, parts), heldButtons(request, texts)],
  };
}

/** A request for one sub-merchant that was cancelled, or expired, while it was held. */
export function endedOnHold(request: RequestView, parts: HeldParts): Message {
  const { texts } = parts;
  const { operation, requestedBy } = request;
  const { held } = texts;
  const left = remaining({ ...request, step: operation.step });
  const lines = [
    `${held.ended(left, merchant(operation, texts))} · ${texts.request.requestedBy(user(requestedBy))}`,
    ...doneBefore(request, texts),
    endLine(request, texts),
  ];
  return {
    text: held.endedSentence(left, merchantSentence(operation)),
    blocks: [section(lines.join("\n")), ...reasonBlocks(request, parts)],
  };
}

/** The same in the thread: notifies the requester. */
export function endedOnHoldOutcome(request: RequestView, texts: Texts): Message {
  const { operation, requestedBy, stopped } = request;
  const { thread } = texts.held;
  const [person, number] = [user(requestedBy), merchant(operation, texts)];
  const line = stopped
    ? thread.cancelled(request, person, number, user(stopped.by))
    : thread.expired(request, person, number);
  return { text: line, blocks: [section([line, ...doneBefore(request, texts)].join("\n"))] };
}

/** How the hold ended of an operation that had started: the cancellation or the expiry itself ends it. */
export function startedBeforeHold({ operation, stopped, holdExpired }: RequestView, { held }: Texts): string[] {
  if (stopped && operation.endedAt === stopped.at) return [held.cancelledBy(user(stopped.by), date(stopped.at))];
  if (holdExpired && operation.endedAt === holdExpired.at) return [held.holdExpired(date(holdExpired.at))];
  return [];
}

function endLine({ stopped, endedAt = 0 }: RequestView, { held }: Texts): string {
  return stopped ? held.cancelledBy(user(stopped.by), date(stopped.at)) : held.expired(date(endedAt));
}

/** A call that was in progress when the bot became unavailable may have taken effect. */
function calledBefore(request: RequestView, { held }: Texts): string[] {
  return !isBulk(request) && request.operation.attempts > 0 ? [held.calledBefore] : [];
}
