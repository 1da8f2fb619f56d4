/** The page that an *Older* or *Newer* button leads to, as stored in the button's value. */
import { z } from "zod";
import { actions } from "../../domain/attempt-result.ts";
import { objects } from "../../domain/goldplan/objects.ts";
import { ticketMax } from "../../domain/tickets/tickets.ts";
import { json } from "./json.ts";

const direction = z.enum(["older", "newer"]);

/** A button's value is input from Slack like any other. */
const page = z.discriminatedUnion("list", [
  z.object({
    list: z.literal("history"),
    filter: z.object({
      subMchid: z.string().max(64).optional(),
      requestedBy: z.string().max(64).optional(),
      action: z.enum(actions).optional(),
      object: z.enum(objects).optional(),
      failed: z.literal(true).optional(),
      ticket: z.string().max(ticketMax).optional(),
      since: z.int().optional(),
    }),
    place: z.object({ direction, seq: z.int() }),
  }),
  z.object({
    list: z.literal("request"),
    number: z.int().positive(),
    place: z.object({ direction, seq: z.int() }).optional(),
  }),
  z.object({
    list: z.literal("pending"),
    place: z.object({ direction, createdAt: z.int(), id: z.string().max(64) }),
  }),
  z.object({
    list: z.literal("find"),
    text: z.string().min(1).max(256),
    place: z.object({ direction, version: z.int(), position: z.int() }),
  }),
]);

/** The page of a list that a button leads to. */
export type ListPage = z.infer<typeof page>;

/** Slack's limit for a button's value, in characters. */
const valueMax = 2_000;

export const pageValue = z.string().max(valueMax).pipe(json).pipe(page);
