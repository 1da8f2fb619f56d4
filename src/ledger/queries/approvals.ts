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

/** The IDs of those requests that have an approval by this person. */
export async function approvedBy(db: Database, userId: string, requestIds: readonly string[]): Promise<Set<string>> {
  if (requestIds.length === 0) return new Set();
  const rows = await db
    .selectFrom("approvals")
    .select("request_id")
    .where("request_id", "in", requestIds)
    .where("approver", "=", userId)
    .execute();
  return new Set(rows.map(({ request_id }) => request_id));
}
