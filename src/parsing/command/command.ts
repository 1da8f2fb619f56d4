/** Parses the text after `/receipt` into a command, or reports its problem. */
import type { SwitchObject } from "../../domain/goldplan/objects.ts";
import { readSubMchid } from "../number-list/sub-mchid.ts";
import { simplifiedStart } from "../simplified.ts";
import { typedText } from "../slack-text.ts";
import { type FindCommand, type FindProblem, readFind } from "./names.ts";
import { type NotifyCommand, type NotifyProblem, readNotify } from "./notify.ts";
import { firstObject, objectNames } from "./objects.ts";
import { type OpenCloseCommand, type OpenCloseProblem, readOpenClose } from "./open-close.ts";
import { type QueryCommand, type QueryProblem, readExport, readHistory, readStatus } from "./queries.ts";
import { type RoleCommand, type RoleProblem, readGrant, readRevoke, readRoles } from "./roles.ts";
import { type ExtraInput, firstWord, keyNamed, keyword, type Read } from "./tokens.ts";

export type Command =
  | { kind: "help" }
  | { kind: "form" }
  | OpenCloseCommand
  | QueryCommand
  | RoleCommand
  | NotifyCommand
  | FindCommand
  | { kind: "names" };

export type CommandProblem =
  | { problem: "unknown-verb"; verb: string }
  /** What a button on the request's message does. */
  | { problem: "by-button"; word: string; button: Button }
  /** A number instead of the verb. */
  | { problem: "no-verb"; subMchid: string }
  /** An object, such as 点金计划, without what to do with it. */
  | { problem: "no-action"; object: SwitchObject; subMchid: string | undefined }
  /** The service provider's own number, which is not a sub-merchant's. */
  | { problem: "our-number"; verb: Verb; subMchid: string }
  | ({ verb: Verb } & VerbProblem);

type VerbProblem = OpenCloseProblem | QueryProblem | RoleProblem | NotifyProblem | FindProblem;

export type Parsed = Read<Command, CommandProblem>;

/** The words for each verb, in both languages, regardless of LOCALE. */
export const verbNames = {
  open: ["open", "开通"],
  close: ["close", "关闭"],
  status: ["status", "状态"],
  history: ["history", "历史"],
  pending: ["pending", "待审批"],
  find: ["find", "查找"],
  names: ["names", "名录"],
  export: ["export", "导出"],
  grant: ["grant", "授予"],
  revoke: ["revoke", "收回"],
  roles: ["roles", "角色"],
  notify: ["notify", "通知"],
  help: ["help", "帮助"],
} as const satisfies Record<string, readonly string[]>;

export type Verb = keyof typeof verbNames;

/** What people type although it has a button, which the request's message shows to those who can use it. */
const buttonNames = {
  approve: ["approve", "批准", "同意"],
  reject: ["reject", "拒绝", "驳回"],
  withdraw: ["withdraw", "撤回", "cancel", "取消"],
  retry: ["retry", "重试"],
  stop: ["stop", "停止"],
} as const satisfies Record<string, readonly string[]>;

export type Button = keyof typeof buttonNames;

const grammar: Readonly<
  Record<Verb, (rest: string, ticketIn?: (text: string) => string | undefined) => Read<Command, VerbProblem>>
> = {
  open: (rest, ticketIn) => readOpenClose("OPEN", rest, { ticketIn }),
  close: (rest, ticketIn) => readOpenClose("CLOSE", rest, { ticketIn }),
  status: readStatus,
  history: readHistory,
  pending: (rest) => alone({ kind: "pending" }, rest),
  find: readFind,
  names: (rest) => alone({ kind: "names" }, rest),
  export: readExport,
  grant: readGrant,
  revoke: readRevoke,
  roles: readRoles,
  notify: readNotify,
  help: () => ({ ok: true, command: { kind: "help" } }),
};

/**
 * @param typed the command's text as Slack sends it: mentions and links wrapped in `<…>`, `& < >` as entities. An empty
 * text requests the form.
 * @param ours the service provider's own number
 * @param ticketIn the first ticket in a text
 */
