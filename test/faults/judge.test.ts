import assert from "node:assert/strict";
import { test } from "node:test";
import type { Action } from "../../src/domain/attempt-result.ts";
import type { Step } from "../../src/domain/goldplan/objects.ts";
import type { PlayedCall } from "../../src/playground/wechatpay/server.ts";
import { judge } from "./judge.ts";
import type { LedgerRequest, Records, Shown, Submission } from "./records.ts";

const subMchid = "1920000001";
const channel = "C0DESK00001";

const submission = (submittedAtMs: number, more: Partial<Submission> = {}): Submission => ({
  subMchid,
  channel,
  action: "OPEN",
  submittedAtMs,
  isPromised: true,
  ...more,
});

const call = (startedAtMs: number, more: Partial<PlayedCall> = {}): PlayedCall => ({
  subMchid,
  step: "receipt",
  operationType: "OPEN",
  attempt: 1,
  at: 0,
  startedAtMs,
  endedAtMs: startedAtMs + 5,
  verified: true,
  acted: true,
  answered: 200,
  ...more,
});

const request = (seq: number, more: Partial<LedgerRequest> = {}): LedgerRequest => ({
  id: `request-${seq}`,
  seq,
  subMchid,
  action: "OPEN",
  object: "receipt",
  step: "receipt",
  channel,
  state: "done",
  operationState: "succeeded",
  round: 1,
  decidedBy: "U0BOB00001",
  ts: `${seq}.000001`,
  events: ["asked", "approved", "attempt-started", "attempt-ended", "operation-succeeded", "request-done"],
  ...more,
});

const message = (seq: number, text: string): Shown => ({
  channel,
  ts: `${seq}.000001`,
  threadTs: undefined,
  text: `${text} · ${subMchid}`,
  requestIds: [`request-${seq}`],
});

const reply = (seq: number, words: string, ts = `${seq}.000002`): Shown => ({
  channel,
  ts,
  threadTs: `${seq}.000001`,
  text: `@ann ${words} ${subMchid}`,
  requestIds: [],
});

const switched = (receipt?: Action, goldplan?: Action) => (_: string, step: Step) => ({ receipt, goldplan })[step];

/** A sub-merchant that was opened and then closed, with every message posted. */
const good: Records = {
  submissions: [submission(0), submission(100, { action: "CLOSE" })],
  calls: [call(10), call(110, { operationType: "CLOSE", attempt: 2 })],
  stateOf: switched("CLOSE"),
  shown: [
    message(1, "Receipts opened"),
    reply(1, "receipts are open for"),
    message(2, "Receipts closed"),
    reply(2, "receipts are closed for"),
  ],
  requests: [request(1), request(2, { action: "CLOSE" })],
};

const rejected = request(2, {
  action: "CLOSE",
  state: "rejected",
  operationState: "cancelled",
  events: ["asked", "rejected"],
});

const cases: readonly {
  what: string;
  records: Partial<Records>;
  finds: Partial<Record<"lost" | "doubled" | "overtaken", RegExp>>;
}[] = [
  { what: "no finding in good records", records: {}, finds: {} },
  {
    what: "an acknowledged command that is not in the ledger",
    records: { submissions: [...good.submissions, submission(200)] },
    finds: { lost: /acknowledged but not recorded/ },
  },
  {
    what: "a command that was recorded twice",
    records: {
      requests: [...good.requests, rejected],
      shown: [...good.shown, message(2, "Rejected by @dan"), reply(2, "your request was rejected for")],
    },
    finds: { doubled: /submitted 2 times, recorded 3 times/ },
  },
  {
    what: "an approved operation that never ended",
    records: {
      requests: [request(1), request(2, { action: "CLOSE", state: "approved", operationState: "running" })],
      stateOf: switched("OPEN"),
      calls: [call(10)],
    },
    finds: { lost: /approved but never ended: approved\/running/ },
  },
  {
    what: "a success that is unknown to WeChat Pay",
    records: { calls: [call(10)] },
    finds: { lost: /unknown to WeChat Pay/ },
  },
  {
    what: "a request that is still undecided",
    records: {
      requests: [
        request(1),
        request(2, { action: "CLOSE", state: "pending", operationState: "waiting", events: ["asked"] }),
      ],
      calls: [call(10)],
      stateOf: switched("OPEN"),
    },
    finds: { lost: /still undecided/ },
  },
  {
    what: "a request that was decided twice",
    records: { requests: [request(1, { events: ["asked", "approved", "rejected"] }), request(2, { action: "CLOSE" })] },
    finds: { doubled: /decided 2 times: approved, rejected/ },
  },
  {
    what: "a call for a request that was rejected",
    records: {
      requests: [request(1), rejected],
      shown: [
        ...good.shown.slice(0, 2),
        message(2, "Rejected by @dan"),
        reply(2, "your request was rejected, to close receipts for"),
      ],
    },
    finds: { doubled: /although it was rejected/, overtaken: /receipt CLOSE in the end/ },
  },
  {
    what: "two overlapping attempts",
    records: { calls: [call(10, { endedAtMs: 30 }), call(20, { attempt: 2 }), ...good.calls.slice(1)] },
    finds: { doubled: /call 1 \(OPEN, 200\) and call 2 \(OPEN, 200\) overlapped/ },
  },
  {
    what: "a call of an earlier decision after that of a later one",
    records: { calls: [...good.calls, call(120, { attempt: 3 })] },
    finds: { overtaken: /call 3 \(OPEN, 200\) came after this request/ },
  },
  {
    what: "a sub-merchant whose state is not the last decision's",
    records: { stateOf: switched("OPEN") },
    finds: { overtaken: /receipt OPEN in the end, but the last successful decision was CLOSE/ },
  },
  {
    what: "an outcome that is not in its thread",
    records: { shown: good.shown.slice(0, 3) },
    finds: { lost: /its thread does not show it/ },
  },
  {
    what: "an outcome in another request's thread",
    records: { shown: [...good.shown.slice(0, 3), { ...reply(2, "receipts are closed for"), threadTs: "1.000001" }] },
    finds: { lost: /its thread does not show it/ },
  },
  {
    what: "a message that does not show the outcome",
    records: { shown: good.shown.map((one) => (one.ts === "2.000001" ? message(2, "Close receipts") : one)) },
    finds: { lost: /its message does not show it/ },
  },
  {
    what: "a request without a message",
    records: { shown: good.shown.slice(0, 2) },
    finds: { lost: /it has no message/ },
  },
  {
    what: "a round that the thread does not report",
    records: { requests: [request(1, { round: 2 }), request(2, { action: "CLOSE" })] },
    finds: { lost: /2 rounds, but the thread reports 1/ },
  },
];

