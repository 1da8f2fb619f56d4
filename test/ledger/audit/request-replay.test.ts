/** Replaying events that are rare: operations that were held after an outage, and events that contradict each other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReplayedEvent } from "../../../src/ledger/audit/replay/operation-replay.ts";
import {
  differencesOf,
  type StoredOperation,
  type StoredRequest,
} from "../../../src/ledger/audit/replay/request-differences.ts";

const event = (what: string, actor = "bot", detail: object = {}, operationId: string | null = null): ReplayedEvent => ({
  at: 1,
  actor,
  what,
  operationId,
  detail: { ...detail },
});

const submitted = [
  event("asked", "UANN", { action: "OPEN", subMchids: ["1900000001", "1900000002"] }),
  event("approved", "UBOB"),
];
const started = event("attempt-started", "bot", { round: 1, attempt: 1 }, "first");

const operation = (nth: "first" | "second", state: StoredOperation["state"]): StoredOperation => ({
  id: nth,
  sub_mchid: nth === "first" ? "1900000001" : "1900000002",
  action: "OPEN",
  requested_by: "UANN",
  state,
  round: 1,
  topic: null,
  left_out_by: null,
});

function stored(
  events: readonly ReplayedEvent[],
  states: readonly [StoredOperation["state"], StoredOperation["state"]],
  row: Partial<StoredRequest["row"]> = {},
): StoredRequest {
  return {
    row: {
      id: "r",
      reason: null,
      approvals_needed: 1,
      uncertain: 0,
      action: "OPEN",
      object: "receipt",
      scene: null,
      requested_by: "UANN",
      state: "approved",
      decided_by: "UBOB",
      decided_at: 1,
      decision_reason: null,
      stopped_by: null,
      stopped_at: null,
      broke_glass: 0,
      round: 1,
      total: 2,
      open: 2,
      succeeded: 0,
      failed: 0,
      left_out: 0,
      ...row,
    },
    operations: [operation("first", states[0]), operation("second", states[1])],
    approvals: [],
    attempts: [],
    events,
  };
}

const fieldsOf = (request: StoredRequest) => differencesOf(request).map(({ of, field }) => `${of} ${field}`);

test("held operations match their trail, whether they had started or not", () => {
  const taken = event("held", "bot", { running: ["first"] });
  assert.deepEqual(fieldsOf(stored([...submitted, started, taken], ["held", "held"])), []);
  assert.deepEqual(fieldsOf(stored([...submitted, started, event("held")], ["running", "held"])), []);
});

test("operations that are held without an event are named", () => {
  assert.deepEqual(fieldsOf(stored([...submitted, started], ["held", "queued"])), ["operation state"]);
});

test("held operations can be carried out, cancelled by someone, or expire", () => {
  const held = [...submitted, event("held")];
  assert.deepEqual(fieldsOf(stored([...held, event("carried-out", "UBOB")], ["queued", "queued"])), []);
  const done = { state: "done", open: 0 } as const;
  const cancelled = [...held, event("cancelled-held", "UCAROL", { cancelled: 2 })];
  const by = { stopped_by: "UCAROL", stopped_at: 1 };
  assert.deepEqual(fieldsOf(stored(cancelled, ["cancelled", "cancelled"], { ...done, ...by })), []);
  const expired = [...held, event("held-expired", "bot", { cancelled: 2 })];
  assert.deepEqual(fieldsOf(stored(expired, ["cancelled", "cancelled"], done)), []);
  assert.deepEqual(fieldsOf(stored(expired, ["cancelled", "queued"], done)), ["operation state", "request cancelled"]);
});

test("an operation that left its hold without an event is named", () => {
  const held = [...submitted, event("held")];
  assert.deepEqual(fieldsOf(stored(held, ["queued", "held"])), ["operation state"]);
  // Once an attempt has begun, the event itself is impossible.
  assert.deepEqual(fieldsOf(stored([...held, started], ["running", "held"])), [
    "operation state",
    "operation attempt-started",
  ]);
});

const own = (what: string, detail: object = {}) => event(what, "bot", { round: 1, attempt: 1, ...detail }, "first");
const succeeded = [
  ...submitted,
  started,
  own("attempt-ended", { result: "accepted", next: "succeed" }),
  own("operation-succeeded"),
];

for (const [what, more] of [
  ["an attempt after the operation had succeeded", [own("attempt-started", { attempt: 2 })]],
  ["an attempt in a round that no Retry began", [own("attempt-started", { round: 2 })]],
  ["a second end of an operation", [own("operation-succeeded")]],
  ["an attempt that was handed back after its end", [own("attempt-handed-back")]],
] as const)
  test(`${what} is named`, () => {
    const names = fieldsOf(stored([...succeeded, ...more], ["succeeded", "queued"]));
    assert.ok(names.includes(`operation ${more[0].what}`), names.join());
  });

test("an attempt without a number is named, and so is one that skips a number", () => {
  for (const detail of [{ attempt: undefined }, { attempt: 2 }])
    assert.ok(
      fieldsOf(stored([...submitted, own("attempt-started", detail)], ["running", "queued"])).includes(
        "operation attempt-started",
      ),
    );
});

test("a stop cancels operations that had not started; it may miss those handed back at that moment", () => {
  const stopped = (count: number) => event("stopped", "UBOB", { cancelled: count });
  const by = { stopped_by: "UBOB", stopped_at: 1 };
  assert.deepEqual(
    fieldsOf(stored([...submitted, started, stopped(1)], ["running", "cancelled"], { ...by, open: 1 })),
    [],
  );
  const back = [...submitted, started, own("attempt-handed-back")];
  assert.deepEqual(fieldsOf(stored([...back, stopped(1)], ["queued", "cancelled"], { ...by, open: 1 })), []);
  const both = { ...by, open: 0, state: "done" };
  assert.deepEqual(fieldsOf(stored([...back, stopped(2)], ["cancelled", "cancelled"], both)), []);
});

test("the topic and the count of uncertain operations are compared if the events contain them", () => {
  const uncertain = own("operation-failed", { outcome: "uncertain", topic: "unfinished" });
  const events = [...submitted, started, uncertain];
  const row = { open: 1, failed: 1, uncertain: 1 };
  const request = stored(events, ["failed", "queued"], row);
  const [first, second] = request.operations;
  assert.ok(first && second);
  const operations = (topic: string) => [{ ...first, topic }, second];
  assert.deepEqual(fieldsOf({ ...request, operations: operations("unfinished") }), []);
  assert.deepEqual(fieldsOf({ ...request, operations: operations("no-auth") }), ["operation topic"]);
  const certain = { ...request, row: { ...request.row, uncertain: 0 }, operations: operations("unfinished") };
  assert.deepEqual(fieldsOf(certain), ["request uncertain"]);
});

test("two decisions, and an approval with too few approvals, are named", () => {
  const twice = stored([...submitted, event("rejected", "UEVE")], ["cancelled", "cancelled"], {
    state: "rejected",
    decided_by: "UEVE",
    open: 0,
  });
  assert.deepEqual(fieldsOf(twice), ["request decisions", "operation state", "operation state"]);
  assert.deepEqual(fieldsOf(stored(submitted, ["queued", "queued"], { approvals_needed: 2 })), [
    "request approvals_needed",
  ]);
});

test("a request that was retried in part is compared by numbers", () => {
  const ended = (nth: string) => [
    event("attempt-started", "bot", { round: 1, attempt: 1 }, nth),
    event("operation-failed", "bot", { round: 1, attempt: 1 }, nth),
  ];
  const failed = [...submitted, ...ended("first"), ...ended("second")];
  const retried = [...failed, event("retried", "UANN", { round: 2, operations: 1 })];
  const row = { round: 2, open: 1, failed: 1 };
  const request = stored(retried, ["queued", "failed"], row);
  const [first, second] = request.operations;
  assert.ok(first && second);
  assert.deepEqual(fieldsOf({ ...request, operations: [{ ...first, round: 2 }, second] }), []);
  const both = [first, second].map((each) => ({ ...each, state: "queued" as const, round: 2 }));
  assert.deepEqual(fieldsOf({ ...request, operations: both }), ["request retried"]);
});

/** A request for both objects of one sub-merchant, after these events of its operation. */
function inSteps(events: readonly ReplayedEvent[], operation: Partial<StoredOperation> = {}): StoredRequest {
  const both = { object: "both", scene: "JSAPI" } as const;
  const asked = { ...submitted[0], detail: { action: "OPEN", ...both, subMchids: ["1900000001"] } } as ReplayedEvent;
  const approved = submitted.filter(({ what }) => what === "approved");
  const request = stored([asked, ...approved, ...events], ["queued", "queued"], { ...both, total: 1, open: 1 });
  const [first] = request.operations;
  return { ...request, operations: [{ ...(first as StoredOperation), ...both, step: "receipt", ...operation }] };
}

