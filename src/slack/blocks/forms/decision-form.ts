/** A form that decides on a request: the request's subject, the decision's consequence, and one input. */
import type { InputBlock, ModalView } from "@slack/types";
import type { Merchant } from "../../../domain/directory/merchant.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import type { DecisionMetadata } from "../../payloads/forms.ts";
import type { formIds } from "../../payloads/ids.ts";
import { context, plain, section } from "../elements.ts";
import { user } from "../mrkdwn.ts";
import { requestHead } from "../request/decision.ts";

export interface DecisionForm {
  id: typeof formIds.reject | typeof formIds.leaveOut;
  words: Texts["decisionForms"]["reject"] | Texts["decisionForms"]["leaveOut"];
  request: RequestView;
  /** The first numbers of a bulk request; the others are in its thread. */
  first: readonly Merchant[];
  metadata: DecisionMetadata;
  input: InputBlock;
}

export function decisionForm(form: DecisionForm, texts: Texts): ModalView {
  const { id, words, request, first, metadata, input } = form;
  const submitter = texts.request.requestedBy(user(request.requestedBy));
  return {
    type: "modal",
    callback_id: id,
    private_metadata: JSON.stringify(metadata),
    title: plain(words.title),
    submit: plain(words.submit),
    close: plain(texts.form.cancel),
    blocks: [
      section([...requestHead(request, first, texts), submitter].join("\n")),
      context(words.consequence(request)),
      input,
    ],
  };
}
