/**
 * The course of a request or an operation as one letter for each event, so that it can be matched against a pattern.
 */
import type { Step } from "../../../../src/domain/goldplan/objects.ts";
import type { AuditRow } from "../records.ts";

interface Detail {
  step?: Step;
  round?: number;
  next?: string;
  cancelled?: number;
}

/** What an event says of itself. The bot alone writes it. */
export function detailOf({ detail }: AuditRow): Detail {
  return JSON.parse(detail ?? "{}") as Detail;
}

/** The step of an event about an attempt; only 点金计划 is named. */
export function stepIn(event: AuditRow): Step {
  return detailOf(event).step ?? "receipt";
}

/**
 * Of an attempt: started, ended, ended with another step to follow, and handed back without a call; and of its
 * operation.
 */
const attemptLetters: Readonly<Record<string, string>> = {
  "attempt-started": "S",
  "attempt-ended": "E",
  "attempt-handed-back": "H",
  "operation-succeeded": "+",
  "operation-failed": "-",
  "attempt-overtaken": "",
};

/** @param others the letters of events that are not about an attempt */
export function pathOf(events: readonly AuditRow[], others: Readonly<Record<string, string>> = {}): string {
  return events.map((event) => letterOf(event, others)).join("");
}

/** The same, with small letters for the attempts at 点金计划. */
export function pathOfSteps(events: readonly AuditRow[]): string {
  return events
    .map((event) => {
      const letter = letterOf(event, {});
      return letter !== "C" && stepIn(event) === "goldplan" ? letter.toLowerCase() : letter;
    })
    .join("");
}

function letterOf(event: AuditRow, others: Readonly<Record<string, string>>): string {
  const letter = attemptLetters[event.what] ?? others[event.what] ?? "?";
  return letter === "E" && detailOf(event).next === "continue" ? "C" : letter;
}
