/** The words for what a request does, in English, in each form that the sentences need. */
import type { Action } from "../../../domain/attempt-result.ts";
import type { Change } from "../../../domain/goldplan/change.ts";
import type { SwitchObject } from "../../../domain/goldplan/objects.ts";

const verbs: Record<Action, string> = { OPEN: "open", CLOSE: "close" };
const pasts: Record<Action, string> = { OPEN: "opened", CLOSE: "closed" };
const states: Record<Action, string> = { OPEN: "open", CLOSE: "closed" };
const subjects: Record<SwitchObject, string> = {
  receipt: "receipts",
  goldplan: "点金计划",
  both: "receipts and 点金计划",
};

/** At the start of a sentence. */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

export const verb = ({ action }: Pick<Change, "action">) => verbs[action];
export const past = ({ action }: Pick<Change, "action">) => pasts[action];
export const state = ({ action }: Pick<Change, "action">) => states[action];

/** `receipts`, `点金计划` */
export const subject = ({ object }: Pick<Change, "object">) => subjects[object];
export const are = ({ object }: Pick<Change, "object">) => (object === "goldplan" ? "is" : "are");
export const were = ({ object }: Pick<Change, "object">) => (object === "goldplan" ? "was" : "were");

/** `open receipts` */
export const does = (change: Change) => `${verb(change)} ${subject(change)}`;
/** `receipts opened` */
export const done = (change: Change) => `${subject(change)} ${past(change)}`;
/** `receipts not opened` */
export const notDone = (change: Change) => `${subject(change)} not ${past(change)}`;

/** A dialog's text before a change: closing 点金计划 cannot be undone at once. */
export function beforeClosing({ action, object }: Change, sentence: string): string {
  return action === "CLOSE" && object !== "receipt"
    ? `${sentence} 点金计划 cannot be opened again within 24 hours of closing.`
    : sentence;
}

/** What a successful change leads to. @param whose `the merchant's` */
export function afterwards({ action, object }: Change, whose: string): string {
  if (action === "CLOSE")
    return object === "receipt"
      ? "WeChat Pay's own page returns within about five minutes."
      : "This takes effect within about five minutes. 点金计划 cannot be opened again within 24 hours of closing.";
  switch (object) {
    case "receipt":
      return `They appear within about five minutes if ${whose} 点金计划 is also open.`;
    case "goldplan":
      return `It takes effect within about five minutes; receipt pages appear if ${whose} receipts are also open.`;
    case "both":
      return `Customers see ${whose} receipt page within about five minutes.`;
    default:
      return object satisfies never;
  }
}
