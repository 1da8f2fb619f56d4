/** Add 点金计划: a new request for it, in the name of the person who presses the button, where receipts were opened. */
import { mayRequest } from "../../domain/policy.ts";
import type { SlackContext } from "../context.ts";
import { refuse } from "../replies/refuse.ts";
import { submitRequest, whereToPost } from "../replies/submit-request.ts";
import type { RequestAction } from "./request-action.ts";

export async function addGoldPlan(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { ledger, texts, settings } = context;
  const { request, person, attempt, round } = action;
  if (settings.GOLDPLAN === "off") return texts.goldplan.off;
  const subMchids = await ledger.goldplan.without(request.id);
  if (subMchids.length === 0) return texts.goldplan.nothingToAdd;
  const verdict = mayRequest(person, subMchids);
  if (verdict.kind === "refuse") return refuse(context, verdict, attempt);
  const { reason, channelId } = request;
  const place = await whereToPost(context, { by: "command", channelId });
  if ("answer" in place) return place.answer;
  const { told } = await submitRequest(context, place, {
    // A second press, by anybody, finds the same request.
    sourceKey: `add-goldplan:${request.id}:${round}`,
    action: "OPEN",
    object: "goldplan",
    subMchids,
    reason,
    requestedBy: person.id,
    origin: attempt.origin,
  });
  return told;
}

/** Why a receipt page can stay empty although both are open. */
export async function explainEmptyPage({ texts }: SlackContext): Promise<string> {
  return texts.goldplan.whyEmpty.join("\n");
}
