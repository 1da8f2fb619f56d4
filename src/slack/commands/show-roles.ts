/** `/receipt roles`: admins see everybody's roles, everybody else sees their own. */
import type { Holder } from "../../domain/grant.ts";
import { maySeeRoles, type Person } from "../../domain/policy.ts";
import { rolesAnswer, rolesOfAnswer } from "../blocks/lists/roles.ts";
import type { DeniedAttempt, SlackContext } from "../context.ts";
import { holders } from "../replies/refusal-message.ts";
import { refuse } from "../replies/refuse.ts";

/** @param of the person or group; undefined for everybody's roles, or one's own */
export async function showRoles(
  context: SlackContext,
  attempt: DeniedAttempt,
  person: Person,
  of: Holder | undefined,
): Promise<string> {
  const verdict = maySeeRoles(person);
  if (verdict.kind === "allow") return of ? showOne(context, of, person) : showAll(context);
  const isOwn = of === undefined || (of.kind === "user" && of.id === person.id);
  if (verdict.why === "standing" || !isOwn) return refuse(context, verdict, attempt);
  return showOne(context, { kind: "user", id: person.id }, person);
}

async function showAll({ settings, roles, people, texts }: SlackContext): Promise<string> {
  const grants = await roles.list();
  const name = await people.names(grants.map(({ holder }) => holder));
  return rolesAnswer({ grants, command: settings.SLACK_COMMAND, texts, name });
}

async function showOne(context: SlackContext, holder: Holder, reader: Person): Promise<string> {
  const { roles, people, workspace, texts } = context;
  const isUser = holder.kind === "user";
  const standing = isUser ? await workspace.standing(holder.id) : "member";
  if (standing === undefined) return texts.answer.unknownPerson(await people.name(holder));
  const { grants, groupsUnknown } = isUser
    ? await people.grantsOf(holder.id)
    : { grants: await roles.of(holder), groupsUnknown: false };
  if (holder.id === reader.id && grants.length === 0 && !groupsUnknown)
    return texts.help.noRoles(await holders(context, "admin", []));
  const name = await people.names([holder, ...grants.map((grant) => grant.holder)]);
  return rolesOfAnswer({ holder, standing, grants, groupsUnknown, texts, name });
}
