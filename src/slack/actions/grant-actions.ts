/** Granting and revoking by a click in App Home: the same as the commands, with the same answers. */
import { createRoleAnswerer } from "../commands/roles.ts";
import type { BotParts } from "../context.ts";
import type { GrantClick } from "../payloads/grant-payloads.ts";
import { clickOrigin } from "../payloads/payloads.ts";

export function createGrantClickAnswerer(parts: BotParts) {
  const { people, texts } = parts;
  const administer = createRoleAnswerer(parts);

  return async (click: GrantClick): Promise<string> => {
    const { user, asked } = click;
    const person = await people.find(user.id);
    if (!person) return texts.refusal.standing.stranger;
    if (!asked) return texts.home.grants.notChosen;
    const words = `${asked.kind} ${asked.holder.id} ${asked.role}`;
    const wish = { userId: user.id, origin: clickOrigin(click), asked: words };
    return administer(wish, person, asked);
  };
}
