/** Answers to clicks that no longer change anything: what happened before, and who did it. */
import type { Approval } from "../../domain/approval.ts";
import { isBulk, stillIn } from "../../domain/approval.ts";
import { overlaps } from "../../domain/goldplan/objects.ts";
import type { HistoryEntry } from "../../ledger/queries/history.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import type { Texts } from "../../text/en/catalogue.ts";
import { merchant } from "../blocks/merchant.ts";
import { date, user } from "../blocks/mrkdwn.ts";
import { usersBefore } from "../blocks/request/approvals.ts";
import { remaining } from "../blocks/request/goldplan.ts";
import { stillHeldSentence } from "../blocks/request/held.ts";
import { endedSentence, type ListParts, requestLink } from "../blocks/request/outcome-line.ts";

/**
 * For an approver while more approvals are needed: facts that the request's message does not show, namely that they
 * approved before, and whose earlier approvals have lapsed. Undefined if the message shows everything.
 */
export function countedMessage(
  kind: "counted" | "counted-before",
  { approvals, approvalsNeeded }: RequestView,
  { self, lapsed }: { self: string; lapsed: readonly Approval[] },
  texts: Texts,
): string | undefined {
  const gone = lapsed.filter(({ by }) => !approvals.some((standing) => standing.by === by));
  if (kind === "counted" && gone.length === 0) return undefined;
  const missing = approvalsNeeded - approvals.length;
  const at = approvals.find(({ by }) => by === self)?.at ?? 0;
  return [
    ...(gone.length > 0 ? [texts.approvals.lapsed(gone.map(({ by }) => user(by)).join(texts.list))] : []),
    kind === "counted" ? texts.approvals.yoursCounts(missing) : texts.approvals.countedBefore(date(at, "ago"), missing),
  ].join(texts.between);
}

/** For a person who clicked too late: what happened in the meantime, and who did it. */
export function tooLateMessage(request: RequestView, self: string, texts: Texts): string {
  const { decided, between } = texts;
  const { state, decision } = request;
  const by = decision?.by ?? [];
  const at = decision?.at ?? 0;
  const [people, isOwn, when] = [by.map(user).join(texts.list), by.includes(self), date(at, "ago")];
  switch (state) {
    case "rejected":
      return isOwn ? decided.rejectedByYou(when) : decided.rejected(people, when);
    case "withdrawn":
      return isOwn ? decided.withdrawnByYou(when) : decided.withdrawn(people, when);
    case "expired":
      return decided.expired(when);
    case "pending":
    case "approved":
    case "done": {
      if (decision?.kind === "broke-glass" && !isOwn)
        return [
          texts.approvals.brokeGlassBefore(people, usersBefore(decision, texts), when),
          progressSentence(request, texts),
        ].join(between);
      const own = request.approvals.find((approval) => approval.by === self);
      const first = isOwn || own ? decided.approvedByYou(date(own?.at ?? at, "ago")) : decided.approved(people, when);
      return [first, progressSentence(request, texts)].join(between);
    }
    default:
      return state satisfies never;
  }
}

/** For a person who clicked Retry after somebody else, or twice. */
export function retriedMessage(
  { retried }: Pick<RequestView, "retried">,
  self: string,
  { decided }: Pick<Texts, "decided">,
): string {
  if (!retried) return decided.notFailed;
  const when = date(retried.at, "ago");
  return retried.by === self ? decided.retriedByYou(when) : decided.retried(user(retried.by), when);
}

/**
 * For a person who clicked Retry: another request for the same sub-merchant prevents it, permanently if it is a later
 * one for the same object.
 * @param underWay the other request for the sub-merchant that is open; undefined if none is any more
 */
export function supersededMessage(
  { object, operation }: Pick<RequestView, "object" | "operation">,
  underWay: HistoryEntry | undefined,
  parts: Pick<ListParts, "texts" | "permalink">,
): string {
  const { superseded } = parts.texts.decided;
  const subMerchant = merchant(operation, parts.texts);
  if (!underWay) return (operation.superseded ? superseded.ended : superseded.gone)(subMerchant);
  const link = requestLink(underWay, parts);
  if (underWay.seq > operation.seq && overlaps(object, underWay.object)) {
    const isUndecided = underWay.state === "waiting" || underWay.state === "held";
    return (isUndecided ? superseded.undecided : superseded.working)(subMerchant, link);
  }
  return operation.superseded ? superseded.ended(subMerchant) : superseded.open(subMerchant, link);
}

function progressSentence(request: RequestView, texts: Texts): string {
  const { decided } = texts;
  if (request.held) return stillHeldSentence(request, texts);
  const { counts, operation } = request;
  if (isBulk(request)) {
    const { open } = counts;
    const count = stillIn(request);
    return open > 0 ? texts.bulk.sentence.working(request, count - open, count) : endedSentence(request, texts);
  }
  const number = merchant(operation, texts);
  if (counts.open > 0) return decided.now.working(request, number);
  if (counts.succeeded > 0) return decided.now.done(request, number);
  const left = remaining({ ...request, step: operation.step });
  return (counts.uncertain > 0 ? decided.now.uncertain : decided.now.failed)(left, number);
}
