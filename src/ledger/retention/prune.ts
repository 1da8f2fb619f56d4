/**
 * Prunes what is older than RETAIN, one batch per transaction: ended requests with everything that belongs to them, and
 * events that are no part of a request's history. After each batch, the audit trail is complete in itself.
 */
import { sql, type Transaction } from "kysely";
import { agingEvents } from "../../storage/migrations/from-0018/0021-retention.ts";
import type { Database, Schema } from "../../storage/schema.ts";
import { newestGrantEvents } from "../audit/grant-events.ts";
import { differencesOf } from "../audit/replay/request-differences.ts";
import { loadRequests } from "../audit/replay/stored-requests.ts";
import { newestSeal } from "../audit/sealing.ts";
import type { LedgerContext } from "../ledger-context.ts";
import { chunks, removeEvents, type SealedEvent } from "./checkpoint.ts";
import { type EndedPlace, endedRequests, lockPrunable, prunable } from "./prunable-requests.ts";
import { takePruningLease } from "./pruning-lease.ts";

/** A batch examines at most this many requests, with this many operations together, or this many other events. */
const requestsMax = 500;
const operationsMax = 1_000;
const eventsMax = 1_000;

export interface PruneInput<Place> {
  /** RETAIN, in milliseconds. */
  retainMs: number;
  /** Where the last batch ended; undefined for the first. */
  after: Place | undefined;
}

export type Pruned<Place> =
  /** Another instance is pruning. */
  | { kind: "elsewhere" }
  /** `next` is undefined after the last batch. */
  | { kind: "pruned"; requests: number; operations: number; events: number; next: Place | undefined };

/** Ended requests, with their operations, attempts, approvals, posts and events. */
export async function pruneRequests(
  context: LedgerContext,
  { retainMs, after }: PruneInput<EndedPlace>,
): Promise<Pruned<EndedPlace>> {
  const { db } = context.store;
  const before = context.clock.now() - retainMs;
  const examined = await endedRequests(db, { before, after, requestsMax, operationsMax });
  const next = examined.at(-1);
  const nothing = { kind: "pruned", requests: 0, operations: 0, events: 0, next } as const;
  const old = examined.map(({ id }) => id);
  // Everything that takes time comes before the transaction, which locks out other writers on SQLite.
  const ids = old.length === 0 ? [] : await matching(db, await prunable(db, old, before));
  if (ids.length === 0) return nothing;
  return db.transaction().execute(async (transaction) => {
    if (!(await takePruningLease(context, transaction))) return { kind: "elsewhere" };
    const sealed = await sealedRequests(transaction, await lockPrunable(transaction, ids, before));
    const requests = [...sealed.keys()];
    const events = [...sealed.values()].flat();
    if (requests.length === 0) return nothing;
    const operations = await countOperations(transaction, requests);
    await removeEvents(context, transaction, { events, before, retainMs, requests: requests.length, operations });
    for (const some of chunks(requests)) await removeRequests(transaction, some);
    return { kind: "pruned", requests: requests.length, operations, events: events.length, next };
  });
}

/** What differs from its trail stays, so that the audit goes on naming it. */
async function matching(db: Database, ids: readonly string[]): Promise<string[]> {
  const stored = ids.length === 0 ? [] : await loadRequests(db, ids);
  return stored.filter((request) => differencesOf(request).length === 0).map(({ row }) => row.id);
}

/**
 * The events of each request, if all of them are sealed. The newest seal stays, because the next one continues from it.
 */
