/** `/receipt notify`: an approver's notification preference for pending requests. */
import { mayBeNotified, type Person } from "../../domain/policy.ts";
import type { NotifyCommand } from "../../parsing/command/notify.ts";
import type { DeniedAttempt, SlackContext } from "../context.ts";
import { refuse } from "../replies/refuse.ts";

export async function notify(
  context: SlackContext,
  attempt: DeniedAttempt,
  person: Person,
  { notify }: NotifyCommand,
  sourceKey: string,
): Promise<string> {
  const { settings, preferences, texts, log } = context;
  const verdict = mayBeNotified(person);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  if (notify !== undefined) {
    await preferences.set(person.id, notify, sourceKey);
    log.info({ by: person.id, notify }, "notification preference set");
  }
  const stands = (await preferences.of(person.id)) ?? "default";
  const sentence = texts.preferences.stands[stands](settings.SLACK_COMMAND);
  const isStillNotified = stands === "off" && settings.BREAK_GLASS === "on";
  return isStillNotified ? [sentence, texts.preferences.brokenGlass].join(texts.between) : sentence;
}
