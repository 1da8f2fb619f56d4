/** What a request does, as the value of the form's choice: `OPEN` for receipts, otherwise `OPEN:goldplan`. */
import { z } from "zod";
import { actions } from "../../domain/attempt-result.ts";
import type { Change } from "../../domain/goldplan/change.ts";
import { objects } from "../../domain/goldplan/objects.ts";

export function changeValue({ action, object }: Change): string {
  return object === "receipt" ? action : `${action}:${object}`;
}

export const chosenChange = z
  .string()
  .transform((value) => {
    const [action, object = "receipt"] = value.split(":");
    return { action, object };
  })
  .pipe(z.object({ action: z.enum(actions), object: z.enum(objects) }));