const ofStep = (what: string, attempt: number, detail: Record<string, unknown> = {}): ReplayedEvent => ({
  at: 2,
  actor: "bot",
  what,
  operationId: "first",
  detail: { round: 1, attempt, ...detail },
});
const receiptDone = [
  ofStep("attempt-started", 1),
  ofStep("attempt-ended", 1, { result: "accepted", next: "continue" }),
];
const withoutAttempts = (request: StoredRequest) =>
  fieldsOf(request).filter((field) => !/operation attempt \d/.test(field));

test("an operation in two steps matches its trail between and after them", () => {
  assert.deepEqual(withoutAttempts(inSteps(receiptDone, { step: "goldplan" })), []);
  const started = ofStep("attempt-started", 2, { step: "goldplan" });
  assert.deepEqual(withoutAttempts(inSteps([...receiptDone, started], { step: "goldplan", state: "running" })), []);
});

test("an operation that skipped its receipt, or claims another step, is found", () => {
  assert.deepEqual(withoutAttempts(inSteps([], { step: "goldplan" })), ["operation state"]);
  const early = ofStep("attempt-started", 1, { step: "goldplan" });
  assert.ok(withoutAttempts(inSteps([early], { state: "running" })).includes("operation attempt-started"));
  const halfway = [ofStep("attempt-started", 1), ofStep("operation-succeeded", 1)];
  assert.ok(withoutAttempts(inSteps(halfway, { state: "succeeded" })).includes("operation operation-succeeded"));
  const twice = [...receiptDone, ofStep("attempt-started", 2)];
  assert.ok(withoutAttempts(inSteps(twice, { state: "running" })).includes("operation attempt-started"));
});

test("an operation whose object or scene was changed is found", () => {
  assert.deepEqual(withoutAttempts(inSteps([], { object: "receipt" })), ["operation object"]);
  assert.deepEqual(withoutAttempts(inSteps([], { scene: "MINIPROGRAM" })), ["operation scene"]);
});
