/** Clicks on a request's message: who presses is checked, the ledger decides who was first, and the rest are told. */
import type { Approval } from "../../domain/approval.ts";
import { isBulk } from "../../domain/approval.ts";
import { guide } from "../../domain/guidance.ts";
import {
  lapsedApprovals,
  mayApprove,
  mayBreakGlass,
  mayDecide,
  mayRetry,
  mayStop,
  mayWithdraw,
  type Person,
  type Refusal,
  type Verdict,
} from "../../domain/policy.ts";
import type { Origin } from "../../ledger/audit/audit-log.ts";
import type { Decision } from "../../ledger/decisions.ts";
import type { OperationView, RequestView } from "../../ledger/queries/request-view.ts";
import { subMchidsMax } from "../../parsing/number-list/sub-mchid.ts";
import { date, user } from "../blocks/mrkdwn.ts";
import type { SlackContext } from "../context.ts";
import { actionIds } from "../payloads/ids.ts";
import { clickOrigin, type RequestClick } from "../payloads/payloads.ts";
import { createRefuse } from "../replies/refuse.ts";
import { countedMessage, supersededMessage, tooLateMessage } from "../replies/too-late-message.ts";
import { createLeaveOutForm } from "../views/leave-out-form.ts";
import { createRejectForm } from "../views/reject-form.ts";

const askedBy = {
  [actionIds.approve]: "approve",
  [actionIds.reject]: "reject",
  [actionIds.leaveOut]: "leave-out",
  [actionIds.breakGlass]: "break-glass",
  [actionIds.more]: "withdraw",
  [actionIds.retry]: "retry",
  [actionIds.stop]: "stop",
} as const satisfies Record<string, Decision | "leave-out" | "retry" | "stop">;

/** What a press alone decides. */
type Pressed = Exclude<Decision, "reject">;

type PreviousResult = { kind: "known"; lapsed?: Approval[] } | ({ kind: "refuse" } & Refusal);

