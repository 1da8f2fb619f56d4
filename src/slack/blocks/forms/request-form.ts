/** The form for requests to open or close receipts, and the preview before the request is submitted. */
import type { KnownBlock, ModalView } from "@slack/types";
import { type GivenMerchant, nameNotes } from "../../../domain/directory/name-notes.ts";
import { type Change, offeredChanges } from "../../../domain/goldplan/change.ts";
import type { Draft } from "../../../ledger/drafts.ts";
import { reasonMax } from "../../../parsing/command/open-close.ts";
import type { NumberList } from "../../../parsing/number-list/number-list.ts";
import { subMchidsMax } from "../../../parsing/number-list/sub-mchid.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { changeValue } from "../../payloads/change-value.ts";
import type { PreviewMetadata } from "../../payloads/forms.ts";
import { formIds } from "../../payloads/ids.ts";
import type { Destination, RequestOrigin } from "../../payloads/request-origin.ts";
import { nameNotesBlocks, notesShown } from "../directory/name-notes.ts";
import { context, plain, privateMessage, quote, section } from "../elements.ts";
import type { Typing } from "../example-commands.ts";
import { merchant, merchantList } from "../merchant.ts";
import { input } from "../modal.ts";
import { channel } from "../mrkdwn.ts";
import { unusualLine } from "../request/unusual-length.ts";
import { problemLine } from "./list-problem.ts";

/** Maximum characters that Slack accepts in one field. */
const fieldMax = 3_000;
/** Maximum numbers listed in the preview. */
const namedMax = 20;

/**
 * @param settings `reason` is whether one is required, `ticket` what it has to contain, as people are shown it, and
 * `goldplan` GOLDPLAN
 */
export function requestForm(
  requestOrigin: RequestOrigin,
  { reason, ticket, goldplan }: Pick<Typing, "reason" | "ticket" | "goldplan">,
  { form }: Texts,
): ModalView {
  const options = offeredChanges(goldplan).map((change) => ({
    text: plain(form.change(change)),
    value: changeValue(change),
  }));
  return {
    type: "modal",
    callback_id: formIds.ask,
    private_metadata: JSON.stringify(requestOrigin),
    title: plain(form.title),
    submit: plain(form.next),
    close: plain(form.cancel),
    blocks: [
      input({ type: "radio_buttons", action_id: "action", options }, { label: form.action }),
      input(
        { type: "plain_text_input", action_id: "numbers", multiline: true, max_length: fieldMax },
        { label: form.numbers, hint: form.numbersHint, isOptional: true },
      ),
      input(
        { type: "file_input", action_id: "file", filetypes: ["csv", "tsv", "txt", "xlsx"], max_files: 1 },
        { label: form.file, hint: form.fileHint, isOptional: true },
      ),
      input(
        { type: "plain_text_input", action_id: "reason", multiline: true, max_length: reasonMax },
        {
          label: form.reason,
          hint: ticket === undefined ? form.reasonHint : form.ticketHint(ticket),
          isOptional: reason === "optional",
        },
      ),
    ],
  };
}

export interface Preview {
  change: Change;
  list: NumberList;
  /** Those of the list with their names, in the order in which they are shown. */
  merchants: readonly GivenMerchant[];
  reason: Draft["reason"];
  requestOrigin: RequestOrigin;
  place: Destination;
  /** Undefined if there is nothing to submit. */
  draftId: string | undefined;
}

/**
 * The recognized numbers and the entries that were not recognized. Only the preview's own button submits the request.
 */
export function requestPreview(preview: Preview, texts: Texts): ModalView {
  const { list, reason, requestOrigin, place, draftId } = preview;
  const { form } = texts;
  const understood = draftId === undefined ? [section(notAskable(list, texts))] : askable(preview, texts);
  const metadata: PreviewMetadata | undefined = draftId === undefined ? undefined : { ...requestOrigin, draftId };
  return {
    type: "modal",
    callback_id: formIds.preview,
    title: plain(form.preview),
    close: plain(form.back),
    ...(metadata && { private_metadata: JSON.stringify(metadata), submit: plain(form.ask) }),
    blocks: [
      ...understood,
      ...(metadata && reason !== undefined ? [quote(reason)] : []),
      ...(metadata ? [context(form.postedIn(channel(place.channelId)))] : []),
      ...problems(list, texts),
    ],
  };
}

function askable({ change, list: { subMchids, repeated }, merchants }: Preview, texts: Texts): KnownBlock[] {
  const { form, bulk, request } = texts;
  const [only] = merchants;
  const isBulk = subMchids.length > 1;
  const title = isBulk || !only ? bulk.title(change, subMchids.length) : request.title(change, merchant(only, texts));
  const named = merchantList(merchants.slice(0, namedMax), texts);
  return [
    section([title, form.understood(named, Math.max(0, subMchids.length - namedMax))].join("\n")),
    ...nameNotesBlocks(nameNotes(merchants, notesShown), isBulk, "requester", texts),
    ...unusualLine(subMchids, texts),
    ...(repeated > 0 ? [context(form.repeated(repeated))] : []),
  ];
}

function notAskable({ subMchids, tooMany, notRead }: NumberList, { form }: Texts): string {
  if (notRead > 0) return form.tooManyCells(notRead);
  return tooMany > 0 ? form.tooMany(subMchids.length + tooMany, subMchidsMax) : form.nothingUnderstood;
}

function problems({ problems, problemCount }: NumberList, texts: Texts): KnownBlock[] {
  const { form } = texts;
  if (problemCount === 0) return [];
  const more = problemCount - problems.length;
  const lines = [
    form.notUnderstood(problemCount),
    ...problems.map((problem) => `• ${problemLine(problem, texts)}`),
    ...(more > 0 ? [form.moreProblems(more)] : []),
  ];
  return privateMessage(lines.join("\n")).blocks;
}
