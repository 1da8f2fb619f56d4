/** A request in one line, for App Home and the history; a bulk request with its counts. */
import { isBulk, stillIn } from "../../../domain/approval.ts";
import type { RequestView } from "../../../ledger/queries/request-view.ts";
import type { Texts } from "../../../text/en/catalogue.ts";
import { merchant } from "../merchant.ts";
import { date } from "../mrkdwn.ts";
import { peopleWords } from "../request/approvals.ts";
import { endedLine, type ListParts, lastOf, outcomeOf, requestAndTicket } from "../request/outcome-line.ts";

export function requestLine(request: RequestView, parts: ListParts): string {
  const { texts } = parts;
  const what = isBulk(request) ? texts.home.many(stillIn(request)) : merchant(request.operation, texts);
  const [outcome, people, when] = [outcomeLine(request, texts), peopleWords(request, texts), date(lastOf(request))];
  return texts.history.entry(what, outcome, people, when, requestAndTicket(request, parts));
}

function outcomeLine(request: RequestView, texts: Texts): string {
  const { action, object, state, operation } = request;
  if (isBulk(request) && state === "done") return endedLine(request, texts, "list");
  // A request that has not been carried out completely looks the same for one and for many sub-merchants.
  const operationState = state === "approved" ? (request.held ? "held" : "running") : operation.state;
  const { step, result } = operation;
  const about = { action, object, step, requestState: state, excludedBy: undefined, result };
  return outcomeOf({ ...about, state: operationState }, texts);
}
