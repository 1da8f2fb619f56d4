/** People in the JSON format that Slack gives to apps. */
import type { JsonObject } from "../json.ts";
import type { State } from "../state.ts";
import type { Person } from "../workspace.ts";

export function personJson(state: State, person: Person): JsonObject {
  const tz = person.tz ?? "Asia/Shanghai";
  const stranger = state.isStranger(person);
  return {
    id: person.id,
    team_id: person.teamId ?? state.workspace.teamId,
    name: person.name,
    deleted: person.deleted === true,
    real_name: person.realName,
    tz,
    tz_label: tz,
    tz_offset: 28_800,
    profile: {
      real_name: person.realName,
      real_name_normalized: person.realName,
      display_name: person.name,
      display_name_normalized: person.name,
      team: person.teamId ?? state.workspace.teamId,
      status_text: "",
      status_emoji: "",
      avatar_hash: "local",
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: person.isGuest === true,
    is_ultra_restricted: false,
    is_bot: person.isBot === true,
    is_app_user: false,
    is_email_confirmed: true,
    updated: 1_700_000_000,
    // Slack omits it for people of the app's own workspace.
    ...(stranger ? { is_stranger: !sharesChannel(state, person.id) } : {}),
  };
}

function sharesChannel(state: State, user: string): boolean {
  return [...state.conversations.values()].some(({ members }) => members.has(user) && members.has(state.app.botUserId));
}
