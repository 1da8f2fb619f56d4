/** A person as the policy sees them: what Slack says of them, and the roles that the grants give. */
import type { Person } from "../receipt/policy.ts";
import type { Roles } from "../receipt/roles.ts";
import type { Workspace } from "./workspace.ts";

export interface People {
  /** Undefined for somebody whom Slack does not know. @throws SlackAway */
  find(userId: string): Promise<Person | undefined>;
}

export function createPeople({ workspace, roles }: { workspace: Workspace; roles: Roles }): People {
  return {
    async find(userId) {
      const [standing, held] = await Promise.all([workspace.standing(userId), roles.of(userId)]);
      return standing && { id: userId, standing, roles: held };
    },
  };
}
