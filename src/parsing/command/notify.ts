import { type Notify, notifyChoices } from "../../domain/reminder-recipients.ts";
import { typedText } from "../slack-text.ts";
import { type ExtraInput, firstWord, keyword, type Read } from "./tokens.ts";

export interface NotifyCommand {
  kind: "notify";
  /** Undefined queries the current choice. */
  notify: Notify | undefined;
}

export type NotifyProblem = { problem: "unknown-choice"; text: string } | ExtraInput;

/** The words for each choice, in both languages. */
export const notifyNames: Readonly<Record<Notify, readonly string[]>> = {
  on: ["on", "开"],
  off: ["off", "关"],
};

export function readNotify(rest: string): Read<NotifyCommand, NotifyProblem> {
  const [word, after] = firstWord(rest);
  if (word === "") return { ok: true, command: { kind: "notify", notify: undefined } };
  const notify = notifyChoices.find((one) => notifyNames[one].includes(keyword(word)));
  if (!notify) return { ok: false, problem: "unknown-choice", text: typedText(word) };
  if (after.trim() !== "") return { ok: false, problem: "too-much", text: typedText(after) };
  return { ok: true, command: { kind: "notify", notify } };
}
