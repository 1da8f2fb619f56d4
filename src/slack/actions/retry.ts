/** Retry: a failed round is carried out again, once. */
import { isBulk } from "../../domain/approval.ts";
import { mayCarryOut } from "../../domain/four-eyes.ts";
import { guide } from "../../domain/guidance.ts";
import { mayRetry } from "../../domain/policy.ts";
import type { OperationView, RequestView } from "../../ledger/queries/request-view.ts";
import { date } from "../blocks/mrkdwn.ts";
import type { SlackContext } from "../context.ts";
import { refuse } from "../replies/refuse.ts";
import { retriedMessage, supersededMessage } from "../replies/too-late-message.ts";
import { type RequestAction, subMchidsOf } from "./request-action.ts";

export async function retry(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { useCases, ledger, people, settings, texts, log } = context;
  const { request, person, attempt, round } = action;
  const { requestedBy, operation } = request;
  // Then a Retry needs what Carry out needed.
  const isUnconfirmed = await ledger.holding.isUnconfirmed(request.id);
  const what = { requestedBy, subMchids: await subMchidsOf(context, request) };
  const verdict = isUnconfirmed
    ? mayCarryOut(person, what, await people.find(requestedBy), settings.APPROVAL_POLICY)
    : mayRetry(person, what);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  if (isUnconfirmed && request.approvalsNeeded > 1) return texts.held.answer.needsNewRequest;
  if (!isBulk(request)) {
    if (operation.superseded) return superseded(context, request, person.id);
    if (needsNewRequest(operation)) return texts.decided.noRetry;
  }
  const result = await useCases.retry({ requestId: request.id, round, by: person.id, origin: attempt.origin });
  switch (result.kind) {
    case "retried":
      log.info({ request: request.id, round: round + 1, by: person.id }, "request retried");
      return undefined;
    case "too-late": {
      const now = result.request;
      if (now.round > round) return retriedMessage(now, person.id, texts);
      if (now.state !== "done" || now.counts.failed === 0) return texts.decided.notFailed;
      return isBulk(now) ? texts.bulk.answer.nothingToRetry : superseded(context, now, person.id);
    }
    case "too-soon": {
      const { closedAt, from } = result.reopening;
      return texts.goldplan.tooSoon(date(closedAt, "ago"), date(from));
    }
    case "unknown":
      return texts.decided.unknown;
    default:
      return result satisfies never;
  }
}

function needsNewRequest({ result }: OperationView): boolean {
  return result !== undefined && result.kind !== "accepted" && guide(result).retry === "new-request";
}

async function superseded(
  { ledger, texts, workspace }: SlackContext,
  request: RequestView,
  self: string,
): Promise<string> {
  const { underWay } = await ledger.history.status(request.operation.subMchid);
  if (underWay?.number === request.number) {
    // Somebody retried it after it was read.
    const now = await ledger.requests.find(request.id);
    return now ? retriedMessage(now, self, texts) : texts.decided.unknown;
  }
  return supersededMessage(request, underWay, { texts, permalink: workspace.permalink });
}
