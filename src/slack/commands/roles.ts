/** `/receipt grant`, `revoke` and `roles`: what admins do about who may do what, and what everybody may see of it. */
import type { Holder } from "../../domain/grant.ts";
import { mayGrant, maySeeRoles, type Person, type Role } from "../../domain/policy.ts";
import type { Refused } from "../../ledger/audit/refusals.ts";
import type { RoleCommand } from "../../parsing/command/roles.ts";
import { allTermsLine, termsLine } from "../blocks/grant-lines.ts";
import { rolesAnswer, rolesOfAnswer } from "../blocks/lists/roles.ts";
import type { SlackContext } from "../context.ts";
import { holders } from "../replies/refusal-message.ts";
import { createRefuse, type DeniedAttempt } from "../replies/refuse.ts";

type GrantCommand = Extract<RoleCommand, { kind: "grant" }>;

/** Admins whom Slack is asked about before one of them is let go; the first that are found are enough. */
const adminsAsked = 20;

export function createRoleHandler(context: SlackContext) {
  const { settings, ledger, roles, people, workspace, clock, texts, log } = context;
  const { SLACK_COMMAND: command } = settings;
  const refuse = createRefuse(context);

  async function administer(attempt: DeniedAttempt, person: Person, asked: RoleCommand): Promise<string> {
    if (asked.kind === "roles") return show(attempt, person, asked.of);
    const verdict = mayGrant(person);
    if (verdict.kind === "refuse") return refuse(verdict, attempt);
    return asked.kind === "grant" ? grant(attempt, person, asked) : revoke(attempt, person, asked);
  }

  /** What an admin may ask for and no grant can be. */
  function noteImpossible(attempt: DeniedAttempt, refused: Refused): Promise<void> {
    const { userId: by, origin, asked } = attempt;
    return ledger.refusals.note({ by, origin, refused, asked });
  }

  async function grant(
    attempt: DeniedAttempt,
    person: Person,
    { holder, role, forMs, only }: GrantCommand,
  ): Promise<string> {
    const who = await people.name(holder);
    const obstacle = await whyNot(attempt, holder, role, who);
    if (obstacle !== undefined) return obstacle;
    const until = forMs === undefined ? undefined : clock.now() + forMs;
    const members = role === "admin" ? await adminsWhoAreMembers() : [];
    const granted = await roles.grant({
      holder,
      role,
      by: person.id,
      origin: attempt.origin,
      until,
      only,
      members,
    });
    log.info({ holder: holder.id, role, until, only, by: person.id, outcome: granted.kind }, "grant");
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
        await noteImpossible(attempt, { why: granted.kind });
        return texts.answer.standsInSettings(who);
      case "last-admin":
        await noteImpossible(attempt, { why: granted.kind });
        return texts.answer.lastAdmin(command);
      case "too-many-groups":
        return texts.answer.tooManyGroups(granted.max);
      default:
        return granted satisfies never;
    }
  }

  /** Why Slack's word on them keeps somebody from holding a role. */
  async function whyNot(attempt: DeniedAttempt, holder: Holder, role: Role, who: string): Promise<string | undefined> {
    if (holder.kind === "user") {
      const standing = await workspace.standing(holder.id);
      if (standing === undefined) return texts.answer.unknownPerson(who);
      if (standing === "member") return undefined;
      await noteImpossible(attempt, { why: "cannot-hold", standing });
      return texts.answer.cannotHold(who, standing);
    }
    const { kind } = await workspace.groupMembers(holder.id);
    switch (kind) {
      case "members":
        return undefined;
      case "unknown":
        return texts.answer.unknownGroup(who);
      case "plan":
        return texts.answer.noGroups(command, role);
      case "scope":
        return texts.answer.noGroupScope;
      default:
        return kind satisfies never;
    }
  }

  async function revoke(
    attempt: DeniedAttempt,
    person: Person,
    { holder, role }: { holder: Holder; role: Role },
  ): Promise<string> {
    const who = await people.name(holder);
    const members = role === "admin" ? await adminsWhoAreMembers() : [];
    const revoked = await roles.revoke({ holder, role, by: person.id, origin: attempt.origin, members });
    log.info({ holder: holder.id, role, by: person.id, outcome: revoked }, "revoke");
    if (revoked === "stands-in-settings" || revoked === "last-admin") await noteImpossible(attempt, { why: revoked });
    if (revoked === "stands-in-settings") return texts.answer.standsInSettings(who);
    if (revoked === "last-admin") return texts.answer.lastAdmin(command);
    const line = revoked === "revoked" ? texts.answer.revoked(who, role) : texts.answer.hadItNot(who, role);
    const still = holder.kind === "user" ? await stillByGroup(holder.id, role, who) : undefined;
    return still === undefined ? line : [line, still].join(texts.between);
  }

  async function stillByGroup(userId: string, role: Role, who: string): Promise<string | undefined> {
    const { grants } = await people.grantsOf(userId);
    const groups = grants.filter((each) => each.role === role && each.holder.kind === "group");
    const names = await Promise.all(groups.map((each) => people.name(each.holder)));
    return names.length === 0 ? undefined : texts.answer.stillByGroup(who, role, names.join(texts.list));
  }

  async function adminsWhoAreMembers(): Promise<string[]> {
    const admins = (await roles.holders("admin")).filter(({ kind }) => kind === "user").slice(0, adminsAsked);
    const standings = await Promise.all(admins.map(({ id }) => workspace.standing(id)));
    return admins.map(({ id }) => id).filter((_, i) => standings[i] === "member");
  }

  /** Admins see everybody's roles, everybody sees their own. */
  async function show(attempt: DeniedAttempt, person: Person, of: Holder | undefined): Promise<string> {
    const verdict = maySeeRoles(person);
    if (verdict.kind === "refuse" && verdict.why === "standing") return refuse(verdict, attempt);
    const isOwn = of?.kind === "user" && of.id === person.id;
    if (verdict.kind === "refuse" && of && !isOwn) return refuse(verdict, attempt);
    if (verdict.kind === "refuse") return showOne({ kind: "user", id: person.id }, person);
    return of ? showOne(of, person) : showAll();
  }

  async function showAll(): Promise<string> {
    const grants = await roles.list();
    return rolesAnswer({ grants, command, texts, name: await people.names(grants.map(({ holder }) => holder)) });
  }

  async function showOne(holder: Holder, submitter: Person): Promise<string> {
    const isUser = holder.kind === "user";
    const standing = isUser ? await workspace.standing(holder.id) : "member";
    if (standing === undefined) return texts.answer.unknownPerson(await people.name(holder));
    const { grants, groupsUnknown } = isUser
      ? await people.grantsOf(holder.id)
      : { grants: await roles.of(holder), groupsUnknown: false };
    if (holder.id === submitter.id && grants.length === 0 && !groupsUnknown)
      return texts.help.noRoles(await holders(context, "admin", []));
    const name = await people.names([holder, ...grants.map((grant) => grant.holder)]);
    return rolesOfAnswer({ holder, standing, grants, groupsUnknown, texts, name });
  }

  return administer;
}
