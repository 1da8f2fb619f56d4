/** Answers of several lines to one person: help, and who may do what. */
import { roles as allRoles, type Person, type Role } from "../../receipt/policy.ts";
import type { Grant } from "../../receipt/roles.ts";
import type { Texts } from "../../text/en.ts";
import { user } from "../mrkdwn.ts";

/** Shows only what the asker may do, each line with an example that works when it is pasted. */
export function helpAnswer(about: {
  person: Person;
  command: string;
  admins: string | undefined;
  texts: Texts;
}): string {
  const { person, command, admins, texts } = about;
  const { help } = texts;
  const may = (role: Role) => person.standing === "member" && person.roles.has(role);
  const line = ([example, meaning]: [string, string]) => `\`${command} ${example}\` – ${meaning}`;
  const own = allRoles.filter(may);
  return [
    help.title,
    ...(may("requester") || own.length === 0 ? help.lines.change.map(line) : []),
    ...(may("approver") ? [help.decide] : []),
    ...(may("admin") ? help.lines.roles.map(line) : []),
    ...help.lines.always.map(line),
    own.length > 0 ? help.yourRoles(own) : help.noRoles(admins),
  ].join("\n");
}

/** People named for one role: their line has to fit a section. */
const namedMost = 40;

export function rolesAnswer(about: { grants: Grant[]; command: string; texts: Texts }): string {
  const { grants, command, texts } = about;
  const lines = allRoles.map((role) => {
    const held = grants
      .filter((grant) => grant.role === role)
      .map(({ userId, by }) => texts.roles.grant(user(userId), by === "settings" ? texts.roles.settings : user(by)));
    if (held.length > namedMost) held.splice(namedMost, held.length, texts.roles.more(held.length - namedMost));
    return texts.roles.line(role, held.length > 0 ? held.join(texts.list) : texts.roles.nobody(command, role));
  });
  return [texts.roles.title, ...lines].join("\n");
}
