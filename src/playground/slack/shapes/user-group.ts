/** User groups in the JSON format that Slack gives to apps. */
import type { JsonObject } from "../json.ts";
import type { State } from "../state.ts";
import type { UserGroup } from "../workspace.ts";

/** When every group was created, last changed and, if it is, disabled; seconds since 1970. */
const at = 1_700_000_000;

/** A group without its members, which are answered on request only. */
export function userGroupJson({ workspace }: State, group: UserGroup): JsonObject {
  const by = group.users[0] ?? workspace.people[0]?.id;
  return {
    id: group.id,
    team_id: workspace.teamId,
    is_usergroup: true,
    is_subteam: true,
    name: group.name,
    description: "",
    handle: group.handle,
    is_external: false,
    date_create: at,
    date_update: at,
    date_delete: group.isDisabled === true ? at : 0,
    auto_provision: false,
    enterprise_subteam_id: "",
    created_by: by,
    updated_by: by,
    is_section: false,
    is_idp_group: false,
    prefs: { channels: [], groups: [] },
  };
}