export function parseCommand(typed: string, ours?: string, ticketIn?: (text: string) => string | undefined): Parsed {
  const text = withoutOwnName(typed);
  const named = firstObject(text);
  const [word, rest] = firstWord(apartFromVerb(named?.rest ?? text));
  const verb = verbNamed(word);
  if (named) return parseNamed(named.object, verb, word, rest, { ours, ticketIn });
  if (word === "") return { ok: true, command: { kind: "form" } };
  if (verb) {
    const read = grammar[verb](rest, ticketIn);
    return read.ok ? unlessOurs(read, verb, ours) : { ...read, verb };
  }
  const button = buttonNamed(word);
  if (button) return { ok: false, problem: "by-button", word: typedText(word), button };
  const number = readSubMchid(typedText(word));
  if (number.ok) return { ok: false, problem: "no-verb", subMchid: number.subMchid };
  return { ok: false, problem: "unknown-verb", verb: typedText(word) };
}

/** `goldplan open …`: an object that is named first. */
function parseNamed(
  object: SwitchObject,
  verb: Verb | undefined,
  word: string,
  rest: string,
  { ours, ticketIn }: { ours: string | undefined; ticketIn: ((text: string) => string | undefined) | undefined },
): Parsed {
  if (verb !== "open" && verb !== "close") {
    const number = readSubMchid(typedText(word));
    return { ok: false, problem: "no-action", object, subMchid: number.ok ? number.subMchid : undefined };
  }
  const read = readOpenClose(verb === "open" ? "OPEN" : "CLOSE", rest, { namedFirst: object, ticketIn });
  return read.ok ? unlessOurs(read, verb, ours) : { ...read, verb };
}

function unlessOurs(read: { ok: true; command: Command }, verb: Verb, ours: string | undefined): Parsed {
  return ours !== undefined && isAbout(read.command, ours)
    ? { ok: false, problem: "our-number", verb, subMchid: ours }
    : read;
}

/**
 * The verb that a command begins with, regardless of the rest; `form` for an empty text, undefined for another word.
 */
export function verbOf(typed: string): Verb | "form" | undefined {
  const text = withoutOwnName(typed);
  const named = firstObject(text);
  const [word] = firstWord(apartFromVerb(named?.rest ?? text));
  return word === "" && !named ? "form" : verbNamed(word);
}

function isAbout(command: Command, subMchid: string): boolean {
  if (command.kind === "change") return command.subMchids.includes(subMchid);
  return command.kind === "grant" && (command.only?.includes(subMchid) ?? false);
}

const verbs = Object.values(verbNames).flat().join("|");
const objectsAfterVerb = Object.values(objectNames).flat().join("|");
const verbApart = new RegExp(
  `^(\\s*(?:${verbs}))(?=[ \\u3000]*[:：]|[0-9０-９]|<tel:|(?:特约|子)?商户|${objectsAfterVerb})|^(\\s*查找)(?=\\p{L})`,
  "iu",
);

/** Chinese is typed without spaces: `开通1900000109`, `开通点金计划`, `查找火锅`; and a colon may follow: `开通：1900000109`. */
function apartFromVerb(text: string): string {
  const [, verb, find] = verbApart.exec(simplifiedStart(text)) ?? [];
  const { length } = verb ?? find ?? "";
  return length === 0 ? text : `${text.slice(0, length)} ${text.slice(length).replace(/^[ \u3000]*[:：]/u, "")}`;
}

/** `/receipt open …`, pasted after `/receipt`. */
function withoutOwnName(text: string): string {
  const [, rest] = /^\s*\/[^\s/]+\s+(.*)$/su.exec(text) ?? [];
  if (rest === undefined) return text;
  return firstObject(rest) || verbNamed(firstWord(apartFromVerb(rest))[0]) ? rest : text;
}

function verbNamed(word: string): Verb | undefined {
  return /^[?？]+$/u.test(word) ? "help" : keyNamed(verbNames, keyword(word));
}

/** Chinese is typed without spaces here, too: `批准#1042`, `撤回：1900000109`. */
function buttonNamed(word: string): Button | undefined {
  return keyNamed(buttonNames, keyword(word).replace(/(?<=\p{Script=Han})[:#]*\d+$|:$/u, ""));
}

function alone(command: Command, rest: string): Read<Command, ExtraInput> {
  return rest.trim() === "" ? { ok: true, command } : { ok: false, problem: "too-much", text: typedText(rest) };
}
