/** Builders for the ledger's tests: an empty ledger on each engine, a clock to move, and requests in any state. */
import assert from "node:assert/strict";
import { after, before, describe } from "node:test";
import type { Transaction } from "kysely";
import type { CallResult } from "../../src/domain/attempt-result.ts";
import type { Clock, Random } from "../../src/domain/clock.ts";
import type { RateLimit } from "../../src/domain/rate-limiter.ts";
import type { NextStep } from "../../src/domain/retry-policy.ts";
import { type AuditEvent, type Origin, record } from "../../src/ledger/audit/audit-log.ts";
import type { Decision } from "../../src/ledger/decisions.ts";
import { createLedger, type Ledger } from "../../src/ledger/ledger.ts";
import type { ClaimedAttempt } from "../../src/ledger/operations/operations.ts";
import type { ClaimedPost } from "../../src/ledger/outbox/outbox.ts";
import type { RequestView } from "../../src/ledger/queries/request-view.ts";
import type { NewRequest } from "../../src/ledger/requests/new-request.ts";
import { type TableName, tables } from "../../src/storage/copy-ledger.ts";
import type { Database, Schema } from "../../src/storage/schema.ts";
import { type Engine, engines, type TestStore, unguarded } from "../storage/engines.ts";

export const hourMs = 3_600_000;
export const leaseMs = 10_000;
export const accepted: CallResult = { kind: "accepted", status: 200, requestId: "wx-1" };
export const refused: CallResult = {
  kind: "refused",
  fault: "no-auth",
  status: 403,
  code: "NO_AUTH",
  message: "没有权限",
};
export const serverError: CallResult = { kind: "refused", fault: "server-error", status: 500 };

/** No limit on calls. */
export const atAnyPace: RateLimit = { perSecond: 1e6, burst: 1e6 };

/** The origin of a click. */
export const click: Origin = { from: "click", channelId: "COPS" };

export interface VirtualClock extends Clock {
  /** Moves both clocks forward and ends the sleeps that are over by then. */
  advance(ms: number): void;
  /** Sets the wall clock ahead without letting time pass. */
  setAhead(ms: number): void;
  /** When the next sleep ends, in milliseconds since the epoch. */
  nextWake(): number | undefined;
}

/** The fields of a request that matter to a test; `subMchid` for a request for one sub-merchant. */
export type What = Partial<NewRequest> & { subMchid?: string };

export interface Bench extends Ledger {
  store: TestStore;
  db: Database;
  clock: VirtualClock;
  random: Random;
  /** Submits a request for a new number, unless `what` says otherwise; returns its id. */
  asked(what?: What): Promise<string>;
  decided(requestId: string, decision: Decision, by?: string): Promise<RequestView>;
  approved(what?: What): Promise<string>;
  /** Claims up to `limit` due operations. */
  claim(limit: number): Promise<ClaimedAttempt[]>;
  /** Claims the only operation that is due. */
  claimed(): Promise<ClaimedAttempt>;
  /** A request whose only round has failed, `refused` by WeChat Pay. */
  failed(what?: What): Promise<string>;
  succeeded(what?: What): Promise<string>;
  expired(what?: What): Promise<string>;
  request(requestId: string): Promise<RequestView>;
  /** The names of a request's audit events, in order. */
  events(requestId: string): Promise<string[]>;
  count(table: keyof Schema): Promise<number>;
}

/** Defines the same tests for every engine; `fresh` empties the engine's ledger and resets the clock. */
export function onEveryEngine(idea: string, define: (fresh: () => Promise<Bench>, engine: Engine) => void): void {
  for (const engine of engines) {
    describe(`${idea} (${engine.name})`, { skip: engine.skip }, () => {
      let store: TestStore | undefined;
      before(async () => {
        store = await engine.open();
      });
      after(() => store?.close());
      define(async () => {
        assert.ok(store);
        await emptied(store);
        const made = bench(store);
        // An instance has just worked on it; without a heartbeat, an executor would look for what is stale first.
        await made.db
          .insertInto("ledger_info")
          .values({ name: "heartbeat", value: String(made.clock.now()) })
          .execute();
        return made;
      }, engine);
    });
  }
}

/** In one transaction, and thus one commit, because there are hundreds of tests. */
function emptied({ db, engine }: TestStore): Promise<void> {
  return db.transaction().execute(async (transaction) => {
    const all = (Object.keys(tables) as TableName[]).reverse();
    await unguarded({ db: transaction, engine }, async () => {
      for (const table of all) await transaction.deleteFrom(table).execute();
    });
    await transaction.updateTable("paces").set({ empty_at: 0, share: 1, slowed_at: 0 }).execute();
  });
}

