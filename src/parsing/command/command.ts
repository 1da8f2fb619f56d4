/** Parses the text after `/receipt` into a command, or reports its problem. */
import { readSubMchid } from "../number-list/sub-mchid.ts";
import { typedText } from "../slack-text.ts";
import { type NotifyCommand, type NotifyProblem, readNotify } from "./notify.ts";
import { type OpenCloseCommand, type OpenCloseProblem, readOpenClose } from "./open-close.ts";
import { type QueryCommand, type QueryProblem, readExport, readHistory, readStatus } from "./queries.ts";
import { type RoleCommand, type RoleProblem, readGrant, readRevoke, readRoles } from "./roles.ts";
import { type ExtraInput, firstWord, keyword, type Read } from "./tokens.ts";

export type Command =
  | { kind: "help" }
  | { kind: "form" }
  | OpenCloseCommand
  | QueryCommand
  | RoleCommand
  | NotifyCommand;

export type CommandProblem =
  | { problem: "unknown-verb"; verb: string }
  /** A number instead of the verb. */
  | { problem: "no-verb"; subMchid: string }
  /** The service provider's own number, which is not a sub-merchant's. */
  | { problem: "our-number"; verb: Verb; subMchid: string }
  | ({ verb: Verb } & VerbProblem);

type VerbProblem = OpenCloseProblem | QueryProblem | RoleProblem | NotifyProblem;

export type Parsed = Read<Command, CommandProblem>;

/** The words for each verb, in both languages, regardless of LOCALE. */
export const verbNames = {
  open: ["open", "开通"],
  close: ["close", "关闭"],
  status: ["status", "状态"],
  history: ["history", "历史"],
  pending: ["pending", "待审批"],
  export: ["export", "导出"],
  grant: ["grant", "授予"],
  revoke: ["revoke", "收回"],
  roles: ["roles", "角色"],
  notify: ["notify", "通知"],
  help: ["help", "帮助"],
} as const satisfies Record<string, readonly string[]>;

export type Verb = keyof typeof verbNames;

const grammar: Readonly<
  Record<Verb, (rest: string, ticketIn?: (text: string) => string | undefined) => Read<Command, VerbProblem>>
> = {
  open: (rest) => readOpenClose("OPEN", rest),
  close: (rest) => readOpenClose("CLOSE", rest),
  status: readStatus,
  history: readHistory,
  pending: (rest) => alone({ kind: "pending" }, rest),
  export: readExport,
  grant: readGrant,
  revoke: readRevoke,
  roles: readRoles,
  notify: readNotify,
  help: () => ({ ok: true, command: { kind: "help" } }),
};

/**
 * @param text the command's text as Slack sends it: mentions and links wrapped in `<…>`, `& < >` as entities. An empty
 * text requests the form.
 * @param ours the service provider's own number
 * @param ticketIn the first ticket in a text
 */
export function parseCommand(text: string, ours?: string, ticketIn?: (text: string) => string | undefined): Parsed {
  const [word, rest] = firstWord(apartFromVerb(text));
  if (word === "") return { ok: true, command: { kind: "form" } };
  const verb = verbNamed(word);
  if (verb) {
    const read = grammar[verb](rest, ticketIn);
    if (!read.ok) return { ...read, verb };
    return ours !== undefined && isAbout(read.command, ours)
      ? { ok: false, problem: "our-number", verb, subMchid: ours }
      : read;
  }
  const number = readSubMchid(typedText(word));
  if (number.ok) return { ok: false, problem: "no-verb", subMchid: number.subMchid };
  return { ok: false, problem: "unknown-verb", verb: typedText(word) };
}

/**
 * The verb that a command begins with, regardless of the rest; `form` for an empty text, undefined for another word.
 */
export function verbOf(text: string): Verb | "form" | undefined {
  const [word] = firstWord(apartFromVerb(text));
  return word === "" ? "form" : verbNamed(word);
}

function isAbout(command: Command, subMchid: string): boolean {
  if (command.kind === "change") return command.subMchids.includes(subMchid);
  return command.kind === "grant" && (command.only?.includes(subMchid) ?? false);
}

const verbBeforeDigits = new RegExp(
  `^(\\s*(?:${Object.values(verbNames).flat().join("|")}))(?=[0-9\uff10-\uff19]|<tel:)`,
  "iu",
);

/** Chinese is typed without spaces: `开通1900000109`. */
function apartFromVerb(text: string): string {
  return text.replace(verbBeforeDigits, "$1 ");
}

function verbNamed(word: string): Verb | undefined {
  const typed = keyword(word);
  const found = Object.entries(verbNames).find(([, names]) => (names as readonly string[]).includes(typed));
  return found?.[0] as Verb | undefined;
}

function alone(command: Command, rest: string): Read<Command, ExtraInput> {
  return rest.trim() === "" ? { ok: true, command } : { ok: false, problem: "too-much", text: typedText(rest) };
}
