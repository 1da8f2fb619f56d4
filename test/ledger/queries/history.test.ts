/** Queries: the last state of a sub-merchant, pages of history by every filter, and pending requests. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { steps } from "../../../src/domain/goldplan/objects.ts";
import type { HistoryFilter } from "../../../src/ledger/queries/history.ts";
import type { Page, PageCursor } from "../../../src/ledger/queries/pages.ts";
import type { PendingCursor, PendingEntry } from "../../../src/ledger/queries/pending.ts";
import { type Bench, claimedPost, click, hourMs, onEveryEngine } from "../builders.ts";

const number = "1900000109";
const dayMs = 24 * hourMs;

onEveryEngine("the last state of a sub-merchant", (fresh) => {
  test("is unknown for a number without requests", async () => {
    const bench = await fresh();
    await bench.succeeded();
    assert.deepEqual(await bench.history.status(number), {
      previous: steps.map((step) => ({ step, lastSet: undefined, failure: undefined })),
      underWay: undefined,
      leftOut: undefined,
    });
  });

  test("is the last success, with its requester, approver, times and message", async () => {
    const bench = await fresh();
    await bench.succeeded({ subMchid: number, action: "OPEN" });
    const requestId = await bench.asked({ subMchid: number, action: "CLOSE", requestedBy: "UANN" });
    await showAll(bench);
    await bench.decided(requestId, "approve", "UBOB");
    bench.clock.advance(5_000);
    const endedAt = bench.clock.now();
    await bench.operations.conclude(await bench.claimed(), { kind: "accepted", status: 200 }, { kind: "succeed" });
    const { previous, underWay } = await bench.history.status(number);
    const { lastSet, failure } = previous[0] ?? {};
    assert.ok(lastSet);
    const { action, requestedBy, decision, channelId, messageTs } = lastSet;
    assert.deepEqual(
      { action, requestedBy, decision, channelId, messageTs, endedAt: lastSet.endedAt },
      {
        action: "CLOSE",
        requestedBy: "UANN",
        decision: { kind: "approved", by: ["UBOB"], at: endedAt - 5_000 },
        channelId: "COPS",
        messageTs: "17.3",
        endedAt,
      },
    );
    assert.deepEqual([underWay, failure], [undefined, undefined]);
  });

  test("is accompanied by the operation that is waiting, queued or running", async () => {
    const bench = await fresh();
    const state = async () => (await bench.history.status(number)).underWay?.state;
    const requestId = await bench.asked({ subMchid: number });
    assert.equal(await state(), "waiting");
    await bench.decided(requestId, "approve");
    assert.equal(await state(), "queued");
    await bench.claimed();
    assert.equal(await state(), "running");
  });

  test("is accompanied by the last failure until a later success, and never by a rejected request", async () => {
    const bench = await fresh();
    await bench.succeeded({ subMchid: number });
    await bench.failed({ subMchid: number });
    const receipt = async () => (await bench.history.status(number)).previous[0];
    assert.equal((await receipt())?.failure?.result?.kind, "refused");
    assert.equal((await receipt())?.lastSet?.state, "succeeded");
    await bench.decided(await bench.asked({ subMchid: number }), "reject");
    assert.ok((await receipt())?.failure, "a rejected request changed nothing");
    await bench.succeeded({ subMchid: number });
    assert.equal((await receipt())?.failure, undefined);
    assert.deepEqual(await bench.history.previous(number, ["receipt"]), [await receipt()], "approvers see the same");
  });
});

/** The history of a sub-merchant where the filter names one, of all requests otherwise, in one shape. */
async function list(bench: Bench, filter: HistoryFilter, cursor?: PageCursor) {
  const { subMchid, ...others } = filter;
  if (subMchid !== undefined) return bench.history.page({ ...others, subMchid }, cursor);
  const page = await bench.history.requests(others, cursor);
  const entries = page.entries.map(({ number: seq, decision, operation: { subMchid, state, result } }) => {
    return { seq, decision, subMchid, state, result: state === "failed" ? result : undefined };
  });
  return { ...page, entries };
}

