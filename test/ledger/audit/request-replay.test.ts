/** Replaying events that are rare: operations that were held after an absence, and events that contradict each other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  differencesOf,
  type StoredOperation,
  type StoredRequest,
} from "../../../src/ledger/audit/replay/request-differences.ts";
import type { ReplayedEvent } from "../../../src/ledger/audit/replay/request-replay.ts";

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
      action: "OPEN",
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
  assert.deepEqual(fieldsOf(stored([...submitted, started, event("held")], ["held", "held"])), []);
});

test("operations that are held without an event are named", () => {
  assert.deepEqual(fieldsOf(stored([...submitted, started], ["held", "queued"])), ["operation state"]);
});

test("held operations may be carried out, be cancelled by a person, or expire", () => {
  const held = [...submitted, event("held")];
  assert.deepEqual(fieldsOf(stored([...held, event("carried-out", "UBOB")], ["queued", "queued"])), []);
  const done = { state: "done", open: 0 } as const;
  const cancelled = [...held, event("cancelled-held", "UCAROL", { cancelled: 2 })];
  const by = { stopped_by: "UCAROL", stopped_at: 1 };
  assert.deepEqual(fieldsOf(stored(cancelled, ["cancelled", "cancelled"], { ...done, ...by })), []);
  const expired = [...held, event("held-expired", "bot", { cancelled: 2 })];
  assert.deepEqual(fieldsOf(stored(expired, ["cancelled", "cancelled"], done)), []);
  assert.deepEqual(fieldsOf(stored(expired, ["cancelled", "queued"], done)), ["request cancelled"]);
});

test("two decisions, and an approval with too few approvals, are named", () => {
  const twice = stored([...submitted, event("rejected", "UEVE")], ["cancelled", "cancelled"], {
    state: "rejected",
    decided_by: "UEVE",
    open: 0,
  });
  assert.deepEqual(fieldsOf(twice), ["request decisions"]);
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
