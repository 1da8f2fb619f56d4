/** `/receipt notify`: what an approver wants to be told of requests that wait. */
import { mayBeNotified, type Person } from "../../domain/policy.ts";
import type { NotifyCommand } from "../../parsing/command/notify.ts";
import type { SlackContext } from "../context.ts";
import type { CommandPayload } from "../payloads/payloads.ts";
import { createRefuse, typed } from "../replies/refuse.ts";

export function createNotifyHandler(context: SlackContext) {
  const { settings, preferences, texts, log } = context;
  const { SLACK_COMMAND: command, BREAK_GLASS: breakGlass } = settings;
  const refuse = createRefuse(context);

  return async (payload: CommandPayload, person: Person, { notify }: NotifyCommand): Promise<string> => {
    const verdict = mayBeNotified(person);
    if (verdict.kind === "refuse") return refuse(verdict, typed(payload));
    const { id } = person;
    if (notify !== undefined) {
      await preferences.set(id, notify);
      log.info({ by: id, notify }, "what somebody wants to be told");
    }
    const stands = notify ?? (await preferences.of(id)) ?? "default";
    const stood = texts.preferences.stands[stands](command);
    return stands === "off" && breakGlass === "on" ? [stood, texts.preferences.brokenGlass].join(texts.between) : stood;
  };
}
