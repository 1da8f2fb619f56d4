/** What a request's messages say about 点金计划 and about requests in two steps. */
import type { Button, KnownBlock } from "@slack/types";
import { isBulk } from "../../../domain/approval.ts";
import type { Change } from "../../../domain/goldplan/change.ts";
import type { Step } from "../../../domain/goldplan/objects.ts";
import type { Reopening } from "../../../domain/goldplan/reopening.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { actionIds } from "../../payloads/ids.ts";
import { buttons, confirmation, context, plain } from "../elements.ts";
import { code, date } from "../mrkdwn.ts";

/** Whether an operation on both has switched the receipt, and not 点金计划 yet. */
export function isHalfDone({ object, step }: { object: Change["object"]; step: Step }): boolean {
  return object === "both" && step === "goldplan";
}

/** What an operation that has not succeeded still has to switch. */
export function remaining({ action, object, step }: Change & { step: Step }): Change {
  return { action, object: isHalfDone({ object, step }) ? "goldplan" : object };
}

/** The scene, in which a person reads what a request will do; no block if it does not switch 点金计划. */
export function sceneBlocks({ scene }: RequestView, { goldplan }: Texts): KnownBlock[] {
  return scene === undefined ? [] : [context(goldplan.scene(scene))];
}

/** While it is carried out: which of two steps is next. */
export function stepWords({ object, operation }: RequestView, { goldplan }: Texts): string[] {
  return object === "both" ? [goldplan.workingOn(operation.step)] : [];
}

/** After a request for one sub-merchant has failed: what the other step did. */
export function otherStepLines(request: RequestView, texts: Texts): string[] {
  const { goldplan, between } = texts;
  if (request.object === "both" && request.operation.step === "receipt") return [goldplan.notTried];
  return doneBefore(request, texts).map((sentence) => `${sentence}${between}${goldplan.continues}`);
}

/** After a request for both ended with its second step: what the first one did, as a sentence of its own. */
export function doneBefore({ action, object, operation }: RequestView, { goldplan }: Texts): string[] {
  return isHalfDone({ object, step: operation.step }) ? [goldplan.thread.halfCancelled({ action, object })] : [];
}

/** Before the decision: when 点金计划 can be opened that this bot closed less than 24 hours ago. */
export function reopeningBlocks(
  request: RequestView,
  reopening: Reopening | undefined,
  { goldplan }: Texts,
): KnownBlock[] {
  if (!reopening) return [];
  const { count, first, closedAt, from } = reopening;
  if (!isBulk(request)) return [context(goldplan.reopens(date(closedAt), date(from)))];
  const numbers = first.map(code).join(" ");
  return [context(goldplan.reopensForMany(count, numbers, count - first.length, date(from)))];
}

/**
 * Opens 点金计划 where receipts alone were opened.
 * @param count for how many sub-merchants this bot has not opened it; none for no button
 */
export function addButtons({ id, round }: RequestView, count: number, texts: Texts): Button[] {
  if (count === 0) return [];
  return [
    {
      type: "button",
      action_id: actionIds.addGoldPlan,
      text: plain(texts.goldplan.add),
      value: `${id}:${round}`,
      confirm: confirmation(texts, texts.goldplan.confirmAdd(count)),
    },
  ];
}

/** After receipts and 点金计划 were opened: a button that explains why a receipt page can stay empty. */
export function emptyPageBlocks({ id, action, object }: RequestView, { goldplan }: Texts): KnownBlock[] {
  if (action !== "OPEN" || object !== "both") return [];
  return [
    buttons("empty-page", [
      { type: "button", action_id: actionIds.emptyPage, text: plain(goldplan.emptyPage), value: id },
    ]),
  ];
}
