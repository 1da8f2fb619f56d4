/** The data that the form keeps while it asks which column is meant. */
import { z } from "zod";
import { actions } from "../../domain/attempt-result.ts";
import type { Change } from "../../domain/goldplan/change.ts";
import { objects } from "../../domain/goldplan/objects.ts";
import type { ColumnQuestion, NumberList } from "../../parsing/number-list/number-list.ts";
import { everyColumn } from "../blocks/forms/column-form.ts";
import { json } from "../payloads/json.ts";

export interface ColumnStep {
  change: Change;
  reason?: string | undefined;
  question: ColumnQuestion;
}

export function writeStep(step: ColumnStep): string {
  return JSON.stringify(step);
}

/** @throws ZodError for text that `writeStep` did not write */
export function readStep(text: string): ColumnStep {
  return stored.parse(text);
}

/** The numbers of the column that was chosen; undefined if there is no such column. */
export function chosenList({ question }: ColumnStep, column: string): NumberList | undefined {
  return column === everyColumn ? question.all : question.columns[Number(column)]?.list;
}

/** The bot wrote the lists itself, so only their shape is checked, not every number. */
const list = z.custom<NumberList>((value) => typeof value === "object" && value !== null && "subMchids" in value);
const stored = json.pipe(
  z.object({
    change: z.object({ action: z.enum(actions), object: z.enum(objects) }),
    reason: z.string().optional(),
    question: z.object({
      kind: z.literal("which-column"),
      columns: z.array(z.object({ name: z.string(), list })),
      all: list,
    }),
  }),
);
