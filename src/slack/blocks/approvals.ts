/** What a request's message says of its approvals. */
import type { Button } from "@slack/types";
import type { RequestView } from "../../receipt/request-view.ts";
import type { Texts } from "../../text/en.ts";
import { date, user } from "../mrkdwn.ts";
import { actionIds, confirmation, plain } from "./parts.ts";

/** While people decide: each approval with its time, and how many are missing. Nothing where one is all that is needed. */
export function approvalLines({ approvals, approvalsNeeded, state }: RequestView, texts: Texts): string[] {
  if (approvalsNeeded === 1) return [];
  const given = approvals.map(({ by, at }) => texts.approvals.given(user(by), date(at)));
  if (state !== "pending") return given;
  const missing = approvalsNeeded - approvals.length;
  return [...given, approvals.length === 0 ? texts.approvals.needed(missing) : texts.approvals.missing(missing)];
}

/** Under way: who approved. */
export function workingLine(request: RequestView, texts: Texts): string {
  if (request.brokeGlass) return texts.approvals.workingAlone(user(request.decidedBy ?? ""));
  return texts.request.working(approvers(request, texts));
}

/** Ended: who asked, who approved, and when it ended, as `date` writes it; the rest of a line, or one of its own, `capitalised`. */
export function peopleLine(request: RequestView, when: string, texts: Texts): string {
  if (request.brokeGlass) return texts.approvals.brokeGlass(user(request.decidedBy ?? ""), when);
  return texts.request.askedAndApproved(user(request.requestedBy), approvers(request, texts), when);
}

/** Everybody who approved, each with the time where there are several. */
function approvers({ approvals, approvalsNeeded, decidedBy = "" }: RequestView, texts: Texts): string {
  if (approvalsNeeded === 1) return user(decidedBy);
  return approvals.map(({ by, at }) => texts.approvals.at(user(by), date(at))).join(texts.list);
}

/** For who asked and is approver too, where the settings allow it and a reason was given. */
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

/** What Approve asks: of several approvals, only the last one has the bot begin. */
export function approveDialog(
  { approvalsNeeded }: RequestView,
  usual: { title: string; text: string; confirm: string },
  texts: Texts,
): typeof usual {
  if (approvalsNeeded === 1) return usual;
  return { ...usual, text: texts.approvals.oneOfSeveral(approvalsNeeded), confirm: texts.button.approve };
}