function bench(store: TestStore): Bench {
  const { db } = store;
  const clock = virtualClock();
  const random = countingRandom();
  const ledger = createLedger({ store, clock, random, mchid: "1900000100", instance: "us" });
  const { requests, operations } = ledger;
  let numbers = 0;

  async function asked(what: What = {}): Promise<string> {
    const answer = await requests.submit(aRequest({ subMchid: String(1_900_000_000 + numbers++), ...what }));
    assert.equal(answer.kind, "recorded");
    return answer.kind === "recorded" ? answer.requestId : "";
  }

  async function decided(requestId: string, decision: Decision, by = "UAPPROVER"): Promise<RequestView> {
    const answer = await requests.decide({ requestId, decision, by, origin: click });
    assert.equal(answer.kind, "decided");
    return request(requestId);
  }

  async function approved(what?: What): Promise<string> {
    const requestId = await asked(what);
    await decided(requestId, "approve");
    return requestId;
  }

  async function claim(limit: number): Promise<ClaimedAttempt[]> {
    return (await operations.claimDue({ limit, leaseMs, rateLimit: atAnyPace })).attempts;
  }

  async function claimed(): Promise<ClaimedAttempt> {
    const [attempt, ...more] = await claim(8);
    assert.ok(attempt && more.length === 0, "exactly one operation should be due");
    return attempt;
  }

  async function ended(what: What | undefined, result: CallResult, next: NextStep): Promise<string> {
    const requestId = await approved(what);
    assert.equal(await operations.conclude(await claimed(), result, next), "concluded");
    return requestId;
  }

  async function request(requestId: string): Promise<RequestView> {
    const found = await requests.find(requestId);
    assert.ok(found, `the ledger has no request ${requestId}`);
    return found;
  }

  return {
    ...ledger,
    store,
    db,
    clock,
    random,
    asked,
    decided,
    approved,
    claim,
    claimed,
    failed: (what) => ended(what, refused, { kind: "fail" }),
    succeeded: (what) => ended(what, accepted, { kind: "succeed" }),
    async expired(what) {
      const requestId = await asked(what);
      clock.advance(hourMs);
      assert.equal(await requests.expireDue(1), 1);
      return requestId;
    },
    request,
    async events(requestId) {
      const rows = db.selectFrom("events").select("what").where("request_id", "=", requestId).orderBy("seq");
      return (await rows.execute()).map((row) => row.what);
    },
    async count(table) {
      const row = await db.selectFrom(table).select(db.fn.countAll().as("rows")).executeTakeFirstOrThrow();
      return Number(row.rows);
    },
  };
}

let payloads = 0;

/** A request by UASKER in COPS that may stay undecided for an hour, with its own Slack payload. */
export function aRequest(what: What = {}): NewRequest {
  const { subMchid = "1900000109", ...more } = what;
  return {
    sourceKey: `payload-${payloads++}`,
    action: "OPEN",
    object: "receipt",
    scene: "JSAPI",
    subMchids: [subMchid],
    reason: undefined,
    requestedBy: "UASKER",
    channelId: "COPS",
    origin: { from: "command", channelId: "COPS" },
    ttlMs: hourMs,
    remindAfterMs: 0,
    approvalRule: { needed: 1 },
    ...more,
  };
}

/** Records an event without a request. */
export function recordedEvent(transaction: Transaction<Schema>, what: Partial<AuditEvent> = {}): Promise<void> {
  return record(transaction, [
    { what: "asked", at: Date.UTC(2026, 0, 5, 9), actor: "UASKER", origin: click, detail: { action: "OPEN" }, ...what },
  ]);
}

/** Records this many events, each in its own transaction. */
export async function withEvents({ db }: Bench, count: number): Promise<void> {
  for (let nth = 0; nth < count; nth++)
    await db.transaction().execute((transaction) => recordedEvent(transaction, { detail: { nth } }));
}

export const claimPost = ({ outbox }: Bench, owner = "us", channelId = "COPS") =>
  outbox.claim({ owner, leaseMs, channelId });

export async function claimedPost(bench: Bench, owner?: string): Promise<ClaimedPost> {
  return (await claimPost(bench, owner)) ?? assert.fail("a post should be due");
}

/** A request whose message is posted as `ts`, with nothing left to show. */
export async function posted(bench: Bench, ts = "17.1"): Promise<string> {
  const requestId = await bench.asked();
  await bench.outbox.recordShown(await claimedPost(bench), "us", { channelId: "COPS", ts });
  return requestId;
}

/** Runs `work` while the audit trail cannot be written. */
export async function withoutAudit(db: Database, work: () => Promise<unknown>): Promise<void> {
  await db.schema.alterTable("events").renameTo("events_away").execute();
  try {
    await work();
  } finally {
    await db.schema.alterTable("events_away").renameTo("events").execute();
  }
}

/** Makes `count` promises in the same turn and returns their results. */
export function atOnce<T>(count: number, make: (nth: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, nth) => make(nth)));
}

/** Another instance on the same ledger, whose transactions are counted. */
export function counted({ store, clock, random }: Pick<Bench, "store" | "clock" | "random">) {
  let transactions = 0;
  const db = new Proxy(store.db, {
    get(target, name) {
      if (name === "transaction") transactions += 1;
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  }) as Database;
  const ledger = createLedger({ store: { ...store, db }, clock, random, mchid: "1900000100", instance: "us" });
  return { ...ledger, transactions: () => transactions };
}

/** A clock that only moves when a test moves it. */
export function virtualClock(): VirtualClock {
  let now = Date.UTC(2026, 0, 5, 9);
  let aheadMs = 0;
  const sleepers = new Map<() => void, number>();
  return {
    now: () => now + aheadMs,
    setAhead: (ms) => {
      aheadMs += ms;
    },
    monotonic: () => now,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = () => {
        sleepers.delete(wake);
        resolve();
      };
      sleepers.set(wake, now + ms);
      signal?.addEventListener("abort", wake, { once: true });
      return promise;
    },
    advance(ms) {
      now += ms;
      for (const [wake, at] of [...sleepers]) if (at <= now) wake();
    },
    nextWake: () => (sleepers.size === 0 ? undefined : Math.min(...sleepers.values())),
  };
}

/** Ascending ids, and no randomness: the back-off is as short as possible. */
function countingRandom(): Random {
  let ids = 0;
  return { fraction: () => 0, id: () => `id-${String(ids++).padStart(6, "0")}` };
}
