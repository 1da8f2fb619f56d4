/** Refusing: recorded in the audit, logged, and answered with the next step or the person who can help. */
import type { Refusal } from "../../domain/policy.ts";
import type { DeniedAttempt, SlackContext } from "../context.ts";
import { refusalMessage } from "./refusal-message.ts";

/** Resolves to the message for the person who was refused. */
export async function refuse(context: SlackContext, refusal: Refusal, attempt: DeniedAttempt): Promise<string> {
  const { ledger, roles, people, settings, texts, log } = context;
  const { userId, origin, asked, request } = attempt;
  context.refused.add(attempt);
  const about = request ? { requestId: request.id } : {};
  await ledger.refusals.note({ by: userId, origin, refused: refusal, asked, ...about });
  log.info({ request: request?.id, by: userId, why: refusal.why }, "refused");
  return refusalMessage(refusal, {
    self: userId,
    ...(request ? { request, button: asked } : {}),
    roles,
    people,
    command: settings.SLACK_COMMAND,
    texts,
  });
}
