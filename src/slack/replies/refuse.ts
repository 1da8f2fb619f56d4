/** Refusing: noted in the ledger, logged, and answered with the next step or the person who can help. */
import type { Refusal } from "../../domain/policy.ts";
import type { Origin } from "../../ledger/audit/audit-log.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { SlackContext } from "../context.ts";
import { type CommandPayload, commandOrigin } from "../payloads/payloads.ts";
import { refusalAnswer } from "./refusal-message.ts";

/** What somebody wants of the bot, and where: what is noted where they are refused. */
export interface DeniedAttempt {
  userId: string;
  origin: Origin;
  /** What they typed or pressed. */
  asked: string;
  /** The request that it was about. */
  request?: RequestView;
}

/** Resolves to the answer for whoever was refused. */
export type Refuse = (refusal: Refusal, attempt: DeniedAttempt) => Promise<string>;

export function createRefuse({ ledger, roles, people, settings, texts, log }: SlackContext): Refuse {
  return async (refusal, { userId, origin, asked, request }) => {
    await ledger.refusals.note({
      by: userId,
      origin,
      refused: refusal,
      asked,
      ...(request ? { requestId: request.id } : {}),
    });
    log.info({ request: request?.id, by: userId, why: refusal.why }, "refused");
    return refusalAnswer(refusal, {
      self: userId,
      ...(request ? { requestedBy: request.requestedBy } : {}),
      roles,
      people,
      command: settings.SLACK_COMMAND,
      texts,
    });
  };
}

/** The wish of a command. */
export function typed(payload: CommandPayload): DeniedAttempt {
  return { userId: payload.user_id, origin: commandOrigin(payload), asked: payload.text };
}
