/** A workspace of an Enterprise organization (Enterprise Grid), for tests: other ids, and colleagues elsewhere. */
import { demoEnterprise, type Enterprise, type Person, type Workspace } from "./workspace.ts";

const otherTeam = "T0BRANCH01";

/** Of the organization, with another workspace as their own: pat is a member of this one too, and oli is not. */
export const elsewhere = {
  pat: { id: "W0PAT00001", name: "pat", realName: "Pat of two workspaces", teamId: otherTeam },
  oli: { id: "W0OLI00001", name: "oli", realName: "Oli of another workspace", teamId: otherTeam },
} as const satisfies Record<string, Person>;

/** The W id that a person of the organization has instead of their U id. */
export function gridId(userId: string): string {
  return userId.replace(/^U/, "W");
}

/**
 * The same workspace as part of an organization: its people have W ids, and the two from `elsewhere` are in every
 * channel that has people of other workspaces.
 */
export function inOrganization(workspace: Workspace, enterprise: Enterprise = demoEnterprise): Workspace {
  const own = new Set(workspace.people.filter(({ teamId }) => teamId === undefined).map(({ id }) => id));
  const renamed = (ids: readonly string[]) => ids.map((id) => (own.has(id) ? gridId(id) : id));
  const isMixed = (ids: readonly string[]) => ids.some((id) => !own.has(id));
  const colleagues = Object.values(elsewhere).map(({ id }) => id);
  return {
    ...workspace,
    enterprise,
    people: [
      ...workspace.people.map((person) => (own.has(person.id) ? { ...person, id: gridId(person.id) } : person)),
      { ...elsewhere.pat, teams: [otherTeam, workspace.teamId] },
      { ...elsewhere.oli, teams: [otherTeam] },
    ],
    channels: workspace.channels.map((channel) => ({
      ...channel,
      members: [...renamed(channel.members), ...(isMixed(channel.members) ? colleagues : [])],
    })),
    userGroups: workspace.userGroups.map((group) => ({ ...group, users: renamed(group.users) })),
  };
}
