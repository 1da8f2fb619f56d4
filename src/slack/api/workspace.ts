/**
 * Information from Slack: the bot's own identity and channels, a person's standing, and the members of a user group.
 */
import type { Clock } from "../../domain/clock.ts";
import type { Standing } from "../../domain/policy.ts";
import type { Locale } from "../../settings.ts";
import { type AnsweredMethod, readAnswer, type SlackAnswer } from "./response-schemas.ts";
import { localeOf, nameOf, standingOf, userArguments } from "./users/users-info.ts";
import { refusalOf, type SlackApi, scopesGrantedIn } from "./web-api.ts";

/**
 * Slack did not answer, or its answer lacks the requested information, so nothing is known about the person or channel.
 */
export class SlackAway extends Error {
  /** Slack's error code if it refused the query itself, for example because of an invalid token. */
  readonly refused: string | undefined;

  constructor(question: string, why: { refused?: string; cause?: unknown }) {
    super(`${question}: ${why.refused ?? "no answer"}`, { cause: why.cause });
    this.refused = why.refused;
  }
}

/** The bot's own workspace and name, from `auth.test`. */
export interface Identity {
  teamId: string;
  enterpriseId: string | undefined;
  /** The workspace's address, ending in a slash. */
  url: string;
  /** The bot's own name, as people mention it. */
  botName: string;
  /** The bot itself, `B…`; undefined for a token that is not a bot's. */
  botId: string | undefined;
  /** The app is installed for the whole organization, not in one workspace. */
  isOrganizationWide: boolean;
}

/** `needs-a-channel`: a direct message or group direct message, where no colleague could approve. */
export type Membership = "in" | "not-in" | "archived" | "needs-a-channel";

/**
 * Who is in a user group, or why this is unknown. `plan`: the workspace has no groups; `scope`: the bot lacks the
 * scope.
 */
export type GroupMembers = { kind: "members"; users: readonly string[] } | { kind: "unknown" | "plan" | "scope" };

export interface Workspace {
  /** @throws SlackAway */
  identity(): Promise<Identity>;
  /** Undefined for a person who does not exist in Slack. @throws SlackAway */
  standing(userId: string): Promise<Standing | undefined>;
  /** A person's language; undefined if Slack does not provide it. It comes with their standing. @throws SlackAway */
  locale(userId: string): Promise<Locale | undefined>;
  /** The same, but only if Slack was asked within the time for which a standing counts. */
  knownLocale(userId: string): Locale | undefined;
  /** A person's name as last returned by Slack; undefined if it was not queried recently. */
  knownName(userId: string): string | undefined;
  /** @throws SlackAway */
  groupMembers(groupId: string): Promise<GroupMembers>;
  /** A user group's current handle, without `@`; undefined for a group that Slack does not list. @throws SlackAway */
  groupHandle(groupId: string): Promise<string | undefined>;
  /** Whether the bot can post in a channel. @throws SlackAway */
  membership(channelId: string): Promise<Membership>;
  /** The address of a message; undefined until the bot knows its own workspace. */
  permalink(channelId: string, ts: string): string | undefined;
}

/** Long enough to avoid one query per command in a busy hour; short enough for changes to take effect soon. */
const personKeptMs = 60_000;
const channelKeptMs = 300_000;
/** Maximum number of cached answers of each kind. */
const keptMax = 2_000;

const whyNoMembers: Readonly<Record<string, Exclude<GroupMembers["kind"], "members">>> = {
  no_such_subteam: "unknown",
  plan_upgrade_required: "plan",
  missing_scope: "scope",
};

const channelScopes = ["channels:read", "groups:read"];

