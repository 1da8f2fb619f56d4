/** What `users.info` says about a person: their standing, their language and their name. */
import { z } from "zod";
import type { Standing } from "../../../domain/policy.ts";
import type { Locale } from "../../../settings.ts";

/** Slack answers `locale` only where it is asked for, and never for people of other workspaces. */
export const userArguments = { include_locale: true };

export const userAnswer = z.object({
  user: z.object({
    id: z.string(),
    name: z.string().nullish(),
    real_name: z.string().nullish(),
    profile: z.object({ display_name: z.string().nullish() }).nullish(),
    team_id: z.string().nullish(),
    deleted: z.boolean().nullish(),
    is_bot: z.boolean().nullish(),
    is_restricted: z.boolean().nullish(),
    is_ultra_restricted: z.boolean().nullish(),
    is_stranger: z.boolean().nullish(),
    enterprise_user: z.object({ enterprise_id: z.string().nullish(), teams: z.array(z.string()).nullish() }).nullish(),
    locale: z.string().nullish(),
  }),
});
type User = z.infer<typeof userAnswer>["user"];

/** An empty display name does not count. */
export function nameOf({ profile, real_name, name }: User): string | undefined {
  return profile?.display_name || real_name || name || undefined;
}

/** The language in which the bot speaks to them: Chinese for every `zh-…`, otherwise English; undefined if unsaid. */
export function localeOf({ locale }: User): Locale | undefined {
  if (!locale) return undefined;
  return /^zh(?:[-_]|$)/i.test(locale) ? "zh-CN" : "en";
}

/** The bot's workspace, and its organization if it has one, as `auth.test` names them. */
interface Own {
  teamId: string;
  enterpriseId: string | undefined;
  /** `teamId` is the organization then, in which nobody is a member. */
  isOrganizationWide: boolean;
}

export function standingOf(user: User, own: Own): Standing {
  if (user.is_stranger || !isOfOurTeam(user, own)) return "stranger";
  if (user.deleted) return "deactivated";
  if (user.is_bot || user.id === "USLACKBOT") return "bot";
  return user.is_restricted || user.is_ultra_restricted ? "guest" : "member";
}

/**
 * Whether Slack says that they are in the bot's workspace; what it leaves out counts against them. In an organization,
 * their own team may be another workspace, or the organization itself, and `teams` are all that they are in.
 */
function isOfOurTeam({ team_id, enterprise_user: organization }: User, own: Own): boolean {
  if (own.isOrganizationWide) return false;
  if (team_id === own.teamId) return true;
  if (own.enterpriseId === undefined || organization?.enterprise_id !== own.enterpriseId) return false;
  return organization.teams?.includes(own.teamId) ?? false;
}