for (const { what, records, finds } of cases) {
  test(`the judge finds ${what}`, () => {
    const { lost, doubled, overtaken } = judge({ ...good, ...records });
    for (const [kind, sentences] of Object.entries({ lost, doubled, overtaken })) {
      const expected = finds[kind as keyof typeof finds];
      if (expected) assert.match(sentences.join("\n"), expected, kind);
      else assert.deepEqual(sentences, [], kind);
    }
  });
}

test("a sub-merchant may be in the state of a failed operation that WeChat Pay carried out nevertheless", () => {
  const requests = [request(1), request(2, { action: "CLOSE", operationState: "failed" })];
  const shown = [...good.shown.slice(0, 2), message(2, "Not certain"), reply(2, "it is not certain whether")];
  assert.deepEqual(judge({ ...good, requests, shown }).overtaken, []);
});

test("duplicate messages and outcomes are counted", () => {
  const copies = [{ ...message(1, "Open receipts"), ts: "1.000003" }, reply(1, "receipts are open for", "1.000004")];
  assert.equal(judge({ ...good, shown: [...good.shown, ...copies] }).doubledPosts, 2);
});

/** A request for both, in two steps. */
const both: Records = {
  submissions: [submission(0)],
  calls: [call(10), call(20, { step: "goldplan" })],
  stateOf: switched("OPEN", "OPEN"),
  shown: [message(1, "Receipts and 点金计划 opened"), reply(1, "receipts and 点金计划 are open for")],
  requests: [request(1, { object: "both", step: "goldplan" })],
};
const judgeBoth = (records: Partial<Records>) => {
  const { lost, doubled, overtaken } = judge({ ...both, ...records });
  return [...lost, ...doubled, ...overtaken].join("\n");
};

test("the judge finds nothing in a request that went well in two steps", () => {
  assert.equal(judgeBoth({}), "");
});

test("the judge finds a step that WeChat Pay does not know, its other state, and one before its turn", () => {
  assert.match(judgeBoth({ calls: [call(10)] }), /goldplan succeeded, but the call is unknown to WeChat Pay/);
  assert.match(judgeBoth({ stateOf: switched("OPEN", "CLOSE") }), /goldplan CLOSE in the end/);
  const early = [call(10, { step: "goldplan" }), call(20)];
  assert.match(judgeBoth({ calls: early }), /came before its receipt was switched/);
});

test("a request that failed in its second step has switched the receipt", () => {
  const requests = [request(1, { object: "both", step: "goldplan", operationState: "failed" })];
  const shown = [message(1, "点金计划 not opened"), reply(1, "receipts were opened, but 点金计划 was not opened for")];
  const calls = [call(10), call(20, { step: "goldplan", acted: false, answered: 400 })];
  assert.equal(judgeBoth({ requests, shown, calls, stateOf: switched("OPEN") }), "");
  assert.match(judgeBoth({ requests, shown, calls, stateOf: switched() }), /receipt untouched in the end/);
});

test("the judge finds a call that switches what its request does not name", () => {
  const requests = [request(1)];
  const shown = [message(1, "Receipts opened"), reply(1, "receipts are open for")];
  assert.match(judgeBoth({ requests, shown, stateOf: switched("OPEN") }), /switched goldplan/);
});
