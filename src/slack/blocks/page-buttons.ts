/** The buttons that turn the pages of a list: each carries what list it is and where the other page begins. */
import type { ActionsBlock } from "@slack/types";
import { z } from "zod";
import { actions } from "../../domain/attempt-result.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { json } from "../payloads/json.ts";
import { buttons, plain } from "./elements.ts";

/** The `action_id`s of the buttons. */
export const pageIds = { older: "page-older", newer: "page-newer" } as const;

const direction = z.enum(["older", "newer"]);

/** What a button carries comes back from Slack like any other input. */
const page = z.discriminatedUnion("list", [
  z.object({
    list: z.literal("history"),
    filter: z.object({
      subMchid: z.string().max(64).optional(),
      requestedBy: z.string().max(64).optional(),
      action: z.enum(actions).optional(),
      failed: z.literal(true).optional(),
      since: z.int().optional(),
    }),
    place: z.object({ direction, seq: z.int() }),
  }),
  z.object({
    list: z.literal("pending"),
    place: z.object({ direction, createdAt: z.int(), id: z.string().max(64) }),
  }),
]);

/** The page of a list that a button leads to. */
export type ListPage = z.infer<typeof page>;

/** Slack's limit of a button's value. */
const valueMost = 2_000;

export const pageValue = z.string().max(valueMost).pipe(json).pipe(page);

/** The buttons to the pages that there are; no block where there is none. */
export function pageButtons(to: { older: ListPage | false; newer: ListPage | false }, texts: Texts): ActionsBlock[] {
  const elements = (["older", "newer"] as const).flatMap((name) => {
    const value = to[name];
    if (!value) return [];
    const label = plain(texts.page[name]);
    return [{ type: "button" as const, action_id: pageIds[name], text: label, value: JSON.stringify(value) }];
  });
  return elements.length > 0 ? [buttons("pages", elements)] : [];
}
