/** What a decision in App Home did: the request is no longer listed there, and its message is elsewhere. */
import type { RequestView } from "../../ledger/queries/request-view.ts";
import { requestLine } from "../blocks/lists/request-line.ts";
import { listPartsOf, type SlackContext } from "../context.ts";

/**
 * For the person who decided; undefined if the ledger does not say. Never rejects: the decision has taken effect, so an
 * apology would be wrong.
 * @param requestId the request, whose state is read again
 */
export async function doneInHome(context: SlackContext, requestId: string, self: string): Promise<string | undefined> {
  try {
    const request = await context.ledger.requests.find(requestId);
    return request && sentences(context, request, self);
  } catch (error) {
    context.log.warn({ err: error, request: requestId }, "a home does not show what was decided in it");
    return undefined;
  }
}

function sentences(context: SlackContext, request: RequestView, self: string): string {
  const line = requestLine(request, listPartsOf(context));
  const missing = stillMissing(request, self, context);
  return missing === undefined ? context.texts.home.done(line) : `${missing}\n${line}`;
}

/** What a request still needs that waits for further people; undefined if it waits for nobody. */
function stillMissing(
  { state, approvals, approvalsNeeded, held }: RequestView,
  self: string,
  { texts }: SlackContext,
): string | undefined {
  const counts = (given: readonly { by: string }[]) => given.some(({ by }) => by === self);
  if (state === "pending" && counts(approvals)) return texts.approvals.yoursCounts(approvalsNeeded - approvals.length);
  if (held && counts(held.confirmations))
    return texts.held.answer.confirmed(approvalsNeeded - held.confirmations.length);
  return undefined;
}
