/** The answer to `/receipt help`. */
import type { GoldPlanMode } from "../../../domain/goldplan/objects.ts";
import { roles as allRoles, type Person, type Role } from "../../../domain/policy.ts";
import type { Texts } from "../../../text/en/catalogue.ts";

/** Lists only commands that this person may use, each with an example that works when pasted. */
export function helpAnswer(about: {
  person: Person;
  command: string;
  reason: "optional" | "required";
  goldplan: GoldPlanMode;
  /** An example of the ticket that a reason must contain; undefined if it needs none. */
  ticket: string | undefined;
  /** Who can grant a role; needed if this person has none. */
  admins: string | undefined;
  texts: Texts;
}): string {
  const { person, command, reason, goldplan, ticket, admins, texts } = about;
  const { help } = texts;
  const may = (role: Role) => person.standing === "member" && person.roles.has(role);
  const line = ([example, meaning]: [string, string]) => `\`${`${command} ${example}`.trim()}\` – ${meaning}`;
  const own = allRoles.filter(may);
  const withTicket = ([example, meaning]: [string, string]): [string, string] =>
    ticket === undefined ? [example, meaning] : [`${example} ${ticket}`, meaning];
  const receipts = reason === "required" ? help.lines.changeWithReason : help.lines.change;
  const changes = [
    ...(goldplan === "with-receipts" ? [...help.lines.openBoth, ...receipts.slice(1)] : receipts),
    ...(goldplan === "off" ? [] : help.lines.goldplan),
  ].map(withTicket);
  const none = person.groupsUnknown ? texts.roles.groupsUnknown : help.noRoles(admins);
  const yours = own.length > 0 ? help.yourRoles(own) : none;
  return [
    help.title,
    ...(may("requester") ? [...changes, ...help.lines.form].map(line) : []),
    ...(may("approver") ? [help.decide, ...help.lines.notify.map(line)] : []),
    ...(own.length > 0 ? help.lines.look.map(line) : []),
    ...(may("admin") ? help.lines.roles : person.standing === "member" ? help.lines.ownRoles : []).map(line),
    ...help.lines.always.map(line),
    person.standing === "member" ? yours : texts.refusal.standing[person.standing],
  ].join("\n");
}
