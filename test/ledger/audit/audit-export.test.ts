/** The audit export as CSV files: complete, in order, and limited in size. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Span, TrailPart } from "../../../src/ledger/audit/audit-export.ts";
import { en } from "../../../src/text/en/catalogue.ts";
import { zhCN } from "../../../src/text/zh-CN/catalogue.ts";
import { type Bench, click, onEveryEngine } from "../builders.ts";

const everything: Span = { from: 0, to: Number.MAX_SAFE_INTEGER };

onEveryEngine("the audit export", (fresh) => {
  async function partsOf({ trail }: Bench, span: Span, partBytes = 1_000_000): Promise<TrailPart[]> {
    const parts: TrailPart[] = [];
    for await (const part of trail.parts(span, partBytes, en.events)) parts.push(part);
    return parts;
  }

  test("starts with a byte order mark and a header row, and shows what each event is about", async () => {
    const bench = await fresh();
    await bench.asked({ subMchid: "1900000109", reason: "=1+1, 新店", ticket: "=1", requestedBy: "UANN" });
    const [part, ...more] = await partsOf(bench, everything);
    assert.ok(part && more.length === 0);
    assert.deepEqual([...part.content.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
    const [heading = "", event = ""] = part.content.toString().slice(1).split("\r\n");
    const row = await bench.db.selectFrom("events").selectAll().executeTakeFirstOrThrow();
    const columns = Object.keys(row).flatMap((column) => (column === "what" ? ["what", "event"] : [column]));
    assert.deepEqual(heading.replaceAll('"', "").split(","), [
      ...columns,
      "sub_mchid",
      "action",
      "object",
      "scene",
      "reason",
      "ticket",
      "request_number",
    ]);
    assert.match(event, /"2026-01-05T17:00:00\.000\+08:00"/);
    assert.match(event, /"UANN","asked","requested",/);
    assert.match(event, /"`1900000109","OPEN","receipt","","`=1\+1, 新店","`=1","1001"$/);
  });

  test("names events in the configured language and by their stored name", async () => {
    const bench = await fresh();
    await bench.asked({ requestedBy: "UANN" });
    const written = { at: bench.clock.now(), actor: "UEVE", what: "constructor", request_id: null, operation_id: null };
    await bench.db
      .insertInto("events")
      .values({ ...written, detail_json: '{"v":2}' })
      .execute();
    const parts = bench.trail.parts(everything, 1_000_000, zhCN.events);
    const { content } = (await parts.next()).value ?? assert.fail();
    const [heading, asked, unknown] = content.toString().slice(1).split("\r\n");
    assert.match(heading ?? "", /^"序号","时间","操作人","事件代码","事件",/);
    assert.match(asked ?? "", /"UANN","asked","提交申请",/);
    assert.match(unknown ?? "", /"UEVE","constructor","constructor",/);
  });

  test("shows the reason of a request once, where it was submitted", async () => {
    const bench = await fresh();
    await bench.approved({ reason: "only once" });
    const [part] = await partsOf(bench, everything);
    assert.equal(part?.events, 2);
    assert.equal(part?.content.toString().split("only once").length, 2);
  });

  test("shows why a request was rejected", async () => {
    const bench = await fresh();
    const requestId = await bench.asked();
    await bench.requests.decide({ requestId, decision: "reject", by: "UBOB", origin: click, reason: "wrong shop" });
    const [part] = await partsOf(bench, everything);
    assert.match(
      part?.content.toString() ?? "",
      /"UBOB","rejected","rejected",.*"\{""v"":2,""reason"":""wrong shop""\}"/,
    );
  });

  test("contains the events from its start time up to, not including, its end time", async () => {
    const bench = await fresh();
    await bench.asked();
    bench.clock.advance(1_000);
    const from = bench.clock.now();
    await bench.asked();
    await bench.asked();
    bench.clock.advance(1_000);
    const to = bench.clock.now();
    await bench.asked();
    const parts = await partsOf(bench, { from, to });
    assert.deepEqual(
      parts.map(({ events, firstAt, lastAt, isLast }) => ({ events, firstAt, lastAt, isLast })),
      [{ events: 2, firstAt: from, lastAt: from, isLast: true }],
    );
    assert.equal(await bench.trail.hasEvents({ from, to }), true);
    assert.equal(await bench.trail.hasEvents({ from: to + 1, to: to + 2 }), false);
    assert.deepEqual(await partsOf(bench, { from: to + 1, to: to + 2 }), []);
  });

  test("splits into files of limited size without losing or repeating an event", async () => {
    const bench = await fresh();
    const events = Array.from({ length: 2_500 }, (_, i) => ({
      at: bench.clock.now() + Math.floor(i / 7),
      actor: "bot",
      what: "asked" as const,
      request_id: null,
      operation_id: null,
      detail_json: JSON.stringify({ v: 2, nth: i }),
    }));
    for (let i = 0; i < events.length; i += 500)
      await bench.db
        .insertInto("events")
        .values(events.slice(i, i + 500))
        .execute();
    const parts = await partsOf(bench, everything, 20_000);
    assert.ok(parts.length > 5);
    for (const { content } of parts) assert.ok(content.length <= 20_000, `${content.length} bytes`);
    const told = parts.flatMap(({ content }) =>
      [...content.toString().matchAll(/""nth"":(\d+)/g)].map(([, nth]) => Number(nth)),
    );
    assert.deepEqual(
      told,
      events.map((_, i) => i),
    );
    assert.deepEqual(
      parts.map(({ isLast }) => isLast),
      parts.map((part) => part === parts.at(-1)),
    );
    for (const part of parts) assert.equal(part.events, part.content.toString().split("\r\n").length - 2);
  });

  test("records who exported which time span", async () => {
    const bench = await fresh();
    await bench.trail.taken("UCAROL", click, { from: 5, to: 9 });
    const { actor, what, detail_json } = await bench.db.selectFrom("events").selectAll().executeTakeFirstOrThrow();
    assert.deepEqual([actor, what, detail_json], ["UCAROL", "exported", '{"v":2,"from":5,"to":9}']);
  });
});
