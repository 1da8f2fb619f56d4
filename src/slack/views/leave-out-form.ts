/** Leave out: the button opens a form that asks which sub-merchants, and submitting the form excludes them. */
import { stillIn } from "../../domain/approval.ts";
import type { ExclusionResult } from "../../ledger/exclusions.ts";
import { readNumberList } from "../../parsing/number-list/number-list.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import type { RequestAction } from "../actions/request-action.ts";
import { choicesMax, exclusionInput, leaveOutForm } from "../blocks/forms/leave-out-form.ts";
import { plainProblemLine } from "../blocks/forms/list-problem.ts";
import type { FormAnswer } from "../blocks/modal.ts";
import { someNumbers } from "../blocks/mrkdwn.ts";
import type { Intent, SlackContext, SlackParts } from "../context.ts";
import type { LeaveOutSubmission } from "../payloads/forms.ts";
import { tooLateMessage } from "../replies/too-late-message.ts";
import {
  type AllowedSubmission,
  type DecisionForm,
  openDecisionForm,
  parseDecision,
  replaceForm,
} from "./decision-form.ts";

const form: DecisionForm = { asked: "leave-out", title: (texts) => texts.decisionForms.leaveOut.title };

export function openLeaveOutForm(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { ledger, texts } = context;
  const { request } = action;
  return openDecisionForm(context, action, async (metadata) => {
    if (stillIn(request) === 1) return texts.decisionForms.leaveOut.oneLeft;
    return leaveOutForm(request, await ledger.bulk.firstMerchants(request.id, choicesMax), metadata, texts);
  });
}

export function parseExclusion(
  parts: SlackParts,
  submission: LeaveOutSubmission,
): Promise<Intent<string | FormAnswer>> {
  return parseDecision(parts, form, submission, (context, allowed) => exclude(context, submission, allowed));
}

async function exclude(
  { settings, useCases, texts, log }: SlackContext,
  submission: LeaveOutSubmission,
  { request, person, origin }: AllowedSubmission,
): Promise<FormAnswer> {
  const subMchids = readExclusion(submission.numbers, settings.WECHATPAY_MCHID, texts);
  if ("response_action" in subMchids) return subMchids;
  const exclusion = { requestId: request.id, subMchids, by: person.id, origin };
  const result = await useCases.exclude(exclusion);
  if (result.kind === "left-out") log.info({ request: request.id, count: result.count, by: person.id }, "left out");
  return answerTo(result, person.id, texts);
}

/** The numbers, or the problem with the list. No preview follows, so every line has to be recognized. */
function readExclusion(
  numbers: string | readonly string[],
  ours: string,
  texts: Texts,
): readonly string[] | FormAnswer {
  const { leaveOut } = texts.decisionForms;
  // Chosen numbers are in the request, whatever their length.
  if (typeof numbers !== "string") return numbers.length > 0 ? numbers : besideField(leaveOut.nothingChosen);
  const list = readNumberList(numbers, { ours, isEveryLineANumber: true });
  if (list.kind === "which-column") return besideField(leaveOut.severalColumns);
  const [first] = list.problems;
  if (first) return besideField(leaveOut.notUnderstood(list.problemCount, plainProblemLine(first, texts)));
  return list.subMchids.length > 0 ? list.subMchids : besideField(leaveOut.nothingChosen);
}

function answerTo(result: ExclusionResult, self: string, texts: Texts): FormAnswer {
  const { leaveOut } = texts.decisionForms;
  switch (result.kind) {
    case "left-out":
    case "left-out-before":
      return { response_action: "clear" };
    case "not-in-it": {
      const { unknown, before } = result;
      const some = (numbers: readonly string[]) => someNumbers(numbers, (named) => named.join(texts.list));
      const sentences = [
        ...(unknown.length > 0 ? [leaveOut.notInIt(unknown.length, ...some(unknown))] : []),
        ...(before.length > 0 ? [leaveOut.before(before.length, ...some(before))] : []),
        leaveOut.nothingDone,
      ];
      return besideField(sentences.join(texts.between));
    }
    case "nothing-left":
      return besideField(leaveOut.nothingLeft);
    case "too-late":
      return replaceForm(form, tooLateMessage(result.request, self, texts), texts);
    case "unknown":
      return replaceForm(form, texts.decided.unknown, texts);
    default:
      return result satisfies never;
  }
}

function besideField(sentence: string): FormAnswer {
  return { response_action: "errors", errors: { [exclusionInput]: sentence } };
}
