/** Submits requests for one or many sub-merchants, once each, however often Slack delivers the payload. */
import type { Database } from "../../storage/schema.ts";
import { type LedgerContext, onceCommitted } from "../ledger-context.ts";
import { inSets } from "../sets.ts";
import { submitAlone } from "./alone.ts";
import { bySource } from "./insertion.ts";
import type { NewRequest, SubmitResult } from "./new-request.ts";
import { isSimple, submitTogether } from "./together.ts";

/** Requests in one transaction. */
const requestsMax = 64;

/**
 * Submits a request. Most are for one sub-merchant: those that arrive at the same time share a transaction.
 * @throws RangeError for a request without sub-merchants
 */
export function createSubmit(context: LedgerContext): (request: NewRequest) => Promise<SubmitResult> {
  const alone = (request: NewRequest) => onceCommitted(context, (counting) => submitAlone(counting, request));
  const withOthers = inSets(context, {
    max: requestsMax,
    gatheringTurns: { sqlite: 1, postgres: 4 },
    keyOf: ({ subMchids: [subMchid = ""] }: NewRequest) => subMchid,
    together: (requests) => submitTogether(context, requests),
    alone,
  });
  return (request) => (isSimple(request) ? withOthers(request) : alone(request));
}

/** Whether the payload with this key was recorded as a request. */
export async function isRecorded(db: Database, sourceKey: string): Promise<boolean> {
  return (await bySource(db, sourceKey).executeTakeFirst()) !== undefined;
}
