/**
 * Approve, break glass and withdraw, for which a click is enough. Rejecting requires a form; see views/reject-form.ts.
 */
import type { Approval } from "../../domain/approval.ts";
import { lapsedApprovals, mayApprove, mayBreakGlass, mayDecide } from "../../domain/four-eyes.ts";
import { mayWithdraw, type Person, type Verdict } from "../../domain/policy.ts";
import type { Decision } from "../../ledger/decisions.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { SlackContext } from "../context.ts";
import { refuse } from "../replies/refuse.ts";
import { countedMessage, tooLateMessage } from "../replies/too-late-message.ts";
import { type RequestAction, subMchidsOf } from "./request-action.ts";

export async function approve(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { request, person, attempt } = action;
  const verdict = await mayApproveNow(context, request, person);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  const earlier = await earlierApprovals(context, request);
  if (earlier.kind === "refuse") return refuse(context, earlier, attempt);
  return decide(context, action, "approve", earlier.lapsed);
}

export async function breakGlass(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { request, person, attempt } = action;
  const subMchids = await subMchidsOf(context, request);
  const verdict = mayBreakGlass(person, { ...request, subMchids }, context.settings.BREAK_GLASS);
  return verdict.kind === "refuse" ? refuse(context, verdict, attempt) : decide(context, action, "break-glass");
}

export async function withdraw(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { request, person, attempt } = action;
  const verdict = mayWithdraw(person, request);
  return verdict.kind === "refuse" ? refuse(context, verdict, attempt) : decide(context, action, "withdraw");
}

async function decide(
  { useCases, texts, log }: SlackContext,
  { request: { id: requestId }, person: { id: self }, attempt: { origin } }: RequestAction,
  decision: Exclude<Decision, "reject">,
  lapsed: readonly Approval[] = [],
): Promise<string | undefined> {
  const result = await useCases.decide({ requestId, decision, by: self, origin, lapsed });
  switch (result.kind) {
    case "decided":
      log.info({ request: requestId, decision, by: self }, "request decided");
      return undefined;
    case "counted":
    case "counted-before":
      log.info({ request: requestId, by: self, approval: result.kind }, "approval counted");
      return countedMessage(result.kind, result.request, { self, lapsed }, texts);
    case "too-late":
      return tooLateMessage(result.request, self, texts);
    case "unknown":
      return texts.decided.unknown;
    default:
      return result satisfies never;
  }
}

/** The requester is taken from the ledger, not from the clicked message. */
async function mayApproveNow(context: SlackContext, request: RequestView, person: Person): Promise<Verdict> {
  const { settings, people } = context;
  const { requestedBy } = request;
  // People who may not decide at all are refused without asking Slack about the requester.
  const verdict = mayDecide(person, request, settings.APPROVAL_POLICY);
  if (verdict.kind === "refuse") return verdict;
  const subMchids = await subMchidsOf(context, request);
  return mayApprove(person, { requestedBy, subMchids }, await people.find(requestedBy), settings.APPROVAL_POLICY);
}

/** Earlier approvals count as long as the people who gave them may approve. */
async function earlierApprovals(
  { settings, people }: SlackContext,
  { state, approvals, requestedBy }: RequestView,
): Promise<ReturnType<typeof lapsedApprovals<Approval>>> {
  const counting = state === "pending" ? approvals : [];
  const earlier = counting.map(async (approval) => ({ approval, giver: await people.find(approval.by) }));
  return lapsedApprovals(await Promise.all(earlier), { requestedBy }, settings.APPROVAL_POLICY);
}
