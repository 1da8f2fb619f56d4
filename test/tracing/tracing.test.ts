/** With an SDK that somebody loaded, a request is one trace from the command to the thread. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { busy } from "../../src/playground/wechatpay/scenario.ts";
import { findTracing } from "../../src/tracing/find-sdk.ts";
import { freshNumber, openStage } from "../e2e/support/stage.ts";
import { eventually } from "../eventually.ts";

test("without an SDK, nothing of OpenTelemetry is called", async () => {
  trace.disable();
  assert.equal(await findTracing("1.0.0"), undefined);
});

test("an SDK sees one trace from the command to the thread, across a restart", async (t) => {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  after(() => trace.disable());
  const stage = await openStage();
  t.after(() => stage.close());
  const number = freshNumber();
  let calls = 0;
  stage.weChatPay.behave(number, () => (calls++ === 0 ? busy() : undefined));
  const request = await stage.request("ann", `open ${number}`);
  await stage.untilKnown(request);
  await stage.restart();
  await stage.press("bob", request, "Approve");
  await stage.untilShown(request, "Receipts opened");
  await stage.untilReply(request);
  const [row] = await stage.rows("select request_id from operations where sub_mchid = ?", number);
  const requestId = String(row?.["request_id"]);
  const spans = () =>
    exporter.getFinishedSpans().filter(({ attributes }) => attributes["receipt.request"] === requestId);
  await eventually(() => spans().some(({ attributes }) => attributes["receipt.kind"] === "outcome"));
  assert.ok(spans().every((span) => span.spanContext().traceId === requestId));
  assert.ok(spans().every((span) => span.parentSpanContext?.spanId === requestId.slice(-16)));
  const named = (name: string) => spans().filter((span) => span.name === `receipt ${name}`);
  const results = (name: string) => named(name).map(({ attributes }) => attributes["receipt.result"]);
  assert.deepEqual(results("submit"), ["recorded"]);
  assert.deepEqual(results("decide"), ["decided"]);
  assert.deepEqual(results("attempt"), ["refused", "accepted"]);
  // SpanStatusCode: unset, and error.
  assert.deepEqual(
    named("attempt").map(({ status }) => status.code),
    [2, 0],
  );
  assert.ok(named("post").some(({ attributes }) => attributes["receipt.kind"] === "message"));
});
