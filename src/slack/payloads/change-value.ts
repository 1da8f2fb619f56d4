/** What a request does, as the value of the form's choice: `OPEN` for receipts, otherwise `OPEN:goldplan`. */
import { z } from "zod";
import { type Change, offeredChanges } from "../../domain/goldplan/change.ts";

export function changeValue({ action, object }: Change): string {
  return object === "receipt" ? action : `${action}:${object}`;
}

const changes = new Map(offeredChanges("on").map((change) => [changeValue(change), change]));

export const chosenChange = z.string().transform((value, context): Change => {
  const change = changes.get(value);
  if (change) return change;
  context.addIssue({ code: "custom", message: "no choice of the form", input: value });
  return z.NEVER;
});
