/** Submits requests for one sub-merchant each, all in one transaction, if none of them needs a second look. */
import { commitOrRollBack, rollBack } from "../../storage/rollback.ts";
import { record } from "../audit/audit-log.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { insertSingleOperations } from "../operations/insertion.ts";
import { enqueuePosts } from "../outbox/enqueue.ts";
import { askedEvent, type Identified, insertRequests, sceneOf } from "./insertion.ts";
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
  const all = requests.map((request): Identified => ({ id: random.id(), now, request }));
  const isRecorded = await commitOrRollBack(store.db, async (transaction) => {
    if ((await insertRequests(transaction, all)).size < all.length) return rollBack(false);
    const operations = all.map(({ id, request }) => ({ requestId: id, ...request, scene: sceneOf(request) }));
    if ((await insertSingleOperations(context, transaction, operations)) < all.length) return rollBack(false);
    const posts = all.map(({ id, request: { channelId } }) => ({ requestId: id, channelId }));
    await enqueuePosts(
      transaction,
      posts.map((post) => ({ ...post, kind: "message", round: 0, now })),
    );
    await record(
      transaction,
      all.map((one) => askedEvent(one, one.request.subMchids)),
    );
    return true;
  });
  if (!isRecorded) return undefined;
  for (const { action, object } of requests) metrics?.requestMoved({ action, object }, "pending");
  return all.map(({ id }) => ({ kind: "recorded", requestId: id, skipped: [] }));
}