/** @param slack answers, or fails, well within the 3 seconds that Slack gives a command */
export function createWorkspace({ slack, clock }: { slack: SlackApi; clock: Clock }): Workspace {
  let known: Identity | undefined;
  const people = createCache<{ standing: Standing; locale: Locale | undefined } | undefined>(personKeptMs, clock);
  const profiles = new Map<string, { name: string | undefined; locale: Locale | undefined; until: number }>();
  const groups = createCache<GroupMembers>(personKeptMs, clock);
  const handles = createCache<ReadonlyMap<string, string>>(personKeptMs, clock);
  const channels = createCache<Membership>(channelKeptMs, clock);

  async function ask<Method extends AnsweredMethod>(
    method: Method,
    args: Record<string, unknown>,
  ): Promise<SlackAnswer<Method> | { refused: string; granted: readonly string[] | undefined }> {
    try {
      return readAnswer(method, await slack(method, args));
    } catch (error) {
      const refused = refusalOf(error);
      if (refused !== undefined) return { refused, granted: scopesGrantedIn(error) };
      throw new SlackAway(method, { cause: error });
    }
  }

  async function identity(): Promise<Identity> {
    if (known) return known;
    const answer = await ask("auth.test", {});
    if ("refused" in answer) throw new SlackAway("auth.test", answer);
    const { team_id: teamId, enterprise_id: enterpriseId, url, user: botName } = answer;
    const { bot_id: botId, is_enterprise_install: isOrganizationWide } = answer;
    known = {
      teamId,
      enterpriseId: enterpriseId ?? undefined,
      url,
      botName,
      botId: botId ?? undefined,
      isOrganizationWide: isOrganizationWide === true || isOrganizationWide === "true",
    };
    return known;
  }

  function keepProfile(userId: string, name: string | undefined, locale: Locale | undefined): void {
    profiles.delete(userId);
    if (profiles.size >= keptMax) profiles.delete(profiles.keys().next().value ?? userId);
    profiles.set(userId, { name, locale, until: clock.monotonic() + personKeptMs });
  }

  const personOf = (userId: string) =>
    people(userId, async () => {
      const own = await identity();
      const answer = await ask("users.info", { user: userId, ...userArguments });
      if (!("refused" in answer)) {
        const locale = localeOf(answer.user);
        keepProfile(userId, nameOf(answer.user), locale);
        return { value: { standing: standingOf(answer.user, own), locale }, keep: true };
      }
      if (/^(user_not_found|user_not_visible)$/.test(answer.refused)) return { value: undefined, keep: false };
      throw new SlackAway("users.info", answer);
    });

  return {
    identity,

    standing: async (userId) => (await personOf(userId))?.standing,

    locale: async (userId) => (await personOf(userId))?.locale,

    knownLocale(userId) {
      const profile = profiles.get(userId);
      return profile && profile.until > clock.monotonic() ? profile.locale : undefined;
    },

    knownName: (userId) => profiles.get(userId)?.name,

    groupMembers: (groupId) =>
      groups(groupId, async () => {
        const answer = await ask("usergroups.users.list", { usergroup: groupId });
        if (!("refused" in answer)) return { value: { kind: "members", users: answer.users }, keep: true };
        const kind = whyNoMembers[answer.refused];
        if (kind) return { value: { kind }, keep: false };
        throw new SlackAway("usergroups.users.list", answer);
      }),

    async groupHandle(groupId) {
      const known = await handles("all", async () => {
        const answer = await ask("usergroups.list", {});
        if ("refused" in answer) throw new SlackAway("usergroups.list", answer);
        return { value: new Map(answer.usergroups.map(({ id, handle }) => [id, handle])), keep: true };
      });
      return known.get(groupId);
    },

    membership: (channelId) =>
      channels(channelId, async () => {
        if (channelId.startsWith("D")) return { value: "needs-a-channel", keep: true };
        const answer = await ask("conversations.info", { channel: channelId });
        if (!("refused" in answer)) {
          const { is_member: isMember, is_archived: isArchived, is_im: isDirect, is_mpim: isGroup } = answer.channel;
          if (isDirect || isGroup) return { value: "needs-a-channel", keep: true };
          if (isArchived) return { value: "archived", keep: false };
          // Only members can see a private channel, so a missing `is_member` means that the bot is in it.
          return isMember === false ? { value: "not-in", keep: false } : { value: "in", keep: true };
        }
        // Slack hides the private channels that the bot is not in.
        if (/^(channel_not_found|not_in_channel)$/.test(answer.refused)) return { value: "not-in", keep: false };
        // With the scopes for public and private channels, only group direct messages remain.
        const isGroup =
          answer.refused === "missing_scope" && channelScopes.every((one) => answer.granted?.includes(one) ?? true);
        if (isGroup) return { value: "needs-a-channel", keep: false };
        throw new SlackAway("conversations.info", answer);
      }),

    permalink: (channelId, ts) => known && `${known.url}archives/${channelId}/p${ts.replace(".", "")}`,
  };
}

/** Caches answers for a while, makes one query for simultaneous callers, and drops the oldest answer first. */
function createCache<T>(keptMs: number, clock: Clock) {
  const kept = new Map<string, { until: number; answer: Promise<T> }>();
  return async (key: string, ask: () => Promise<{ value: T; keep: boolean }>): Promise<T> => {
    const found = kept.get(key);
    if (found && found.until > clock.monotonic()) return found.answer;
    const asked = ask();
    const answer = asked.then(({ value }) => value);
    kept.delete(key);
    if (kept.size >= keptMax) kept.delete(kept.keys().next().value ?? key);
    kept.set(key, { until: clock.monotonic() + keptMs, answer });
    const forget = () => kept.get(key)?.answer === answer && kept.delete(key);
    asked.then(({ keep }) => keep || forget(), forget);
    return answer;
  };
}
