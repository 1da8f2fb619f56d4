/** Carry out and Cancel: an approver's decisions on a request that is held after a bot outage. */
import type { Approval } from "../../domain/approval.ts";
import { lapsedApprovals, mayCarryOut, mayDecide } from "../../domain/four-eyes.ts";
import { mayCancelHeld } from "../../domain/policy.ts";
import type { CancelHeldResult, CarryOutResult } from "../../ledger/holding/release.ts";
import type { HoldEnd } from "../../ledger/queries/holds.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import { date, user } from "../blocks/mrkdwn.ts";
import type { SlackContext } from "../context.ts";
import { refuse } from "../replies/refuse.ts";
import { tooLateMessage } from "../replies/too-late-message.ts";
import { type RequestAction, subMchidsOf } from "./request-action.ts";

export async function carryOut(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { settings, people, useCases, log } = context;
  const { request, person, attempt } = action;
  const { requestedBy, held } = request;
  const policy = settings.APPROVAL_POLICY;
  // People who may not decide at all are refused without asking Slack about the requester.
  const first = mayDecide(person, request, policy);
  if (first.kind === "refuse") return refuse(context, first, attempt);
  const subMchids = await subMchidsOf(context, request);
  const verdict = mayCarryOut(person, { requestedBy, subMchids }, await people.find(requestedBy), policy);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  const confirmations = (held?.confirmations ?? []).map(async (approval) => ({
    approval,
    giver: await people.find(approval.by),
  }));
  const earlier = lapsedApprovals(await Promise.all(confirmations), { requestedBy }, policy);
  if (earlier.kind === "refuse") return refuse(context, earlier, attempt);
  const { lapsed } = earlier;
  const result = await useCases.carryOut({ requestId: request.id, by: person.id, origin: attempt.origin, lapsed });
  log.info({ request: request.id, by: person.id, result: result.kind }, "carrying out a held request");
  return answer(context, person.id, result, lapsed);
}

export async function cancelHeld(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { useCases, log } = context;
  const { request, person, attempt } = action;
  const verdict = mayCancelHeld(person);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  const result = await useCases.cancelHeld({ requestId: request.id, by: person.id, origin: attempt.origin });
  log.info({ request: request.id, by: person.id, result: result.kind }, "cancelling a held request");
  return answer(context, person.id, result);
}

function answer(
  { texts }: SlackContext,
  self: string,
  result: CarryOutResult | CancelHeldResult,
  lapsed: readonly Approval[] = [],
): string | undefined {
  switch (result.kind) {
    case "carried-out":
    case "cancelled":
      return undefined;
    case "counted":
    case "counted-before":
      return confirmedAnswer(result.kind, result.request, lapsed, texts);
    case "too-late":
      if (!result.end) return tooLateMessage(result.request, self, texts);
      return endSentence(result.end, self, texts);
    case "unknown":
      return texts.decided.unknown;
    default:
      return result satisfies never;
  }
}

/** What the message does not show: that they confirmed before, and whose earlier confirmations have lapsed. */
function confirmedAnswer(
  kind: "counted" | "counted-before",
  { approvalsNeeded, held }: RequestView,
  lapsed: readonly Approval[],
  texts: SlackContext["texts"],
): string | undefined {
  if (kind === "counted" && lapsed.length === 0) return undefined;
  const { answer: words } = texts.held;
  const missing = approvalsNeeded - (held?.confirmations.length ?? 0);
  return [
    ...(lapsed.length > 0 ? [words.lapsed(lapsed.map(({ by }) => user(by)).join(texts.list))] : []),
    (kind === "counted" ? words.confirmed : words.confirmedBefore)(missing),
  ].join(texts.between);
}

function endSentence({ how, by, at }: HoldEnd, self: string, { held }: SlackContext["texts"]): string {
  const when = date(at, "ago");
  switch (how) {
    case "carried-out":
      return by === self ? held.answer.carriedOutByYou(when) : held.answer.carriedOut(user(by), when);
    case "cancelled-held":
      return by === self ? held.answer.cancelledByYou(when) : held.answer.cancelled(user(by), when);
    case "held-expired":
      return held.answer.expired(when);
    default:
      return how satisfies never;
  }
}
