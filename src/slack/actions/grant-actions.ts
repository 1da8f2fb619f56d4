/** Granting and revoking by a click in App Home: the same as the commands, with the same answers. */
import { createRoleHandler } from "../commands/roles.ts";
import type { SlackContext } from "../context.ts";
import type { GrantClick } from "../payloads/grant-payloads.ts";
import { clickOrigin } from "../payloads/payloads.ts";

export function createGrantActionHandler(context: SlackContext) {
  const { people, texts } = context;
  const administer = createRoleHandler(context);

  return async (click: GrantClick): Promise<string> => {
    const { user, asked } = click;
    const person = await people.find(user.id);
    if (!person) return texts.refusal.standing.stranger;
    if (!asked) return texts.home.grants.notChosen;
    const words = `${asked.kind} ${asked.holder.id} ${asked.role}`;
    const attempt = { userId: user.id, origin: clickOrigin(click), asked: words };
    return administer(attempt, person, asked);
  };
}
