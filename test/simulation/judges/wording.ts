/** What Slack must say about requests, in words of its own: by what they switch, and by how far they came. */
import type { SwitchObject } from "../../../src/domain/goldplan/objects.ts";
import { isForMany, type LedgerRequest } from "./ledger-watch.ts";
import type { AuditRow } from "./records.ts";
import { stepIn } from "./steps/event-paths.ts";

const subjects: Readonly<Record<SwitchObject, string>> = {
  receipt: "receipts",
  goldplan: "点金计划",
  both: "receipts and 点金计划",
};

const capital = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

/**
 * The final text of the message of a request for one sub-merchant, by its state and its operation's; none for others.
 */
export function endingOfOne(request: LedgerRequest): RegExp | undefined {
  const { object, action, step, state, operationState } = request;
  const past = action === "OPEN" ? "opened" : "closed";
  const left = object === "both" && step === "goldplan" ? "goldplan" : object;
  // Of a request that has switched the receipt, the message must not say that it did nothing.
  const before = left === object ? "" : `.*Receipts were already ${past}`;
  const notDone = `${capital(subjects[left])} not ${past}`;
  const endings: Readonly<Record<string, string>> = {
    "pending/waiting": "decide by",
    "approved/held": "On hold",
    "done/cancelled": `${notDone}${before}`,
    "done/succeeded": `${capital(subjects[object])} ${past}`,
    "done/failed": `(${notDone}|Not certain)${before}`,
    "rejected/cancelled": "Rejected by",
    "withdrawn/cancelled": "Withdrawn by",
    "expired/cancelled": "Expired without a decision",
  };
  const ending = endings[`${state}/${operationState}`];
  return ending === undefined ? undefined : new RegExp(ending, "s");
}

/** The wording by which a request's thread reports an event; undefined for events that it does not report. */
export function reportOf(event: AuditRow, request: LedgerRequest): RegExp | undefined {
  const undone = reportsOfAll[event.what];
  if (undone || isForMany(request)) return undone;
  const { object, action } = request;
  const state = action === "OPEN" ? "open" : "closed";
  const past = action === "OPEN" ? "opened" : "closed";
  const subject = subjects[object];
  switch (event.what) {
    case "cancelled-held":
      return /was on hold .* cancelled it/;
    case "held-expired":
      return /was on hold .* expired without a decision/;
    case "operation-succeeded":
      return new RegExp(`> ${subject} (?:is|are) ${state} for`);
    case "operation-failed":
      return object === "both" && stepIn(event) === "goldplan"
        ? new RegExp(`> receipts for .* were ${past}, but (?:it is \\*not certain\\* whether )?点金计划 was`)
        : new RegExp(`> (?:it is \\*not certain\\* whether )?${subject} for \\S+ (?:was|were) (?:\\*not )?${past}`);
    default:
      return undefined;
  }
}

const reportsOfAll: Readonly<Record<string, RegExp>> = {
  rejected: /was rejected/,
  expired: /expired/,
  "carried-out": /pressed Carry out, so this request is no longer on hold/,
};