onEveryEngine("history", (fresh) => {
  /** One operation for every way to end, and two that have not ended; oldest first. */
  async function filled(): Promise<Bench> {
    const bench = await fresh();
    await bench.succeeded({ subMchid: "1", requestedBy: "UANN", action: "OPEN" });
    await bench.failed({ subMchid: "2", requestedBy: "UANN", action: "CLOSE" });
    bench.clock.advance(10 * dayMs);
    await bench.failed({ subMchid: "1", requestedBy: "UEVE", action: "OPEN" });
    await bench.decided(await bench.asked({ subMchid: "3", requestedBy: "UANN", action: "OPEN" }), "reject");
    await bench.expired({ subMchid: "4", requestedBy: "UEVE", action: "CLOSE" });
    await bench.approved({ subMchid: "5", requestedBy: "UEVE", action: "OPEN" });
    await bench.asked({ subMchid: "1", requestedBy: "UANN", action: "CLOSE" });
    return bench;
  }

  test("applies every filter, alone and combined, newest first", async () => {
    const bench = await filled();
    const since = bench.clock.now() - dayMs;
    const rows: [filter: HistoryFilter, numbers: string[]][] = [
      [{}, ["1", "5", "4", "3", "1", "2", "1"]],
      [{ subMchid: "1" }, ["1", "1", "1"]],
      [{ subMchid: "9" }, []],
      [{ requestedBy: "UANN" }, ["1", "3", "2", "1"]],
      [{ requestedBy: "UNOBODY" }, []],
      [{ action: "OPEN" }, ["5", "3", "1", "1"]],
      [{ action: "CLOSE" }, ["1", "4", "2"]],
      [{ failed: true }, ["1", "2"]],
      [{ since }, ["1", "5", "4", "3", "1"]],
      [{ since: bench.clock.now() + dayMs }, []],
      [{ failed: true, since }, ["1"]],
      [{ failed: true, requestedBy: "UANN" }, ["2"]],
      [{ failed: true, action: "OPEN" }, ["1"]],
      [{ failed: true, action: "OPEN", requestedBy: "UANN" }, []],
      [{ requestedBy: "UANN", action: "OPEN", since }, ["3"]],
      [{ subMchid: "1", action: "OPEN" }, ["1", "1"]],
      [{ subMchid: "1", requestedBy: "UANN", since }, ["1"]],
      [{ subMchid: "1", failed: true }, ["1"]],
      [{ subMchid: "1", requestedBy: "UEVE", action: "OPEN", failed: true, since }, ["1"]],
    ];
    for (const [filter, numbers] of rows) {
      const page = await list(bench, filter);
      assert.deepEqual(
        page.entries.map(({ subMchid }) => subMchid),
        numbers,
        JSON.stringify(filter),
      );
      assert.deepEqual([page.hasOlder, page.hasNewer], [false, false]);
    }
  });

  test("shows how each entry ended and who decided: every approver, and no one if it expired", async () => {
    const bench = await filled();
    const { entries } = await list(bench, {});
    assert.deepEqual(
      entries.map(({ state, decision, result }) => [state, decision?.kind, decision?.by.join(), result?.kind]),
      [
        ["waiting", undefined, undefined, undefined],
        ["queued", "approved", "UAPPROVER", undefined],
        ["cancelled", "expired", "", undefined],
        ["cancelled", "rejected", "UAPPROVER", undefined],
        ["failed", "approved", "UAPPROVER", "refused"],
        ["failed", "approved", "UAPPROVER", "refused"],
        ["succeeded", "approved", "UAPPROVER", undefined],
      ],
    );
  });

  test("names every approver of each request on a page, in order", async () => {
    const bench = await fresh();
    const approve = (requestId: string, by: string) =>
      bench.requests.decide({ requestId, decision: "approve", by, origin: click });
    const approvalRule = { needed: 2 };
    const [one, other] = [await bench.asked({ approvalRule }), await bench.asked({ approvalRule })];
    await bench.approved();
    for (const [requestId, by] of [
      [one, "UZOE"],
      [other, "UBOB"],
      [other, "UDAN"],
      [one, "UBOB"],
    ] as const) {
      await approve(requestId, by);
      bench.clock.advance(1_000);
    }
    const alone = await bench.asked({ approvalRule });
    await approve(alone, "UBOB");
    await bench.decided(alone, "break-glass", "UASKER");
    const withdrawn = await bench.asked({ approvalRule });
    await approve(withdrawn, "UBOB");
    await bench.decided(withdrawn, "withdraw", "UASKER");
    const undecided = await bench.asked({ approvalRule });
    await approve(undecided, "UBOB");
    const { entries } = await list(bench, {});
    assert.deepEqual(
      entries.map(({ decision }) => [decision?.kind, decision?.by]),
      [
        [undefined, undefined],
        ["withdrawn", ["UASKER"]],
        ["broke-glass", ["UASKER"]],
        ["approved", ["UAPPROVER"]],
        ["approved", ["UBOB", "UDAN"]],
        ["approved", ["UZOE", "UBOB"]],
      ],
    );
    for (const id of [one, other, alone, withdrawn, undecided]) {
      const request = await bench.request(id);
      const entry = entries.find(({ subMchid }) => subMchid === request.operation.subMchid);
      assert.deepEqual(request.decision, entry?.decision, "a request and its entry show the same decision");
    }
  });

  test("has pages to the oldest entry and back to the newest, each entry once, while new requests arrive", async () => {
    const bench = await fresh();
    for (let i = 0; i < 25; i++) await bench.asked({ action: i % 2 === 0 ? "OPEN" : "CLOSE" });
    const first = await list(bench, {});
    assert.deepEqual([first.entries.length, first.hasOlder, first.hasNewer], [10, true, false]);
    await bench.asked();
    const second = await list(bench, {}, older(first));
    const third = await list(bench, {}, older(second));
    assert.deepEqual([third.entries.length, third.hasOlder, third.hasNewer], [5, false, true]);
    const seen = [first, second, third].flatMap(({ entries }) => entries.map(({ seq }) => seq));
    assert.equal(new Set(seen).size, 25);
    assert.deepEqual(
      seen,
      seen.toSorted((one, other) => other - one),
    );
    assert.deepEqual(await list(bench, {}, newer(third)), second);
    const back = await list(bench, {}, newer(second));
    assert.deepEqual(
      [back.entries.length, back.hasNewer],
      [10, true],
      "the request that was submitted meanwhile is newer",
    );
    const top = await list(bench, {}, newer(back));
    assert.deepEqual(top, await list(bench, {}));
    assert.equal(top.hasNewer, false);
  });

  test("shows the first page if the entries of a page no longer match", async () => {
    const bench = await fresh();
    await bench.failed({ subMchid: "1" });
    const requestId = await bench.failed({ subMchid: "2" });
    const place = older(await list(bench, { failed: true }));
    await bench.operations.retry({ requestId, round: 1, by: "UANN", origin: click });
    const page = await list(bench, { failed: true }, place);
    assert.deepEqual(
      page.entries.map(({ subMchid }) => subMchid),
      ["1"],
    );
    assert.deepEqual([page.hasOlder, page.hasNewer], [false, false]);
  });

  test("shows a bulk request once, with its counts, and its sub-merchants page by page", async () => {
    const bench = await fresh();
    const subMchids = Array.from({ length: 25 }, (_, nth) => String(100 + nth));
    const id = await bench.asked({ subMchids, requestedBy: "UANN" });
    await bench.outbox.recordShown(await claimedPost(bench), "us", { channelId: "COPS", ts: "17.1" });
    const { entries } = await bench.history.requests({ requestedBy: "UANN" });
    assert.deepEqual(
      entries.map(({ number, counts, messageTs }) => [number, counts.total, messageTs]),
      [[(await bench.request(id)).number, 25, "17.1"]],
    );
    assert.equal((await bench.requests.findByNumber(entries[0]?.number ?? 0))?.id, id);
    assert.equal(await bench.requests.findByNumber(1), undefined);

    const first = await bench.history.ofRequest(id);
    const second = await bench.history.ofRequest(id, older(first));
    const third = await bench.history.ofRequest(id, older(second));
    const seen = [first, second, third].flatMap((page) => page.entries.map(({ subMchid }) => subMchid));
    assert.deepEqual(seen, subMchids);
    assert.deepEqual(
      [first, second, third].map(({ hasOlder, hasNewer }) => [hasOlder, hasNewer]),
      [
        [true, false],
        [true, true],
        [false, true],
      ],
    );
    assert.deepEqual(await bench.history.ofRequest(id, newer(third)), second);
    assert.deepEqual(await bench.history.ofRequest(id, newer(second)), first);
    const [entry] = (await bench.history.page({ subMchid: "101" })).entries;
    assert.equal(entry?.number, entries[0]?.number, "an operation names its request");
  });
});

