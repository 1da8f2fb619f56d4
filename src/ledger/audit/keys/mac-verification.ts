/** Verifies the MACs of every event, every current grant and every approval, for `npm run audit`. */
import type { Database, Store } from "../../../storage/schema.ts";
import type { Runner } from "../../../storage/statement.ts";
import { allGrants } from "../../grant-store.ts";
import { approvalsOfAll } from "../../queries/approvals.ts";
import { readConsistently } from "../consistent-read.ts";
import { grantName, newestGrantEvents } from "../grant-events.ts";
import { type ChainedEvent, chainedColumns } from "../hash-chain.ts";
import { findEvents } from "../sealing.ts";
import { approvalsWithMac, verifiedDecision } from "./approval-macs.ts";
import { grantsWithMac } from "./grant-macs.ts";
import { eventsWithMac, keyOf, type LedgerKey } from "./macs.ts";

/** A record whose MAC is wrong or missing. */
export type BadMac =
  | { of: "event"; event: ChainedEvent }
  | { of: "grant"; id: string }
  /** The decision on a request, or one of its approvals. */
  | { of: "approval"; id: string };

/** Rows in memory at a time. */
const pageSize = 500;

/** All records whose MAC is wrong or missing. Call `signWith` first. @throws if the database has no key */
export async function* badMacs(store: Store): AsyncGenerator<BadMac, void> {
  const { db } = store;
  const key = keyOf(db);
  if (!key) throw new Error("MACs are verified under a key");
  yield* ofEvents(store);
  // Records that changed between two reads are read again, in one transaction.
  if ((await ofGrants(db)).length > 0) yield* await readConsistently(store, ofGrants);
  for await (const id of decided(db)) {
    const find = (on: Runner) => ofRequest(on, key, id);
    if ((await find(db)).length > 0) yield* await readConsistently(store, find);
  }
}

/** Every event, in pages. */
export async function* allEvents(db: Database): AsyncGenerator<ChainedEvent[], void> {
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const page = await db
      .selectFrom("events")
      .select(chainedColumns)
      .where("seq", ">", after)
      .orderBy("events.seq")
      .limit(pageSize)
      .execute();
    const last = page.at(-1);
    if (!last) return;
    yield page;
    after = Number(last.seq);
  }
}

async function* ofEvents(store: Store): AsyncGenerator<BadMac, void> {
  for await (const page of allEvents(store.db)) {
    const bad = await withoutMac(store.db, page);
    if (bad.length === 0) continue;
    const numbers = bad.map(({ seq }) => Number(seq));
    // What was pruned between the two reads is gone by now.
    const certain = await readConsistently(store, async (on) => withoutMac(on, await findEvents(on, numbers)));
    for (const event of certain) yield { of: "event", event };
  }
}

async function withoutMac(on: Runner, events: readonly ChainedEvent[]): Promise<ChainedEvent[]> {
  const good = new Set(await eventsWithMac(on, events));
  return events.filter((event) => !good.has(event));
}

async function ofGrants(on: Runner): Promise<BadMac[]> {
  const grants = await allGrants(on);
  const events = await newestGrantEvents(on);
  const nameOf = ({ holder, role }: (typeof grants)[number]) => grantName(holder, role);
  const good = new Set(await grantsWithMac(on, grants, (grant) => events.get(nameOf(grant))?.seq ?? 0));
  return grants.filter((grant) => !good.has(grant)).map((grant) => ({ of: "grant", id: nameOf(grant) }));
}

async function ofRequest(on: Runner, key: LedgerKey, id: string): Promise<BadMac[]> {
  const found: BadMac[] = [];
  const request = await on.selectFrom("requests").select("state").where("id", "=", id).executeTakeFirst();
  const isApproved = request?.state === "approved" || request?.state === "done";
  if (isApproved && !(await verifiedDecision(on, key, id))) found.push({ of: "approval", id });
  const approvals = (await approvalsOfAll(on, [id])).get(id) ?? [];
  const good = new Set(await approvalsWithMac(on, id, approvals));
  for (const approval of approvals) if (!good.has(approval)) found.push({ of: "approval", id: `${id}:${approval.by}` });
  return found;
}

/** Every request that was approved or has approvals, one by one. */
export async function* decided(db: Database): AsyncGenerator<string, void> {
  for (let after = ""; ; ) {
    const page = await db
      .selectFrom("requests")
      .select(["id", "state", "approvals_needed"])
      .where("id", ">", after)
      .orderBy("id")
      .limit(pageSize)
      .execute();
    for (const { id, state, approvals_needed } of page)
      if (state === "approved" || state === "done" || approvals_needed > 1) yield id;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.id;
  }
}
