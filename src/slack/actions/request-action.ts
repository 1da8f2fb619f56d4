/** A click on a request's message, as passed to its button's handler. */
import { isBulk } from "../../domain/approval.ts";
import type { Person } from "../../domain/policy.ts";
import type { RequestView } from "../../ledger/queries/request-view.ts";
import { subMchidsMax } from "../../parsing/number-list/sub-mchid.ts";
import type { DeniedAttempt, SlackContext } from "../context.ts";
import type { RequestClick } from "../payloads/payloads.ts";

export interface RequestAction {
  /** The request's state just before the click is handled; the transaction decides. */
  request: RequestView;
  person: Person;
  attempt: DeniedAttempt;
  payload: RequestClick;
  /** The round that the button belongs to. */
  round: number;
}

/** Resolves to the answer for the person who clicked; undefined if the message shows it. */
export type RequestActionHandler = (context: SlackContext, action: RequestAction) => Promise<string | undefined>;

/** Every sub-merchant of a request, for the policy to check. */
export async function subMchidsOf({ ledger }: SlackContext, request: RequestView): Promise<string[]> {
  return isBulk(request) ? ledger.bulk.firstNumbers(request.id, subMchidsMax) : [request.operation.subMchid];
}