onEveryEngine("the list of pending requests", (fresh) => {
  test("is oldest first, without requests that were decided or have expired", async () => {
    const bench = await fresh();
    await bench.asked({ subMchid: "1", ttlMs: 1_000 });
    await bench.asked({ subMchid: "2" });
    bench.clock.advance(1_000);
    await bench.approved({ subMchid: "3" });
    await bench.asked({ subMchid: "4", requestedBy: "UANN" });
    const page = await bench.pending.page();
    assert.deepEqual(numbersOf(page), [["2"], ["4"]]);
    assert.deepEqual([page.hasOlder, page.hasNewer], [false, false]);
    assert.equal(page.entries[1]?.requestedBy, "UANN");
    assert.equal(page.entries[1]?.expiresAt, bench.clock.now() + hourMs);
  });

  test("shows the first numbers of a bulk request", async () => {
    const bench = await fresh();
    await bench.asked({ subMchids: ["1", "2", "3", "4"] });
    const [entry] = (await bench.pending.page()).entries;
    assert.deepEqual([entry?.merchants.map(({ subMchid }) => subMchid), entry?.total], [["1", "2", "3"], 4]);
  });

  test("has pages to the newest request and back to the oldest, even if many were submitted in one millisecond", async () => {
    const bench = await fresh();
    for (let i = 0; i < 25; i++) await bench.asked();
    const first = await bench.pending.page();
    const second = await bench.pending.page(later(first));
    const third = await bench.pending.page(later(second));
    assert.deepEqual([third.entries.length, third.hasOlder, third.hasNewer], [5, true, false]);
    const seen = [first, second, third].flatMap(({ entries }) => entries.map(({ id }) => id));
    assert.equal(new Set(seen).size, 25);
    assert.deepEqual(await bench.pending.page(earlier(third)), second);
    assert.deepEqual(await bench.pending.page(earlier(second)), first);
    for (const { id } of third.entries) await bench.decided(id, "reject");
    assert.deepEqual(await bench.pending.page(later(second)), await bench.pending.page(), "nothing is left there");
  });
});

