/** The arguments of `status`, `history` and `export`: a number, filters in any order, and times. */
import { type Action, actions } from "../../domain/attempt-result.ts";
import type { SwitchObject } from "../../domain/goldplan/objects.ts";
import { plainDigits } from "../number-list/grammar.ts";
import { groupsFirst, isNearlyNumber, readSubMchid, type SubMchidProblem } from "../number-list/sub-mchid.ts";
import { mentionedUser, typedText } from "../slack-text.ts";
import { type DateInput, isLikeDuration, readAge, readDateInput } from "./date-input.ts";
import { nameIn } from "./names.ts";
import { objectNamed } from "./objects.ts";
import { type ExtraInput, firstWord, keyword, type Read } from "./tokens.ts";

export interface StatusCommand {
  kind: "status";
  subMchid: string;
}

/** `status #1042` and `history #1042`: a request by its public number. */
export interface RequestCommand {
  kind: "request";
  number: number;
}

/** Filters that must all match; without filters, everything matches. */
export interface HistoryCommand {
  kind: "history";
  subMchid?: string;
  /** The requester's Slack ID. */
  requestedBy?: string;
  action?: Action;
  object?: SwitchObject;
  failed?: true;
  ticket?: string;
  /** The maximum age of a request, in milliseconds. */
  withinMs?: number;
}

export interface ExportCommand {
  kind: "export";
  from: DateInput | undefined;
  to: DateInput | undefined;
}

/** `status` with a merchant's name instead of its number. */
export interface StatusOfNameCommand {
  kind: "status-of-name";
  name: string;
}

export type QueryCommand =
  | StatusCommand
  | StatusOfNameCommand
  | RequestCommand
  | HistoryCommand
  | { kind: "pending" }
  | ExportCommand;

export type QueryProblem =
  | { problem: "no-number" }
  | SubMchidProblem
  | { problem: "unknown-filter"; text: string }
  /** There can be one filter of each kind. */
  | { problem: "filter-twice"; text: string }
  | { problem: "not-a-span"; text: string }
  | { problem: "not-a-moment"; text: string }
  | ExtraInput;

/**
 * A number sign, of either width, and digits, surrounded by a sentence's or Slack's marks; or `1042号`. Sub-merchant
 * numbers do not have such a sign and have more digits.
 */
