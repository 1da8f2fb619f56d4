/** Holds of requests, as people see them: when they began, what they wait for, and how they ended. */
import type { Approval } from "../../domain/approval.ts";
import type { EventName } from "../../domain/events.ts";
import type { Database, RequestsTable } from "../../storage/schema.ts";
import { chainedColumns } from "../audit/hash-chain.ts";
import { parseObject } from "../audit/json-object.ts";
import { eventsWithMac } from "../audit/keys/macs.ts";

/** A held request. Times are milliseconds since the epoch. */
export interface HoldView {
  since: number;
  /** When it expires if nobody decides. */
  until: number;
  /** The last decision before the outage that approved the request. */
  confirmedAt: number;
  /** Who has pressed Carry out, oldest first, if the request needs several approvers. */
  confirmations: readonly Approval[];
}

/** How the last hold of a request ended, who ended it, and when. */
export interface HoldEnd {
  how: "carried-out" | "cancelled-held" | "held-expired";
  by: string;
  at: number;
}

type HeldRow = Pick<RequestsTable, "id" | "decided_at"> & {
  held_at: number | null;
  held_until: number | null;
  confirmed_at: number | null;
  approvals_needed: number;
};

/** Undefined if the request is not held. */
export async function holdOf(db: Database, row: HeldRow): Promise<HoldView | undefined> {
  const { held_at: since, held_until: until } = row;
  if (since === null || until === null) return undefined;
  return {
    since,
    until,
    confirmedAt: row.confirmed_at ?? row.decided_at ?? since,
    confirmations: row.approvals_needed > 1 ? await confirmationsOf(db, row.id) : [],
  };
}

/** Who has pressed Carry out on a held request; with LEDGER_KEY, only events with a valid MAC count. */
export async function confirmationsOf(db: Database, requestId: string): Promise<Approval[]> {
  return (await confirmationsOfAll(db, [requestId])).get(requestId) ?? [];
}

/** The IDs of those held requests on which this person has pressed Carry out, in the same way. */
export async function confirmedBy(db: Database, userId: string, heldIds: readonly string[]): Promise<Set<string>> {
  const confirmations = await confirmationsOfAll(db, heldIds);
  return new Set(heldIds.filter((id) => confirmations.get(id)?.some(({ by }) => by === userId)));
}

/**
 * By request: what was given since its last hold began and has not lapsed. The order of events counts and not their
 * times, because the clock may have been set back since: a clock that was ahead is a reason for holds.
 */
async function confirmationsOfAll(db: Database, requestIds: readonly string[]): Promise<Map<string, Approval[]>> {
  const standing = new Map<string, Approval[]>();
  if (requestIds.length === 0) return standing;
  const rows = await db
    .selectFrom("events")
    .select(chainedColumns)
    .where("request_id", "in", requestIds)
    .where("operation_id", "is", null)
    .where("what", "in", ["held", "carry-out-given", "carry-out-lapsed"])
    .orderBy("events.seq")
    .execute();
  const given = rows.filter(({ what }) => what === "carry-out-given");
  const signed = new Set(await eventsWithMac(db, given));
  for (const row of rows) {
    const { request_id: id, what, actor: by, at } = row;
    if (id === null) continue;
    const before = standing.get(id) ?? [];
    if (what === "held") standing.set(id, []);
    else if (what === "carry-out-lapsed") {
      const { approver } = parseObject(row.detail_json);
      standing.set(
        id,
        before.filter((one) => one.by !== approver),
      );
    } else if (signed.has(row)) standing.set(id, [...before, { by, at: Number(at) }]);
  }
  return standing;
}

/**
 * Whether the last hold was cancelled or expired and nobody has retried the request since then: the approvals before
 * that hold no longer count. A Retry after it was the approval that its round needed.
 */
export async function isUnconfirmed(db: Database, requestId: string): Promise<boolean> {
  const last = await lastOf(db, requestId, [...holdEnds, "retried"]);
  return last?.what === "cancelled-held" || last?.what === "held-expired";
}

/** Undefined if the request was never held. */
export async function holdEndOf(db: Database, requestId: string): Promise<HoldEnd | undefined> {
  const row = await lastOf(db, requestId, holdEnds);
  return row && { how: row.what as HoldEnd["how"], by: row.actor, at: row.at };
}

const holdEnds = ["carried-out", "cancelled-held", "held-expired"] as const satisfies readonly HoldEnd["how"][];

function lastOf(db: Database, requestId: string, what: readonly EventName[]) {
  return db
    .selectFrom("events")
    .select(["what", "actor", "at"])
    .where("request_id", "=", requestId)
    .where("operation_id", "is", null)
    .where("what", "in", what)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
}
