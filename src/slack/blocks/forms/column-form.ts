/**
 * The form that asks which column of a table contains the sub-merchants' numbers. No number is read before the form is
 * submitted.
 */
import type { ModalView } from "@slack/types";
import type { ColumnChoice, ColumnQuestion } from "../../../parsing/number-list/number-list.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import type { PreviewMetadata } from "../../payloads/forms.ts";
import { formIds } from "../../payloads/ids.ts";
import { plain, privateMessage } from "../elements.ts";
import { input } from "../modal.ts";
import { code, cut, foreign } from "../mrkdwn.ts";

/** Maximum values shown for each column. */
const samplesMax = 3;
/** Maximum characters of an option's text; see "option object". */
const optionMax = 75;
/** Of these, for the column's name. */
const nameMax = 40;

/** The choice if the input is not a table: every number, from any column. */
export const everyColumn = "all";

export function columnForm({ columns, all }: ColumnQuestion, metadata: PreviewMetadata, { form }: Texts): ModalView {
  const lines = columns.map((column) => form.columnOf(foreign(column.name), samples(column)));
  const option = (text: string, value: string) => ({ text: plain(cut([...text], optionMax)), value });
  const options = [
    ...columns.map(({ name, list }, nth) =>
      option(form.columnNumbered(cut([...name], nameMax), list.subMchids.length), String(nth)),
    ),
    option(form.allColumns(all.subMchids.length), everyColumn),
  ];
  return {
    type: "modal",
    callback_id: formIds.column,
    private_metadata: JSON.stringify(metadata),
    title: plain(form.whichColumn),
    submit: plain(form.next),
    close: plain(form.back),
    blocks: [
      ...privateMessage([form.severalColumns, ...lines].join("\n")).blocks,
      input({ type: "radio_buttons", action_id: "column", options }, { label: form.column }),
    ],
  };
}

function samples({ list }: ColumnChoice): string {
  return list.subMchids.slice(0, samplesMax).map(code).join(" ");
}
