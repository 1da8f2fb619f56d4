/** Granting and revoking by a click in App Home: the same as the commands, with the same answers. */
import { administerRoles } from "../commands/grant-revoke.ts";
import type { Intent } from "../context.ts";
import type { GrantClick } from "../payloads/grant-payloads.ts";
import { clickOrigin } from "../payloads/payloads.ts";
import { clickKey } from "../payloads/source-key.ts";

export function parseGrantClick(click: GrantClick): Intent<string> {
  const { user, change } = click;
  const asked = change ? `${change.kind} ${change.holder.id} ${change.role}` : "grant";
  const attempt = { userId: user.id, origin: clickOrigin(click), asked };
  return {
    kind: "wanted",
    attempt,
    run: async (context, person) =>
      change ? administerRoles(context, attempt, person, change, clickKey(click)) : context.texts.home.grants.notChosen,
  };
}
