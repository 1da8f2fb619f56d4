/** A person as the policy sees them: their standing in Slack, and the roles of their own and their groups' grants. */
import type { Grant, Holder } from "../../domain/grant.ts";
import { combineGrants, type Person, type Role } from "../../domain/policy.ts";
import type { Roles } from "../../ledger/roles.ts";
import type { Locale } from "../../settings.ts";
import { foreign, user, userGroup } from "../blocks/mrkdwn.ts";
import { SlackAway, type Workspace } from "./workspace.ts";

/** A person, and their language in Slack where it says. */
export type Colleague = Person & { locale: Locale | undefined };

export interface People {
  /** Undefined for a person who does not exist in Slack. @throws SlackAway */
  find(userId: string): Promise<Colleague | undefined>;
  /** Their own grants, then those of their groups, except groups whose members Slack did not list. */
  grantsOf(userId: string): Promise<{ grants: Grant[]; groupsUnknown: boolean }>;
  /** Everybody with a grant of the role, their own or a group's, regardless of their standing in Slack. */
  usersWith(role: Role): Promise<{ users: string[]; groupsUnknown: boolean }>;
  /**
   * Of those, the members of the workspace, who therefore hold the role; up to `membersMax`.
   * @throws SlackAway if Slack does not list a group's members
   */
  membersWith(role: Role): Promise<string[]>;
  /** Whether they can help: people who have left hold no role. Does not query the members of groups. */
  isThere(holder: Holder): Promise<boolean>;
  /** Their name in an answer to one person; a group is named by its handle, which notifies nobody. */
  name(holder: Holder): Promise<string>;
  /** The same for several people or groups. */
  names(holders: readonly Holder[]): Promise<(holder: Holder) => string>;
}

/** Maximum number of people who receive reminders and copies of one request. */
const membersMax = 100;

export function createPeople({ workspace, roles }: { workspace: Workspace; roles: Roles }): People {
  async function grantsOf(userId: string): Promise<{ grants: Grant[]; groupsUnknown: boolean }> {
    const { own, toGroups } = await roles.about(userId);
    const groups = [...new Set(toGroups.map(({ holder }) => holder.id))];
    const isIn = new Map(await Promise.all(groups.map(async (id) => [id, await isInGroup(userId, id)] as const)));
    return {
      grants: [...own, ...toGroups.filter(({ holder }) => isIn.get(holder.id))],
      groupsUnknown: [...isIn.values()].includes(undefined),
    };
  }

  /** Undefined if Slack did not list the members. A group that no longer exists has none. */
  async function isInGroup(userId: string, groupId: string): Promise<boolean | undefined> {
    const members = await unlessAway(() => workspace.groupMembers(groupId));
    if (members === undefined || members.kind === "scope") return undefined;
    return members.kind === "members" && members.users.includes(userId);
  }

  async function name({ kind, id }: Holder): Promise<string> {
    if (kind === "user") return user(id);
    const handle = await unlessAway(() => workspace.groupHandle(id));
    return handle === undefined ? userGroup(id) : `@${foreign(handle)}`;
  }

  /** While Slack does not answer, people count as members: better to notify in vain than not at all. */
  async function isMember(userId: string): Promise<boolean> {
    const standing = await unlessAway(async () => (await workspace.standing(userId)) ?? "stranger");
    return (standing ?? "member") === "member";
  }

  async function usersOf({ kind, id }: Holder): Promise<readonly string[]> {
    if (kind === "user") return [id];
    const members = await workspace.groupMembers(id);
    return members.kind === "members" ? members.users : [];
  }

  async function usersWith(role: Role): Promise<{ users: string[]; groupsUnknown: boolean }> {
    const holders = await roles.holders(role);
    const found = await Promise.all(holders.map((holder) => unlessAway(() => usersOf(holder))));
    return { users: [...new Set(found.flatMap((users) => users ?? []))], groupsUnknown: found.includes(undefined) };
  }

  return {
    grantsOf,
    usersWith,
    name,
    isThere: async ({ kind, id }) => kind === "group" || isMember(id),

    async find(userId) {
      const [standing, locale, { grants, groupsUnknown }] = await Promise.all([
        workspace.standing(userId),
        workspace.locale(userId),
        grantsOf(userId),
      ]);
      return standing && { id: userId, standing, locale, ...combineGrants(grants), groupsUnknown };
    },

    async names(holders) {
      const known = new Map(await Promise.all(holders.map(async (holder) => [holder.id, await name(holder)] as const)));
      return ({ id }) => known.get(id) ?? "";
    },

    async membersWith(role) {
      const { users, groupsUnknown } = await usersWith(role);
      if (groupsUnknown) throw new SlackAway("usergroups.users.list", {});
      const ids = users.slice(0, membersMax);
      const areMembers = await Promise.all(ids.map(isMember));
      return ids.filter((_, i) => areMembers[i]);
    },
  };
}

/** Undefined if Slack does not answer. */
export async function unlessAway<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof SlackAway) return undefined;
    throw error;
  }
}
