/** The form in which an approver chooses which sub-merchants of a request for many are left out of it. */
import type { InputBlock, ModalView } from "@slack/types";
import { stillIn } from "../../../domain/approval.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { formIds } from "../../payloads/ids.ts";
import type { DecisionMetadata } from "../../payloads/payloads.ts";
import { plain } from "../elements.ts";
import { input } from "../modal.ts";
import { numbersShown } from "../request/bulk-request.ts";
import { decisionForm } from "./decision-form.ts";

/** Up to so many are chosen from a list, which Slack lets be no longer; more are pasted. */
export const choicesMax = 100;
/** What Slack takes in one field. */
const fieldMax = 3_000;

/** Its only input, beside which is told what is wrong with it. */
export const leftOutInput = "numbers";

/** @param firstNumbers of those that are still in it, up to `choicesMost` */
export function leaveOutForm(
  request: RequestView,
  firstNumbers: readonly string[],
  metadata: DecisionMetadata,
  texts: Texts,
): ModalView {
  const about = { id: formIds.leaveOut, words: texts.decisionForms.leaveOut, request, metadata };
  const which = stillIn(request) > choicesMax ? pasted(texts) : chosen(firstNumbers, texts);
  return decisionForm({ ...about, firstNumbers: firstNumbers.slice(0, numbersShown), input: which }, texts);
}

function pasted({ decisionForms: { leaveOut } }: Texts): InputBlock {
  return input(
    {
      type: "plain_text_input",
      action_id: leftOutInput,
      multiline: true,
      max_length: fieldMax,
      focus_on_load: true,
    },
    { label: leaveOut.which, hint: leaveOut.pasteHint },
  );
}

function chosen(numbers: readonly string[], { decisionForms: { leaveOut } }: Texts): InputBlock {
  return input(
    {
      type: "multi_static_select",
      action_id: leftOutInput,
      placeholder: plain(leaveOut.choose),
      options: numbers.map((number) => ({ text: plain(number), value: number })),
      focus_on_load: true,
    },
    { label: leaveOut.which, hint: leaveOut.chooseHint },
  );
}
