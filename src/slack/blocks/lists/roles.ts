/** The answer to `/receipt roles`: everybody's roles, or those of one person or group. */
import type { Grant, Holder } from "../../../domain/grant.ts";
import { roles, type Standing } from "../../../domain/policy.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { byWhom, numbersShown, termsLine } from "../grant-lines.ts";

/** Maximum characters for one role: three roles with their headings fit into one answer's sections. */
const linesMax = 3_200;

export interface RolesAnswerParts {
  grants: readonly Grant[];
  command: string;
  texts: Texts;
  /** How the answer names a person or group. */
  name(holder: Holder): string;
}

/** Everybody's roles, as many as fit into one answer. */
export function rolesAnswer({ grants, command, texts, name }: RolesAnswerParts): string {
  const lines = roles.flatMap((role) => {
    const held = grants
      .filter((grant) => grant.role === role)
      .map((grant) => bullet(name(grant.holder), byWhom(grant, texts), termsLine(grant, texts, numbersShown)));
    if (held.length === 0) return [`${texts.roles.line(role)} ${texts.roles.nobody(command, role)}`];
    const shown = firstWithin(held, linesMax);
    const left = held.length - shown.length;
    return [texts.roles.line(role), ...shown, ...(left > 0 ? [bullet(texts.roles.more(left, command))] : [])];
  });
  return [texts.roles.title, ...lines].join("\n");
}

/** The roles of one person or group; `grants` are their own and their groups'. */
export function rolesOfAnswer(
  about: Omit<RolesAnswerParts, "command"> & { holder: Holder; standing: Standing; groupsUnknown: boolean },
): string {
  const { holder, grants, standing, groupsUnknown, texts, name } = about;
  const held = grants.map((grant) =>
    bullet(
      texts.roles.role(grant.role),
      grant.holder.id === holder.id ? undefined : texts.roles.through(name(grant.holder)),
      byWhom(grant, texts),
      termsLine(grant, texts),
    ),
  );
  return [
    ...(held.length > 0 ? [texts.roles.of(name(holder)), ...held] : [texts.roles.none(name(holder))]),
    ...(held.length > 0 && standing !== "member" ? [texts.roles.idle(standing)] : []),
    ...(groupsUnknown ? [texts.roles.groupsUnknown] : []),
  ].join("\n");
}

function bullet(...parts: (string | undefined)[]): string {
  return `• ${parts.filter((part) => part !== undefined).join(" · ")}`;
}

/** The first lines that together have at most `max` characters. */
function firstWithin(lines: readonly string[], max: number): string[] {
  let length = 0;
  const end = lines.findIndex((line) => {
    length += line.length + 1;
    return length > max;
  });
  return end < 0 ? [...lines] : lines.slice(0, end);
}
