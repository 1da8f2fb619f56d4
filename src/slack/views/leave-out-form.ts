/** Leaving out: the button opens a form that asks which, and what is submitted is left out; the rest waits on. */

import { stillIn } from "../../domain/approval.ts";
import type { Person } from "../../domain/policy.ts";
import type { ExclusionResult } from "../../ledger/exclusions.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import { type NumberList, readNumberList } from "../../parsing/number-list/number-list.ts";
import { choicesMax, leaveOutForm, leftOutInput } from "../blocks/forms/leave-out-form.ts";
import type { FormAnswer } from "../blocks/modal.ts";
import type { SlackContext } from "../context.ts";
import type { LeaveOutSubmission, RequestClick } from "../payloads/payloads.ts";
import { tooLateMessage } from "../replies/too-late-message.ts";
import { createDecisionForm } from "./decision-form.ts";

/** Numbers, or lines, that are named beside the field. */
const namedMax = 5;

export function createLeaveOutForm(context: SlackContext) {
  const { ledger, texts, log } = context;
  const words = texts.decisionForms.leaveOut;
  const form = createDecisionForm(context, { asked: "leave-out", title: words.title });

  function wrong(...sentences: readonly string[]): FormAnswer {
    return { response_action: "errors", errors: { [leftOutInput]: sentences.join(texts.between) } };
  }

  /** What is wrong with the list before the ledger is asked. */
  function unreadable({ subMchids, problems, problemCount }: NumberList): FormAnswer | undefined {
    if (problemCount > 0) {
      const lines = [...new Set(problems.map(({ line }) => line))].slice(0, namedMax).join(texts.list);
      return wrong(words.notUnderstood(problemCount, lines));
    }
    return subMchids.length === 0 ? wrong(words.nothingChosen) : undefined;
  }

  function answerTo(left: ExclusionResult, self: string): FormAnswer {
    switch (left.kind) {
      case "left-out":
      case "left-out-before":
        return { response_action: "clear" };
      case "not-in-it":
        return wrong(
          ...(left.unknown.length > 0 ? [words.notInIt(left.unknown.length, ...sample(left.unknown))] : []),
          ...(left.before.length > 0 ? [words.before(left.before.length, ...sample(left.before))] : []),
        );
      case "nothing-left":
        return wrong(words.nothingLeft);
      case "too-late":
        return form.instead(tooLateMessage(left.request, self, texts));
      case "unknown":
        return form.instead(texts.decided.unknown);
      default:
        return left satisfies never;
    }
  }

  function sample(numbers: readonly string[]): [named: string, more: number] {
    return [numbers.slice(0, namedMax).join(texts.list), Math.max(0, numbers.length - namedMax)];
  }

  return {
    open(request: RequestView, person: Person, payload: RequestClick): Promise<string | undefined> {
      return form.open(request, person, payload, async (metadata) => {
        if (stillIn(request) === 1) return words.oneLeft;
        return leaveOutForm(request, await ledger.bulk.firstNumbers(request.id, choicesMax), metadata, texts);
      });
    },

    async submit(submission: LeaveOutSubmission): Promise<string | FormAnswer> {
      const submitted = await form.submitted(submission);
      if (submitted.kind === "answered") return submitted.answer;
      const { request, person, origin } = submitted;
      const list = readNumberList(submission.numbers);
      const problem = unreadable(list);
      if (problem) return problem;
      const leaving = { requestId: request.id, subMchids: list.subMchids, by: person.id, origin };
      const left = await ledger.requests.exclude(leaving);
      context.changed();
      if (left.kind === "left-out") log.info({ request: request.id, count: left.count, by: person.id }, "left out");
      return answerTo(left, person.id);
    },
  };
}
