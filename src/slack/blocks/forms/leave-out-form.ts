/** The form in which an approver chooses the sub-merchants to leave out of a bulk request. */
import type { InputBlock, ModalView } from "@slack/types";
import { stillIn } from "../../../domain/approval.ts";
import type { Merchant } from "../../../domain/directory/merchant.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import type { DecisionMetadata } from "../../payloads/forms.ts";
import { formIds } from "../../payloads/ids.ts";
import { plain } from "../elements.ts";
import { merchantText } from "../merchant.ts";
import { input } from "../modal.ts";
import { numbersShown } from "../request/bulk/head.ts";
import { decisionForm } from "./decision-form.ts";

/** Slack's maximum for a list of options; for longer requests, numbers are pasted. */
export const choicesMax = 100;
/** Slack's limit for the characters in one field. */
const fieldMax = 3_000;

/** The form's only input, where errors are shown. */
export const exclusionInput = "numbers";

/** @param first the numbers that are still in the request, up to `choicesMax` */
export function leaveOutForm(
  request: RequestView,
  first: readonly Merchant[],
  metadata: DecisionMetadata,
  texts: Texts,
): ModalView {
  const about = { id: formIds.leaveOut, words: texts.decisionForms.leaveOut, request, metadata };
  const which = stillIn(request) > choicesMax ? pasted(texts) : chosen(first, texts);
  return decisionForm({ ...about, first: first.slice(0, numbersShown), input: which }, texts);
}

function pasted({ decisionForms: { leaveOut } }: Texts): InputBlock {
  return input(
    {
      type: "plain_text_input",
      action_id: exclusionInput,
      multiline: true,
      max_length: fieldMax,
      focus_on_load: true,
    },
    { label: leaveOut.which, hint: leaveOut.pasteHint },
  );
}

function chosen(merchants: readonly Merchant[], texts: Texts): InputBlock {
  const { leaveOut } = texts.decisionForms;
  return input(
    {
      type: "multi_static_select",
      action_id: exclusionInput,
      placeholder: plain(leaveOut.choose),
      options: merchants.map((each) => ({ text: plain(merchantText(each, texts)), value: each.subMchid })),
      focus_on_load: true,
    },
    { label: leaveOut.which, hint: leaveOut.chooseHint },
  );
}
