/** Add 点金计划: a new request for it, in the name of the person who presses the button, where receipts were opened. */
import type { SlackContext } from "../context.ts";
import { submitFollowUp } from "./follow-up-request.ts";
import type { RequestAction } from "./request-action.ts";

export async function addGoldPlan(context: SlackContext, action: RequestAction): Promise<string | undefined> {
  const { ledger, texts } = context;
  const { request, round } = action;
  const subMchids = await ledger.goldplan.without(request.id);
  if (subMchids.length === 0) return texts.goldplan.nothingToAdd;
  return submitFollowUp(context, action, {
    // A second press, by anybody, finds the same request until that has ended.
    sourceKey: await ledger.goldplan.keyOfNext(request.id, round),
    action: "OPEN",
    object: "goldplan",
    subMchids,
  });
}

/** Why a receipt page can stay empty although both are open. */
export async function explainEmptyPage({ texts }: SlackContext): Promise<string> {
  return texts.goldplan.whyEmpty.join("\n");
}
