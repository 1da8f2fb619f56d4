/** `/receipt grant` and `revoke`, typed or clicked in App Home: admins change roles. */
import type { Holder } from "../../domain/grant.ts";
import { mayGrant, type Person, type Role } from "../../domain/policy.ts";
import type { Refused } from "../../ledger/audit/refusals.ts";
import type { RoleChange } from "../../ledger/roles.ts";
import type { RoleCommand } from "../../parsing/command/roles.ts";
import { allTermsLine, termsLine } from "../blocks/grant-lines.ts";
import type { DeniedAttempt, SlackContext } from "../context.ts";
import { refuse } from "../replies/refuse.ts";
import { showRoles } from "./show-roles.ts";

type GrantCommand = Extract<RoleCommand, { kind: "grant" }>;
type RevokeCommand = Extract<RoleCommand, { kind: "revoke" }>;
type Author = Pick<RoleChange, "by" | "origin" | "sourceKey">;

/**
 * Maximum admins whose standing is looked up in Slack before one of them may be revoked; the first ones found are
 * enough.
 */
const adminsChecked = 20;

/** @param sourceKey of the payload */
export async function administerRoles(
  context: SlackContext,
  attempt: DeniedAttempt,
  person: Person,
  wanted: RoleCommand,
  sourceKey: string | undefined,
): Promise<string> {
  if (wanted.kind === "roles") return showRoles(context, attempt, person, wanted.of);
  const verdict = mayGrant(person);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  const by = { by: person.id, origin: attempt.origin, sourceKey };
  return wanted.kind === "grant" ? grant(context, attempt, wanted, by) : revoke(context, attempt, wanted, by);
}

/** Records a change that an admin may request but that no grant can have. */
function noteImpossible({ ledger }: SlackContext, attempt: DeniedAttempt, refused: Refused): Promise<void> {
  const { userId: by, origin, asked } = attempt;
  return ledger.refusals.note({ by, origin, refused, asked });
}

async function grant(
  context: SlackContext,
  attempt: DeniedAttempt,
  { holder, role, forMs, only }: GrantCommand,
  author: Author,
): Promise<string> {
  const { roles, people, settings, clock, texts, log } = context;
  const who = await people.name(holder);
  const obstacle = await whyNot(context, attempt, holder, role, who);
  if (obstacle !== undefined) return obstacle;
  const until = forMs === undefined ? undefined : clock.now() + forMs;
  const members = role === "admin" ? await adminMembers(context) : [];
  const granted = await roles.grant({ holder, role, ...author, until, only, members });
  log.info({ holder: holder.id, role, until, only, by: author.by, outcome: granted.kind }, "grant");
  switch (granted.kind) {
    case "granted": {
      const line = texts.answer.granted(who, role, termsLine(granted.grant, texts));
      return holder.kind === "group" ? [line, texts.answer.goesForGroup].join(texts.between) : line;
    }
    case "changed": {
      const [now, before] = [granted.grant, granted.before].map((each) => allTermsLine(each, texts));
      return texts.answer.changed(who, role, now ?? "", before ?? "");
    }
    case "had-it-already":
      return texts.answer.hadItAlready(who, role);
    case "stands-in-settings":
      await noteImpossible(context, attempt, { why: granted.kind });
      return texts.answer.standsInSettings(who);
    case "last-admin":
      await noteImpossible(context, attempt, { why: granted.kind });
      return texts.answer.lastAdmin(settings.SLACK_COMMAND);
    case "too-many-groups":
      return texts.answer.tooManyGroups(granted.max);
    case "repeated":
      return texts.answer.deliveredAgain;
    default:
      return granted satisfies never;
  }
}

/** Why a person or group cannot hold a role, according to Slack; undefined if they can. */
async function whyNot(
  context: SlackContext,
  attempt: DeniedAttempt,
  holder: Holder,
  role: Role,
  who: string,
): Promise<string | undefined> {
  const { settings, workspace, texts } = context;
  if (holder.kind === "user") {
    const standing = await workspace.standing(holder.id);
    if (standing === undefined) return texts.answer.unknownPerson(who);
    if (standing === "member") return undefined;
    await noteImpossible(context, attempt, { why: "cannot-hold", standing });
    return texts.answer.cannotHold(who, standing);
  }
  const { kind } = await workspace.groupMembers(holder.id);
  switch (kind) {
    case "members":
      return undefined;
    case "unknown":
      return texts.answer.unknownGroup(who);
    case "plan":
      return texts.answer.noGroups(settings.SLACK_COMMAND, role);
    case "scope":
      return texts.answer.noGroupScope;
    default:
      return kind satisfies never;
  }
}

async function revoke(
  context: SlackContext,
  attempt: DeniedAttempt,
  { holder, role }: RevokeCommand,
  author: Author,
): Promise<string> {
  const { roles, people, settings, texts, log } = context;
  const who = await people.name(holder);
  const members = role === "admin" ? await adminMembers(context) : [];
  const revoked = await roles.revoke({ holder, role, ...author, members });
  log.info({ holder: holder.id, role, by: author.by, outcome: revoked }, "revoke");
  if (revoked === "stands-in-settings" || revoked === "last-admin")
    await noteImpossible(context, attempt, { why: revoked });
  if (revoked === "repeated") return texts.answer.deliveredAgain;
  if (revoked === "stands-in-settings") return texts.answer.standsInSettings(who);
  if (revoked === "last-admin") return texts.answer.lastAdmin(settings.SLACK_COMMAND);
  const line = revoked === "revoked" ? texts.answer.revoked(who, role) : texts.answer.hadItNot(who, role);
  const still = holder.kind === "user" ? await stillByGroup(context, holder.id, role, who) : undefined;
  return still === undefined ? line : [line, still].join(texts.between);
}

async function stillByGroup(
  { people, texts }: SlackContext,
  userId: string,
  role: Role,
  who: string,
): Promise<string | undefined> {
  const { grants } = await people.grantsOf(userId);
  const groups = grants.filter((each) => each.role === role && each.holder.kind === "group");
  const names = await Promise.all(groups.map((each) => people.name(each.holder)));
  return names.length === 0 ? undefined : texts.answer.stillByGroup(who, role, names.join(texts.list));
}

async function adminMembers({ roles, workspace }: SlackContext): Promise<string[]> {
  const admins = (await roles.holders("admin")).filter(({ kind }) => kind === "user").slice(0, adminsChecked);
  const standings = await Promise.all(admins.map(({ id }) => workspace.standing(id)));
  return admins.map(({ id }) => id).filter((_, i) => standings[i] === "member");
}
