/** The form that asks for a reason before a request is rejected. */
import type { ModalView } from "@slack/types";
import type { Merchant } from "../../../domain/directory/merchant.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import type { DecisionMetadata } from "../../payloads/forms.ts";
import { formIds } from "../../payloads/ids.ts";
import { input } from "../modal.ts";
import { decisionForm } from "./decision-form.ts";

/** Maximum length that fits into one message together with the request's longest reason and all possible approvals. */
export const whyMax = 2_000;

/** @param first the first numbers of a bulk request; the others are in its thread */
export function rejectForm(
  request: RequestView,
  first: readonly Merchant[],
  metadata: DecisionMetadata,
  texts: Texts,
): ModalView {
  const { reject: words } = texts.decisionForms;
  const why = input(
    { type: "plain_text_input", action_id: "reason", multiline: true, max_length: whyMax, focus_on_load: true },
    { label: words.why, hint: words.whyHint },
  );
  return decisionForm({ id: formIds.reject, words, request, first, metadata, input: why }, texts);
}
