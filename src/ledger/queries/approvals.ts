/** The approvals that requests have so far. */
import type { Approval } from "../../domain/approval.ts";
import type { Database } from "../../storage/schema.ts";

/** The approvals of a request, oldest first. */
export async function approvalsOf(db: Database, requestId: string): Promise<Approval[]> {
  return (await approvalsOfAll(db, [requestId])).get(requestId) ?? [];
}

/** The approvals of several requests, by request; those without any are left out of the map. */
export async function approvalsOfAll(db: Database, requestIds: readonly string[]): Promise<Map<string, Approval[]>> {
  const of = new Map<string, Approval[]>();
  if (requestIds.length === 0) return of;
  const rows = await db
    .selectFrom("approvals")
    .select(["request_id", "approver", "at"])
    .where("request_id", "in", requestIds)
    .orderBy("at")
    .orderBy("approver")
    .execute();
  for (const { request_id, approver: by, at } of rows) {
    const own = of.get(request_id);
    if (own) own.push({ by, at });
    else of.set(request_id, [{ by, at }]);
  }
  return of;
}
