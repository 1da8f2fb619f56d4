/** People in the JSON format that Slack gives to apps. */
import type { JsonObject } from "../json.ts";
import type { State } from "../state.ts";
import type { Person, SlackApp } from "../workspace.ts";

export function personJson(state: State, person: Person): JsonObject {
  const { app } = state;
  const stranger = state.isStranger(person);
  const isBot = person.isBot === true;
  return {
    id: person.id,
    team_id: person.teamId ?? state.workspace.teamId,
    name: person.name,
    deleted: person.deleted === true,
    real_name: person.realName,
    ...zoneOf(person.tz ?? "Asia/Shanghai", state.clock.now()),
    profile: {
      title: "",
      phone: "",
      skype: "",
      real_name: person.realName,
      real_name_normalized: person.realName,
      display_name: person.name,
      display_name_normalized: person.name,
      team: person.teamId ?? state.workspace.teamId,
      status_text: "",
      status_emoji: "",
      status_expiration: 0,
      avatar_hash: "local",
      ...(isBot ? { bot_id: botIdOf(person, app), always_active: false } : {}),
      ...(person.id === app.botUserId ? { api_app_id: app.appId } : {}),
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.isGuest === true,
    is_ultra_restricted: false,
    is_bot: isBot,
    is_app_user: false,
    ...(isBot ? { is_workflow_bot: false, is_connector_bot: false } : {}),
    is_email_confirmed: !isBot,
    updated: 1_700_000_000,
    who_can_share_contact_card: "EVERYONE",
    ...enterpriseUser(state, person),
    // Slack omits it for people of the app's own workspace.
    ...(stranger ? { is_stranger: !sharesChannel(state, person.id) } : {}),
  };
}

/** What the organization knows of them; nothing about people of other organizations. */
function enterpriseUser(state: State, person: Person): JsonObject {
  const { enterprise } = state.workspace;
  if (enterprise === undefined || !state.isOfOrganization(person) || person.isBot === true) return {};
  return {
    enterprise_user: {
      id: person.id,
      enterprise_id: enterprise.id,
      enterprise_name: enterprise.name,
      is_admin: false,
      is_owner: false,
      is_primary_owner: false,
      teams: state.teamsOf(person),
    },
  };
}

function botIdOf({ id }: Person, app: SlackApp): string {
  return id === app.botUserId ? app.botId : `B${id.slice(1)}`;
}

/** A time zone with its English name and its offset in seconds, as of `now`. */
function zoneOf(tz: string, now: number): JsonObject {
  const named = (timeZoneName: "long" | "longOffset"): string => {
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: tz, timeZoneName }).formatToParts(now);
    return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  };
  const [, sign = "+", hours = "0", minutes = "0"] = /^GMT([+-])(\d+):(\d+)$/.exec(named("longOffset")) ?? [];
  const seconds = Number(hours) * 3_600 + Number(minutes) * 60;
  return { tz, tz_label: named("long"), tz_offset: sign === "-" ? -seconds : seconds };
}

function sharesChannel(state: State, user: string): boolean {
  return [...state.conversations.values()].some(({ members }) => members.has(user) && members.has(state.app.botUserId));
}
