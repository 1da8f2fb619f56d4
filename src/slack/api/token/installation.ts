/** Which workspace and app the bot's token belongs to, and whether the bot can work with this token. */
import { readAnswer } from "../response-schemas.ts";
import { refusalOf, type SlackApi } from "../web-api.ts";
import { SlackAway, type Workspace } from "../workspace.ts";

/** The token of an organization-wide installation. Its team is the organization, in which nobody is a member. */
export class OrganizationWide extends Error {
  constructor() {
    super("the bot's token belongs to an organization-wide installation");
  }
}

export interface Installation {
  team: string;
  /** Undefined if Slack does not provide it, for example without the `users:read` scope. */
  app: string | undefined;
}

/** @throws OrganizationWide, and SlackAway if Slack does not answer or refuses the token */
export async function findInstallation(needs: { workspace: Workspace; slack: SlackApi }): Promise<Installation> {
  const { workspace, slack } = needs;
  const { teamId, botId, isOrganizationWide } = await workspace.identity();
  if (isOrganizationWide) throw new OrganizationWide();
  if (botId === undefined) return { team: teamId, app: undefined };
  try {
    const { bot } = readAnswer("bots.info", await slack("bots.info", { bot: botId }));
    return { team: teamId, app: bot.app_id };
  } catch (error) {
    if (refusalOf(error) === undefined) throw new SlackAway("bots.info", { cause: error });
    return { team: teamId, app: undefined };
  }
}