/** Does what the click asks for; resolves to the answer for whoever pressed, or to nothing where the message shows it. */
export function createRequestActionHandler(context: SlackContext) {
  const { settings, ledger, people, workspace, texts, log } = context;
  const { APPROVAL_POLICY: policy, BREAK_GLASS: breakGlass } = settings;
  const refuse = createRefuse(context);
  const rejection = createRejectForm(context);
  const leavingOut = createLeaveOutForm(context);

  async function answer(payload: RequestClick): Promise<string | undefined> {
    const [click] = payload.actions;
    if (!click) return undefined;
    const [requestId = "", round = "0"] = (click.selected_option?.value ?? click.value ?? "").split(":");
    const request = await ledger.requests.find(requestId);
    if (!request) return texts.decided.unknown;
    const { message_ts: ts, channel_id: clickedIn } = payload.container ?? {};
    if (ts && clickedIn === request.channelId && !request.messageTs) await ledger.outbox.recordMessageTs(requestId, ts);
    const person = await people.find(payload.user.id);
    const origin = clickOrigin(payload);
    const asked = askedBy[click.action_id];
    if (!person)
      return refuse({ why: "standing", standing: "stranger" }, { userId: payload.user.id, origin, asked, request });
    switch (asked) {
      case "reject":
        return rejection.open(request, person, payload);
      case "leave-out":
        return leavingOut.open(request, person, payload);
      case "retry":
        return retry(request, Number(round), person, origin);
      case "stop":
        return stop(request, person, origin);
      default:
        return decide(request, asked, person, origin);
    }
  }

  async function decide(
    request: RequestView,
    decision: Pressed,
    person: Person,
    origin: Origin,
  ): Promise<string | undefined> {
    const verdict = await mayMake(decision, request, person);
    const refused = { userId: person.id, origin, asked: decision, request };
    if (verdict.kind === "refuse") return refuse(verdict, refused);
    const known: PreviousResult = decision === "approve" ? await lapsedOf(request) : { kind: "known" };
    if (known.kind === "refuse") return refuse(known, refused);
    const { lapsed = [] } = known;
    const made = { requestId: request.id, decision, by: person.id, origin, lapsed };
    const decided = await ledger.requests.decide(made);
    if (decided.kind === "unknown") return texts.decided.unknown;
    context.changed();
    if (decided.kind === "counted" || decided.kind === "counted-before") {
      log.info({ request: request.id, by: person.id, approval: decided.kind }, "approval counted");
      return countedMessage(decided.kind, decided.request, { self: person.id, lapsed }, texts);
    }
    if (decided.kind === "too-late") return tooLateMessage(decided.request, person.id, texts);
    log.info({ request: request.id, decision, by: person.id }, "request decided");
    if (decision === "approve" || decision === "break-glass") context.approved();
    return undefined;
  }

  /** The requester is the ledger's, whatever the message that was clicked says. */
  async function mayMake(decision: Pressed, request: RequestView, person: Person): Promise<Verdict> {
    const { requestedBy } = request;
    switch (decision) {
      case "approve": {
        // Who may not decide at all is refused without a question to Slack about somebody else.
        const verdict = mayDecide(person, request, policy);
        if (verdict.kind === "refuse") return verdict;
        const asked = { requestedBy, subMchids: await numbersOf(request) };
        return mayApprove(person, asked, await people.find(requestedBy), policy);
      }
      case "break-glass":
        return mayBreakGlass(person, { ...request, subMchids: await numbersOf(request) }, breakGlass);
      case "withdraw":
        return mayWithdraw(person, request);
      default:
        return decision satisfies never;
    }
  }

  /** Earlier approvals count as long as whoever gave them may approve. */
  async function lapsedOf({ state, approvals, requestedBy }: RequestView): Promise<PreviousResult> {
    const counting = state === "pending" ? approvals : [];
    const earlier = counting.map(async (approval: Approval) => ({ approval, giver: await people.find(approval.by) }));
    return lapsedApprovals(await Promise.all(earlier), { requestedBy }, policy);
  }

  async function numbersOf(request: RequestView): Promise<string[]> {
    return isBulk(request) ? ledger.bulk.firstNumbers(request.id, subMchidsMax) : [request.operation.subMchid];
  }

  async function retry(
    request: RequestView,
    round: number,
    person: Person,
    origin: Origin,
  ): Promise<string | undefined> {
    const { requestedBy, operation } = request;
    const verdict = mayRetry(person, { requestedBy, subMchids: await numbersOf(request) });
    if (verdict.kind === "refuse") return refuse(verdict, { userId: person.id, origin, asked: "retry", request });
    if (!isBulk(request)) {
      if (operation.superseded) return superseded(operation);
      if (operation.result && operation.result.kind !== "accepted" && guide(operation.result).retry === "new-request")
        return texts.decided.noRetry;
    }
    const retried = await ledger.operations.retry({ requestId: request.id, round, by: person.id, origin });
    if (retried.kind === "unknown") return texts.decided.unknown;
    if (retried.kind === "retried") {
      log.info({ request: request.id, round: round + 1, by: person.id }, "retried by a person");
      context.changed();
      context.approved();
      return undefined;
    }
    const now = retried.request;
    if (now.round > round) return texts.decided.retriedAlready;
    if (now.state !== "done" || now.counts.failed === 0) return texts.decided.notFailed;
    return isBulk(now) ? texts.bulk.answer.nothingToRetry : superseded(now.operation);
  }

  async function superseded(operation: OperationView): Promise<string> {
    const { underWay } = await ledger.history.status(operation.subMchid);
    return supersededMessage(operation, underWay, { texts, permalink: workspace.permalink });
  }

  async function stop(request: RequestView, person: Person, origin: Origin): Promise<string | undefined> {
    const verdict = mayStop(person);
    if (verdict.kind === "refuse") return refuse(verdict, { userId: person.id, origin, asked: "stop", request });
    const stopped = await ledger.requests.stop({ requestId: request.id, by: person.id, origin });
    if (stopped.kind === "unknown") return texts.decided.unknown;
    context.changed();
    if (stopped.kind === "stopped") {
      log.info({ request: request.id, by: person.id }, "request stopped");
      return undefined;
    }
    const { stoppedBy, stoppedAt = 0 } = stopped.request;
    if (stoppedBy === undefined) return texts.bulk.answer.nothingToStop;
    return texts.bulk.answer.stopped(date(stoppedAt, "ago"), user(stoppedBy));
  }

  return answer;
}
