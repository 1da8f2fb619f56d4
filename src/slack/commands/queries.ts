/** `/receipt status`, `history`, `pending` and `find`, and the buttons that turn their pages. */
import { mayDecide } from "../../domain/four-eyes.ts";
import { mayLook, type Person } from "../../domain/policy.ts";
import type { FindCursor } from "../../ledger/directory/search.ts";
import type { HistoryFilter } from "../../ledger/queries/history.ts";
import type { PageCursor } from "../../ledger/queries/pages.ts";
import type { PendingCursor } from "../../ledger/queries/pending.ts";
import type { FindCommand } from "../../parsing/command/names.ts";
import type { ExportCommand, QueryCommand } from "../../parsing/command/queries.ts";
import { type Answer, type Message, privateMessage } from "../blocks/elements.ts";
import {
  type HistoryParts,
  historyMessage,
  requestAnswer,
  requestsMessage,
  statusAnswer,
} from "../blocks/lists/history.ts";
import { pendingMessage } from "../blocks/lists/pending.ts";
import { requestNumber } from "../blocks/mrkdwn.ts";
import { type DeniedAttempt, type Intent, listPartsOf, type SlackContext } from "../context.ts";
import { pageIds } from "../payloads/ids.ts";
import { clickOrigin, type PageClick } from "../payloads/payloads.ts";
import { refuse } from "../replies/refuse.ts";
import { retainedDays } from "../replies/unknown-request.ts";
import { foundMerchants, numberOfName } from "./find.ts";

/** A list and the start of the requested page; without a start, the first page. */
type Wanted =
  | { list: "history"; filter: HistoryFilter; place?: PageCursor }
  | { list: "request"; number: number; place?: PageCursor | undefined }
  | { list: "pending"; place?: PendingCursor }
  | { list: "find"; text: string; place?: FindCursor };

export async function query(
  context: SlackContext,
  attempt: DeniedAttempt,
  person: Person,
  wanted: Exclude<QueryCommand, ExportCommand> | FindCommand,
): Promise<string | Message> {
  const { clock } = context;
  const verdict = mayLook(person);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  switch (wanted.kind) {
    case "status": {
      const number = await requestTypedAs(context, wanted.subMchid);
      if (number !== undefined) return listMessage(context, person, { list: "request", number });
      return statusOf(context, wanted.subMchid);
    }
    case "status-of-name": {
      const meant = await numberOfName(context, wanted.name);
      return "answer" in meant ? meant.answer : statusOf(context, meant.subMchid);
    }
    case "find":
      return listMessage(context, person, { list: "find", text: wanted.text });
    case "request":
      return listMessage(context, person, { list: "request", number: wanted.number });
    case "history": {
      const { kind: _, withinMs, ...filter } = wanted;
      const since = withinMs === undefined ? undefined : clock.now() - withinMs;
      const isAlone = filter.subMchid !== undefined && Object.keys(filter).length === 1 && since === undefined;
      const number = isAlone ? await requestTypedAs(context, filter.subMchid ?? "") : undefined;
      if (number !== undefined) return listMessage(context, person, { list: "request", number });
      const ticket = isAlone ? await ticketTypedAs(context, filter.subMchid ?? "") : undefined;
      if (ticket !== undefined) return listMessage(context, person, { list: "history", filter: { ticket } });
      return listMessage(context, person, { list: "history", filter: { ...filter, since } });
    }
    case "pending":
      return listMessage(context, person, { list: "pending" });
    default:
      return wanted satisfies never;
  }
}

async function statusOf(context: SlackContext, subMchid: string): Promise<string> {
  const { ledger } = context;
  const [merchant, status] = await Promise.all([ledger.directory.merchant(subMchid), ledger.history.status(subMchid)]);
  return statusAnswer(merchant, status, listPartsOf(context));
}

/**
 * *Older* and *Newer*: the page that the button leads to replaces the one that shows the button. *Show all*: the
 * request appears below the list, which stays, because nothing would lead back to it.
 */
export function parsePageClick(payload: PageClick): Intent<string | Answer | undefined> {
  const [click] = payload.actions;
  if (!click) return { kind: "answered", reply: () => undefined };
  const attempt = { userId: payload.user.id, origin: clickOrigin(payload), asked: click.value.list };
  return {
    kind: "wanted",
    attempt,
    async run(context, person) {
      const verdict = mayLook(person);
      if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
      const isOtherPage = click.action_id === pageIds.older || click.action_id === pageIds.newer;
      return { ...(await listMessage(context, person, click.value)), replacesOriginal: isOtherPage };
    },
  };
}

async function listMessage(context: SlackContext, person: Person, wanted: Wanted): Promise<Message> {
  const { ledger, settings } = context;
  if (wanted.list === "history") {
    const { place } = wanted;
    const { subMchid, ...filter } = wanted.filter;
    if (subMchid === undefined)
      return requestsMessage(filter, await ledger.history.requests(filter, place), await historyParts(context, filter));
    const ofOne = { ...filter, subMchid };
    return historyMessage(ofOne, await ledger.history.page(ofOne, place), await historyParts(context, filter));
  }
  if (wanted.list === "request") {
    const request = await ledger.requests.findByNumber(wanted.number);
    if (!request) return privateMessage(await missingRequest(context, wanted.number));
    return requestAnswer(request, await ledger.history.ofRequest(request.id, wanted.place), listPartsOf(context));
  }
  if (wanted.list === "find") return foundMerchants(context, wanted.text, wanted.place, listPartsOf(context));
  return pendingMessage(
    await ledger.pending.page(wanted.place),
    (request) =>
      mayDecide(person, request, settings.APPROVAL_POLICY).kind === "allow" && !request.approvedBy.includes(person.id),
    listPartsOf(context),
  );
}

async function missingRequest({ ledger, settings, texts }: SlackContext, number: number): Promise<string> {
  const { SLACK_COMMAND: command } = settings;
  const pruning = await ledger.retention.of(number);
  return pruning
    ? texts.history.prunedRequest(requestNumber(number), retainedDays(pruning), command)
    : texts.history.unknownRequest(requestNumber(number), command);
}

/**
 * Digits without a number sign: a request's number if the ledger contains one and has no sub-merchant with that number.
 */
async function requestTypedAs({ ledger }: SlackContext, digits: string): Promise<number | undefined> {
  if (digits.length > requestDigitsMax) return undefined;
  const request = await ledger.requests.findByNumber(Number(digits));
  if (!request) return undefined;
  const { entries } = await ledger.history.page({ subMchid: digits });
  return entries.length === 0 ? request.number : undefined;
}

/** Digits that are a ticket, where no sub-merchant has this number. */
async function ticketTypedAs({ ledger, settings }: SlackContext, digits: string): Promise<string | undefined> {
  if (settings.tickets.find(digits) !== digits) return undefined;
  const { entries } = await ledger.history.page({ subMchid: digits });
  return entries.length === 0 ? digits : undefined;
}

/** Sub-merchant numbers are longer in practice. */
const requestDigitsMax = 9;

/** If requests that match may have been pruned, the end of the list says so. */
async function historyParts(context: SlackContext, { since = 0 }: HistoryFilter): Promise<HistoryParts> {
  const pruning = await context.ledger.retention.last();
  const isCut = pruning !== undefined && since < pruning.before;
  return { ...listPartsOf(context), retainedDays: isCut ? retainedDays(pruning) : undefined };
}
