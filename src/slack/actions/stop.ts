/** Stop: sub-merchants of an approved request that have not been started are cancelled; the others continue. */
import { mayStop } from "../../domain/policy.ts";
import { date, user } from "../blocks/mrkdwn.ts";
import type { SlackContext } from "../context.ts";
import { clickKey } from "../payloads/source-key.ts";
import { refuse } from "../replies/refuse.ts";
import type { RequestAction } from "./request-action.ts";

export async function stop(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { useCases, texts, log } = context;
  const { request, person, attempt, payload } = action;
  const verdict = mayStop(person);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  const result = await useCases.stop({
    requestId: request.id,
    by: person.id,
    origin: attempt.origin,
    sourceKey: clickKey(payload),
  });
  switch (result.kind) {
    case "stopped":
      log.info({ request: request.id, by: person.id }, "request stopped");
      return undefined;
    case "too-late": {
      const { stopped } = result.request;
      if (!stopped) return texts.bulk.answer.nothingToStop;
      const when = date(stopped.at, "ago");
      const { answer } = texts.bulk;
      return stopped.by === person.id ? answer.stoppedByYou(when) : answer.stopped(when, user(stopped.by));
    }
    case "unknown":
      return texts.decided.unknown;
    default:
      return result satisfies never;
  }
}