async function sealedRequests(
  transaction: Transaction<Schema>,
  ids: readonly string[],
): Promise<Map<string, SealedEvent[]>> {
  if (ids.length === 0) return new Map();
  const head = await newestSeal(transaction);
  const rows = await transaction
    .selectFrom("events")
    .leftJoin("seals", "seals.event_seq", "events.seq")
    .select(["events.request_id", "events.seq", "seals.position", "seals.hash"])
    .where("events.request_id", "in", ids)
    .where(sql<boolean>`not (${sql.raw(agingEvents)})`)
    .execute();
  const sealed = new Map<string, SealedEvent[]>(ids.map((id) => [id, []]));
  for (const { request_id: id, seq, position, hash } of rows) {
    const isSealed = position !== null && hash !== null && position < head.position;
    if (isSealed) sealed.get(id ?? "")?.push({ seq, position, hash });
    else sealed.delete(id ?? "");
  }
  return sealed;
}

async function countOperations(transaction: Transaction<Schema>, requests: readonly string[]): Promise<number> {
  const { count } = await transaction
    .selectFrom("operations")
    .select((row) => row.fn.countAll<number>().as("count"))
    .where("request_id", "in", requests)
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function removeRequests(transaction: Transaction<Schema>, ids: readonly string[]): Promise<void> {
  const approvals = await transaction
    .selectFrom("approvals")
    .select(["request_id", "approver"])
    .where("request_id", "in", ids)
    .execute();
  const refs = [...ids, ...approvals.map(({ request_id, approver }) => `${request_id}:${approver}`)];
  for (const some of chunks(refs))
    await transaction.deleteFrom("macs").where("kind", "=", "approval").where("ref", "in", some).execute();
  for (const table of ["approvals", "posts", "given_names"] as const)
    await transaction.deleteFrom(table).where("request_id", "in", ids).execute();
  await transaction
    .deleteFrom("attempts")
    .where("operation_id", "in", (row) => row.selectFrom("operations").select("id").where("request_id", "in", ids))
    .execute();
  await transaction.deleteFrom("operations").where("request_id", "in", ids).execute();
  await transaction.deleteFrom("requests").where("id", "in", ids).execute();
}

/** A place among the events that age, in the order of their time. */
export interface EventPlace {
  at: number;
  seq: number;
}

/**
 * Refusals, exports, and events about roles, except for the newest about each person or group and each role; and the
 * notices to one person that Slack shows.
 */
export async function pruneEvents(
  context: LedgerContext,
  { retainMs, after }: PruneInput<EventPlace>,
): Promise<Pruned<EventPlace>> {
  const before = context.clock.now() - retainMs;
  return context.store.db.transaction().execute(async (transaction) => {
    if (!(await takePruningLease(context, transaction))) return { kind: "elsewhere" };
    await removeNotices(transaction, before);
    const head = await newestSeal(transaction);
    const newest = new Set([...(await newestGrantEvents(transaction)).values()].map(({ seq }) => seq));
    let aged = transaction
      .selectFrom("events")
      .leftJoin("seals", "seals.event_seq", "events.seq")
      .select(["events.seq", "events.at", "seals.position", "seals.hash"])
      .where(sql<boolean>`${sql.raw(agingEvents)}`)
      .where("events.at", "<=", before);
    if (after) aged = aged.where(sql<boolean>`(events.at, events.seq) > (${after.at}, ${after.seq})`);
    const rows = await aged.orderBy("events.at").orderBy("events.seq").limit(eventsMax).execute();
    const events = rows.flatMap(({ seq, position, hash }) =>
      position === null || hash === null || position >= head.position || newest.has(seq)
        ? []
        : [{ seq, position, hash }],
    );
    if (events.length > 0)
      await removeEvents(context, transaction, { events, before, retainMs, requests: 0, operations: 0 });
    const next = rows.length < eventsMax ? undefined : rows.at(-1);
    return { kind: "pruned", requests: 0, operations: 0, events: events.length, next };
  });
}

/** They are not part of the audit trail. */
async function removeNotices(transaction: Transaction<Schema>, before: number): Promise<void> {
  const old = transaction
    .selectFrom("posts")
    .select("id")
    .where("request_id", "is", null)
    .whereRef("shown", ">=", "wanted")
    .where("due_at", "<=", before)
    .limit(eventsMax);
  await transaction.deleteFrom("posts").where("id", "in", old).execute();
}
