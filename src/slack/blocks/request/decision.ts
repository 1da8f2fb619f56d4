/** Parts shared by single and bulk requests: the title, the decision buttons, and the end without execution. */
import type { ActionsBlock, Button, KnownBlock, Overflow } from "@slack/types";
import { isBulk, stillIn } from "../../../domain/approval.ts";
import type { Merchant } from "../../../domain/directory/merchant.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { actionIds } from "../../payloads/ids.ts";
import { buttons, confirmation, type Message, plain, quote, section } from "../elements.ts";
import { merchant, merchantList } from "../merchant.ts";
import { date, requestNumber, user } from "../mrkdwn.ts";
import { approveDialog, breakGlassButton } from "./approvals.ts";

type Dialog = Parameters<typeof confirmation>[1];

/** The action, the sub-merchants and the number of a request. */
export function requestTitle(request: RequestView, texts: Texts): string {
  const { operation, number } = request;
  const title = isBulk(request)
    ? texts.bulk.title(request, stillIn(request))
    : texts.request.title(request, merchant(operation, texts));
  return `${title} · ${requestNumber(number)}`;
}

/**
 * Where a request is shown: as the message in its channel, with its thread below, or elsewhere to one person, by their
 * Slack ID.
 */
export type Surface = "channel" | { reader: string };

/** The title, with the first sub-merchants that are still in a bulk request. */
export function requestHead(
  request: RequestView,
  first: readonly Merchant[],
  texts: Texts,
  place: Surface = "channel",
): string[] {
  const title = requestTitle(request, texts);
  if (!isBulk(request)) return [title];
  const sample = place === "channel" ? texts.bulk.sample : texts.bulk.sampleElsewhere;
  return [title, sample(merchantList(first, texts), stillIn(request) - first.length)];
}

/** While people decide. @param dialogs the question that each button asks first, naming its subject */
export function decisionButtons(
  request: RequestView,
  dialogs: { approve: Dialog; breakGlass: Dialog; withdraw: Dialog },
  breakGlass: "off" | "on",
  place: Surface,
  texts: Texts,
): ActionsBlock {
  const { id } = request;
  // What only the requester can use is in the message for everybody, and in nobody else's own copy.
  const isForRequester = place === "channel" || place.reader === request.requestedBy;
  const withdraw: Overflow = {
    type: "overflow",
    action_id: actionIds.more,
    options: [{ text: plain(texts.button.withdraw), value: id }],
    confirm: confirmation(texts, dialogs.withdraw),
  };
  return buttons("decide", [
    {
      type: "button",
      action_id: actionIds.approve,
      text: plain(texts.button.approve),
      style: "primary",
      value: id,
      confirm: confirmation(texts, approveDialog(request, dialogs.approve, texts)),
    },
    {
      type: "button",
      action_id: actionIds.reject,
      text: plain(texts.button.reject),
      value: id,
    },
    ...leaveOutButton(request, texts),
    ...(isForRequester ? [...breakGlassButton(request, breakGlass, dialogs.breakGlass, texts), withdraw] : []),
  ]);
}

/** Only if more than one is left: the last one cannot be excluded, only rejected. */
function leaveOutButton(request: RequestView, texts: Texts): Button[] {
  if (stillIn(request) === 1) return [];
  return [{ type: "button", action_id: actionIds.leaveOut, text: plain(texts.button.leaveOut), value: request.id }];
}

/** How many were excluded from a request, and by whom; empty if none were. */
export function exclusionWords({ counts, excludedBy }: RequestView, { bulk, list }: Texts, max = peopleMax): string[] {
  if (counts.excluded === 0) return [];
  return [bulk.leftOut(counts.excluded, excludedBy.slice(0, max).map(user).join(list))];
}

/** Maximum people named for their exclusions, or for their stops; the audit trail contains all of them. */
export const peopleMax = 5;

/** The end of a request that was not carried out, with the reason if there is one. */
export function undoneBlocks(
  { decision, decisionReason }: RequestView,
  state: "rejected" | "withdrawn" | "expired",
  texts: Texts,
): KnownBlock[] {
  const [by, when] = [decision?.by.map(user).join(texts.list) ?? "", date(decision?.at ?? 0)];
  const line = state === "expired" ? texts.request.expired(when) : texts.request[state](by, when);
  return [section(line), ...(decisionReason === undefined ? [] : [quote(decisionReason)])];
}

/** The name of a person in a thread, which notifies only the requester: a mention would notify everybody it names. */
export type NameOf = (userId: string) => string;

/** The thread's message about a rejected or expired request, with the reason if there is one. */
export function undoneOutcome({ decisionReason }: RequestView, line: string, ...more: string[]): Message {
  const told = section([line, ...more].join("\n"));
  return { text: line, blocks: [told, ...(decisionReason === undefined ? [] : [quote(decisionReason)])] };
}