function numbersOf({ entries }: Page<PendingEntry>): string[][] {
  return entries.map(({ merchants }) => merchants.map(({ subMchid }) => subMchid));
}

type Placed = Page<{ seq: number }>;
const older = ({ entries }: Placed): PageCursor => ({ direction: "older", seq: entries.at(-1)?.seq ?? Number.NaN });
const newer = ({ entries }: Placed): PageCursor => ({ direction: "newer", seq: entries[0]?.seq ?? Number.NaN });

function placeOf(direction: "older" | "newer", entry: PendingEntry | undefined): PendingCursor {
  return { direction, createdAt: entry?.createdAt ?? Number.NaN, id: entry?.id ?? "" };
}
const later = ({ entries }: Page<PendingEntry>) => placeOf("newer", entries.at(-1));
const earlier = ({ entries }: Page<PendingEntry>) => placeOf("older", entries[0]);

/** Slack accepts every post that is due, as 17.1, 17.2 and so on. */
async function showAll(bench: Bench): Promise<void> {
  const { db, outbox } = bench;
  for (let nth = 1; await isAnyDue(); nth++)
    await outbox.recordShown(await claimedPost(bench), "us", { channelId: "COPS", ts: `17.${nth}` });
  async function isAnyDue(): Promise<boolean> {
    return (await db.selectFrom("posts").select("id").whereRef("shown", "<", "wanted").execute()).length > 0;
  }
}
