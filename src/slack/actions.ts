/** Clicks on a request's message: who presses is checked, the ledger decides who was first, and the rest are told. */
import { z } from "zod";
import { guide } from "../receipt/guidance.ts";
import { mayDecide, mayRetry, mayWithdraw, type Person } from "../receipt/policy.ts";
import type { RequestView } from "../receipt/request-view.ts";
import type { Decision } from "../receipt/requests.ts";
import { refusalAnswer, tooLateAnswer } from "./answers.ts";
import { actionIds } from "./blocks/request.ts";
import type { BotParts } from "./bot.ts";
import { code } from "./mrkdwn.ts";

/** What the bot needs of a click's payload; see "block_actions" in Slack's documentation. */
export const clickPayload = z.object({
  user: z.object({ id: z.string().min(1) }),
  container: z.object({ message_ts: z.string().optional() }).optional(),
  actions: z
    .array(
      z.object({
        action_id: z.enum(actionIds),
        value: z.string().optional(),
        selected_option: z.object({ value: z.string() }).nullish(),
      }),
    )
    .min(1),
});
export type ClickPayload = z.infer<typeof clickPayload>;

/** Does what the click asks for; resolves to the answer for whoever pressed, or to nothing where the message shows it. */
export type ClickAnswerer = (payload: ClickPayload) => Promise<string | undefined>;

const decisionOf = {
  [actionIds.approve]: "approve",
  [actionIds.reject]: "reject",
  [actionIds.more]: "withdraw",
} as const satisfies Record<string, Decision>;

export function createClickAnswerer(parts: BotParts): ClickAnswerer {
  const { settings, ledger, roles, people, texts, log } = parts;
  const { SLACK_COMMAND: command, APPROVAL_POLICY: policy } = settings;

  async function answer(payload: ClickPayload): Promise<string | undefined> {
    const [click] = payload.actions;
    if (!click) return undefined;
    const [requestId = "", round = "0"] = (click.selected_option?.value ?? click.value ?? "").split(":");
    const request = await ledger.requests.find(requestId);
    if (!request) return texts.decided.unknown;
    const ts = payload.container?.message_ts;
    if (ts && !request.messageTs) await ledger.posts.learned(requestId, ts);
    const person = await people.find(payload.user.id);
    if (!person) return texts.refusal.standing.stranger;
    return click.action_id === actionIds.retry
      ? retry(request, Number(round), person)
      : decide(request, decisionOf[click.action_id], person);
  }

  async function decide(request: RequestView, decision: Decision, person: Person): Promise<string | undefined> {
    // The requester is the ledger's, whatever the message that was clicked says.
    const verdict = decision === "withdraw" ? mayWithdraw(person, request) : mayDecide(person, request, policy);
    if (verdict.kind === "refuse") return refuse(verdict, request, person);
    const decided = await ledger.requests.decide({ requestId: request.id, decision, by: person.id });
    if (decided.kind === "unknown") return texts.decided.unknown;
    parts.changed();
    if (decided.kind === "too-late") return tooLateAnswer(decided.request, person.id, texts);
    log.info({ request: request.id, decision, by: person.id }, "request decided");
    if (decision === "approve") parts.approved();
    return undefined;
  }

  async function retry(request: RequestView, round: number, person: Person): Promise<string | undefined> {
    const verdict = mayRetry(person, request);
    if (verdict.kind === "refuse") return refuse(verdict, request, person);
    const { operation } = request;
    if (operation.superseded) return texts.decided.superseded(code(operation.subMchid));
    if (operation.result && operation.result.kind !== "accepted" && guide(operation.result).retry === "new-request")
      return texts.decided.noRetry;
    const retried = await ledger.operations.retry({ requestId: request.id, round, by: person.id });
    if (retried.kind === "unknown") return texts.decided.unknown;
    if (retried.kind === "retried") {
      log.info({ request: request.id, round: round + 1, by: person.id }, "retried by a person");
      parts.changed();
      parts.approved();
      return undefined;
    }
    const now = retried.request.operation;
    if (now.round > round) return texts.decided.retriedAlready;
    return now.state === "failed" ? texts.decided.superseded(code(now.subMchid)) : texts.decided.notFailed;
  }

  function refuse(refusal: Parameters<typeof refusalAnswer>[0], request: RequestView, person: Person): Promise<string> {
    log.info({ request: request.id, by: person.id, why: refusal.why }, "click refused");
    return refusalAnswer(refusal, { self: person.id, requestedBy: request.requestedBy, roles, command, texts });
  }

  return answer;
}
