/** Submits requests for one sub-merchant each, all in one transaction, if none of them needs a second look. */
import { commitOrRollBack, rollBack } from "../../storage/rollback.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { insertSingleOperations } from "../operations/insertion.ts";
import { type Inserted, insertRequests, recordSubmission, sceneOf } from "./insertion.ts";
import type { NewRequest, SubmitResult } from "./new-request.ts";

/** Whether a request can be submitted together with others. */
export function isSimple({ subMchids, givenNames, resubmits }: NewRequest): boolean {
  return subMchids.length === 1 && givenNames === undefined && resubmits === undefined;
}

/** Undefined, with nothing written, if a payload was recorded before or a sub-merchant has an open request. */
export async function submitTogether(
  context: LedgerContext,
  requests: readonly NewRequest[],
): Promise<SubmitResult[] | undefined> {
  const { store, clock, random, metrics } = context;
  const now = clock.now();
  const all = requests.map((request): Inserted => ({ id: random.id(), now, request, subMchids: request.subMchids }));
  const isRecorded = await commitOrRollBack(store.db, async (transaction) => {
    if ((await insertRequests(transaction, all)).size < all.length) return rollBack(false);
    const operations = all.map(({ id, request }) => ({ requestId: id, ...request, scene: sceneOf(request) }));
    if ((await insertSingleOperations(context, transaction, operations)) < all.length) return rollBack(false);
    await recordSubmission(transaction, all);
    return true;
  });
  if (!isRecorded) return undefined;
  for (const { action, object } of requests) metrics?.requestMoved({ action, object }, "pending");
  return all.map(({ id }) => ({ kind: "recorded", requestId: id, skipped: [] }));
}