const requestNumberForm =
  /^[\s*_~`"'“‘(（[【「]*(?:[#\uff03]\s*([0-9\uff10-\uff19]{1,15})(?:\s*号)?|([0-9\uff10-\uff19]{1,7})\s*号)(?![\p{L}\p{N}])[\s*_~`"'”’)）\]】」.。,，、;；:：!！?？]*/u;

/** A request's number and nothing else; undefined if the text begins with something else. */
function readRequest(rest: string): Read<RequestCommand, QueryProblem> | undefined {
  const typed = typedText(rest);
  const [read, signed, plain] = requestNumberForm.exec(typed) ?? [];
  const digits = signed ?? plain;
  if (read === undefined || digits === undefined) return undefined;
  const after = typed.slice(read.length);
  if (after !== "") return { ok: false, problem: "too-much", text: after };
  return { ok: true, command: { kind: "request", number: Number(keyword(digits)) } };
}

export function readStatus(rest: string): Read<StatusCommand | StatusOfNameCommand | RequestCommand, QueryProblem> {
  const request = readRequest(rest);
  if (request) return request;
  const [word, afterNumber] = firstWord(rest);
  if (word === "") return { ok: false, problem: "no-number" };
  const groups = groupsFirst(typedText(rest));
  if (groups) return { ok: false, ...groups };
  const number = readSubMchid(typedText(word));
  if (!number.ok) {
    // Words before a number are a mistyped command.
    const isName = number.problem === "not-digits" && !isNearlyNumber(number) && !/[0-9]{8}/.test(plainDigits(rest));
    const name = isName ? nameIn(rest) : undefined;
    return name === undefined ? number : { ok: true, command: { kind: "status-of-name", name } };
  }
  if (afterNumber.trim() !== "") return { ok: false, problem: "too-much", text: typedText(afterNumber) };
  return { ok: true, command: { kind: "status", subMchid: number.subMchid } };
}

/** @param ticketIn the first ticket in a text */
export function readHistory(
  rest: string,
  ticketIn: (text: string) => string | undefined = () => undefined,
): Read<HistoryCommand | RequestCommand, QueryProblem> {
  const request = readRequest(rest);
  if (request) return request;
  // Digits alone are a number; a ticket may contain spaces.
  const isTicket = (text: string) => /[^0-9]/.test(text) && ticketIn(text) === text;
  const whole = typedText(rest).trim();
  if (/\s/.test(whole) && isTicket(whole)) return { ok: true, command: { kind: "history", ticket: whole } };
  const command: HistoryCommand = { kind: "history" };
  for (let [word, left] = firstWord(rest), from = rest; word !== ""; from = left, [word, left] = firstWord(left)) {
    const typed = typedText(word);
    const groups = /^[0-9０-９]/.test(word) ? groupsFirst(typedText(from)) : undefined;
    const read: Read<Filter, QueryProblem> =
      isTicket(typed) && !isFilterWord(typed)
        ? { ok: true, command: { ticket: typed } }
        : groups
          ? { ok: false, ...groups }
          : readFilter(word);
    if (!read.ok) return read;
    if (Object.keys(read.command).some((name) => name in command))
      return { ok: false, problem: "filter-twice", text: typedText(word) };
    Object.assign(command, read.command);
  }
  return { ok: true, command };
}

export function readExport(rest: string): Read<ExportCommand, QueryProblem> {
  const [first, afterFirst] = firstWord(rest);
  const [second, afterSecond] = firstWord(afterFirst);
  const [from, to] = [first, second].map((word) => readDateInput(typedText(word)));
  if (first !== "" && !from) return { ok: false, problem: "not-a-moment", text: typedText(first) };
  if (second !== "" && !to) return { ok: false, problem: "not-a-moment", text: typedText(second) };
  if (afterSecond.trim() !== "") return { ok: false, problem: "too-much", text: typedText(afterSecond) };
  return { ok: true, command: { kind: "export", from, to } };
}

/** The words for these filters, in either language. */
const actionNames: Readonly<Record<Action, readonly string[]>> = {
  OPEN: ["open", "opened", "开通"],
  CLOSE: ["close", "closed", "关闭"],
};
export const failedNames: readonly string[] = ["failed", "失败"];

/** Whether a history understands a word by itself: as a ticket it could not be told apart. */
function isFilterWord(typed: string): boolean {
  const name = keyword(typed);
  const isName =
    failedNames.includes(name) ||
    actions.some((one) => actionNames[one].includes(name)) ||
    objectNamed(typed) !== undefined;
  return isName || readAge(typed) !== undefined || readSubMchid(typed).ok;
}

type Filter = Omit<HistoryCommand, "kind">;

function readFilter(word: string): Read<Filter, QueryProblem> {
  const requestedBy = mentionedUser(word);
  if (requestedBy) return { ok: true, command: { requestedBy } };
  const typed = typedText(word);
  const name = keyword(typed);
  const action = actions.find((one) => actionNames[one].includes(name));
  if (action) return { ok: true, command: { action } };
  const object = objectNamed(typed);
  if (object) return { ok: true, command: { object } };
  if (failedNames.includes(name)) return { ok: true, command: { failed: true } };
  const withinMs = readAge(typed);
  if (withinMs !== undefined) return { ok: true, command: { withinMs } };
  if (isLikeDuration(typed)) return { ok: false, problem: "not-a-span", text: typed };
  const number = readSubMchid(typed);
  if (number.ok) return { ok: true, command: { subMchid: number.subMchid } };
  // Text that resembles a number was meant as one; for any other text, the digits are not the problem.
  return isNearlyNumber(number) ? number : { ok: false, problem: "unknown-filter", text: typed };
}
