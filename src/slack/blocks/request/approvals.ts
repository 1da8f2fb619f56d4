/** The approvals in a request's message. */
import type { Button } from "@slack/types";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { actionIds } from "../../payloads/ids.ts";
import { confirmation, plain } from "../elements.ts";
import { date, user } from "../mrkdwn.ts";

/** While people decide: each approval with its time, and how many are missing. Empty if one approval is enough. */
export function approvalLines({ approvals, approvalsNeeded, state }: RequestView, texts: Texts): string[] {
  if (approvalsNeeded === 1) return [];
  const given = approvals.map(({ by, at }) => texts.approvals.given(user(by), date(at)));
  if (state !== "pending") return given;
  return [...given, ...missingWords(approvals.length, approvalsNeeded, texts)];
}

/** How many approvals are missing; empty if one approval is enough. */
export function missingWords(given: number, needed: number, { approvals }: Texts): string[] {
  if (needed === 1) return [];
  return [given === 0 ? approvals.needed(needed) : approvals.missing(needed - given)];
}

/** While the request is carried out: who approved. */
export function workingLine(request: RequestView, texts: Texts): string {
  const { decision } = request;
  const line =
    decision?.kind === "broke-glass"
      ? texts.approvals.workingAlone(users(decision.by, texts), usersBefore(decision, texts))
      : texts.request.working(approvers(request, texts) ?? "");
  return [line, ...retriedWords(request, texts)].join(" · ");
}

/** Who pressed Retry last; empty if nobody did. */
function retriedWords({ retried }: RequestView, texts: Texts): string[] {
  return retried ? [texts.request.retriedBy(user(retried.by), date(retried.at))] : [];
}

/**
 * After the request has ended: requester, approvers and time, as `date` formats it. Ends a line, or forms its own line
 * if `capitalized`.
 */
export function peopleLine(request: RequestView, when: string, texts: Texts): string {
  const line = texts.request.peopleAndTime(peopleWords(request, texts, approvers(request, texts)), when);
  return [line, ...retriedWords(request, texts)].join(" · ");
}

/** The requester, and the deciders if anybody else decided. @param deciders their names */
export function peopleWords(
  { requestedBy, decision }: Pick<RequestView, "requestedBy" | "decision">,
  texts: Texts,
  deciders = users(decision?.by ?? [], texts),
): string {
  const { people } = texts.request;
  const submitter = user(requestedBy);
  if (!decision) return people.requestedBy(submitter);
  switch (decision.kind) {
    case "approved":
    case "rejected":
      return people[decision.kind](submitter, deciders);
    case "broke-glass":
      return people.brokeGlass(deciders, usersBefore(decision, texts));
    case "withdrawn":
    case "expired":
      return people.requestedBy(submitter);
    default:
      return decision.kind satisfies never;
  }
}

/** Who had approved before break glass; undefined if nobody had. */
export function usersBefore(decision: RequestView["decision"], texts: Texts): string | undefined {
  return decision?.approvedBefore && users(decision.approvedBefore, texts);
}

function users(ids: readonly string[], texts: Texts): string {
  return ids.map(user).join(texts.list);
}

/** Everybody who approved, each with a time if there are several. */
function approvers({ approvals, decision }: RequestView, texts: Texts): string | undefined {
  if (decision?.kind !== "approved" || approvals.length === 0) return decision && users(decision.by, texts);
  return approvals.map(({ by, at }) => texts.approvals.at(user(by), date(at))).join(texts.list);
}

/** For requesters who are also approvers, if the settings allow it and the request has a reason. */
export function breakGlassButton(
  { id, reason }: RequestView,
  setting: "off" | "on",
  dialog: { title: string; text: string; confirm: string },
  texts: Texts,
): Button[] {
  if (setting === "off" || reason === undefined) return [];
  return [
    {
      type: "button",
      action_id: actionIds.breakGlass,
      text: plain(texts.approvals.breakGlass),
      style: "danger",
      value: id,
      confirm: confirmation(texts, dialog),
    },
  ];
}

/** The question that Approve asks. If several approvals are needed, the bot starts only after the last one. */
export function approveDialog(
  { approvals, approvalsNeeded }: RequestView,
  usual: { title: string; text: string; confirm: string },
  texts: Texts,
): typeof usual {
  if (approvalsNeeded === 1) return usual;
  if (approvalsNeeded - approvals.length === 1) return { ...usual, text: texts.approvals.lastOfSeveral };
  return { ...usual, text: texts.approvals.oneOfSeveral(approvalsNeeded), confirm: texts.button.approve };
}
