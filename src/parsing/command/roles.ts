/** The text after `grant`, `revoke` and `roles`: a person or a user group, a role, and the limits of the grant. */
import type { Holder } from "../../domain/grant.ts";
import { type Role, roles } from "../../domain/policy.ts";
import { mentionedGroup, mentionedUser, typedText } from "../slack-text.ts";
import { type GrantTerms, type GrantTermsProblem, readTerms } from "./grant-terms.ts";
import { type ExtraInput, firstWord, keyword, type Read } from "./tokens.ts";

export type RoleCommand =
  | ({ kind: "grant"; holder: Holder; role: Role } & GrantTerms)
  | { kind: "revoke"; holder: Holder; role: Role }
  /** The roles of one holder, or of everyone. */
  | { kind: "roles"; of: Holder | undefined };

export type RoleProblem =
  | { problem: "no-person" }
  | { problem: "not-a-person"; text: string }
  | { problem: "no-role" }
  | { problem: "unknown-role"; text: string }
  /** Only the role requester can be limited to sub-merchants. */
  | { problem: "not-restrictable"; role: Role }
  | GrantTermsProblem;

export function readGrant(rest: string): Read<RoleCommand, RoleProblem> {
  const read = readHolderAndRole(rest);
  if (!read.ok) return read;
  const { holder, role, after } = read.command;
  const terms = readTerms(typedText(after));
  if (!terms.ok) return terms;
  if (terms.command.only && role !== "requester") return { ok: false, problem: "not-restrictable", role };
  return { ok: true, command: { kind: "grant", holder, role, ...terms.command } };
}

export function readRevoke(rest: string): Read<RoleCommand, RoleProblem> {
  const read = readHolderAndRole(rest);
  if (!read.ok) return read;
  const { holder, role, after } = read.command;
  return after.trim() === "" ? { ok: true, command: { kind: "revoke", holder, role } } : tooMuch(after);
}

export function readRoles(rest: string): Read<RoleCommand, RoleProblem> {
  const [word, after] = firstWord(rest);
  if (word === "") return { ok: true, command: { kind: "roles", of: undefined } };
  const of = mentionedHolder(word);
  if (!of) return { ok: false, problem: "not-a-person", text: typedText(word) };
  return after.trim() === "" ? { ok: true, command: { kind: "roles", of } } : tooMuch(after);
}

/** The words for each role, in both languages. */
export const roleNames: Readonly<Record<Role, readonly string[]>> = {
  requester: ["requester", "申请人"],
  approver: ["approver", "审批人"],
  admin: ["admin", "管理员"],
};

function readHolderAndRole(rest: string): Read<{ holder: Holder; role: Role; after: string }, RoleProblem> {
  const [person, afterPerson] = firstWord(rest);
  if (person === "") return { ok: false, problem: "no-person" };
  const holder = mentionedHolder(person);
  if (!holder) return { ok: false, problem: "not-a-person", text: typedText(person) };
  const [word, after] = firstWord(afterPerson);
  if (word === "") return { ok: false, problem: "no-role" };
  const role = roles.find((each) => roleNames[each].includes(keyword(word)));
  if (!role) return { ok: false, problem: "unknown-role", text: typedText(word) };
  return { ok: true, command: { holder, role, after } };
}

function mentionedHolder(word: string): Holder | undefined {
  const user = mentionedUser(word);
  if (user) return { kind: "user", id: user };
  const group = mentionedGroup(word);
  return group ? { kind: "group", id: group } : undefined;
}

function tooMuch(rest: string): { ok: false } & ExtraInput {
  return { ok: false, problem: "too-much", text: typedText(rest) };
}
