/** Which workspace and app the bot's token belongs to, and whether it is a token that the bot can work with. */
import { z } from "zod";
import { refusalOf, type SlackApi } from "../web-api.ts";
import { SlackAway, type Workspace } from "../workspace.ts";

/** The token of an organisation-wide installation: its team is the organisation, in which nobody is a member. */
export class OrganisationWide extends Error {
  constructor() {
    super("the bot's token belongs to an organisation-wide installation");
  }
}

export interface Installation {
  team: string;
  /** Undefined where Slack does not say, as without the scope users:read. */
  app: string | undefined;
}

const botAnswer = z.object({ bot: z.object({ app_id: z.string().optional() }) });

/** @throws OrganisationWide, and SlackAway where Slack does not answer or refuses the token */
export async function findInstallation(needs: { workspace: Workspace; slack: SlackApi }): Promise<Installation> {
  const { workspace, slack } = needs;
  const { teamId, botId, isOrganisationWide } = await workspace.identity();
  if (isOrganisationWide) throw new OrganisationWide();
  if (botId === undefined) return { team: teamId, app: undefined };
  try {
    const { bot } = botAnswer.parse(await slack("bots.info", { bot: botId }));
    return { team: teamId, app: bot.app_id };
  } catch (error) {
    if (refusalOf(error) === undefined) throw new SlackAway("bots.info", { cause: error });
    return { team: teamId, app: undefined };
  }
}
