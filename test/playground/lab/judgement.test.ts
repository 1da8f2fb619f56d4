/** What the page counts as lost and as done twice: each kind is found where it happened, and nowhere else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Evidence, judge, switchOf } from "../../../src/playground/lab/judgement.ts";

const number = "1900000109";
const operation = {
  subMchid: number,
  step: "receipt",
  action: "OPEN",
  state: "succeeded",
  attempts: 1,
  again: 0,
  repeated: 0,
} as const;
const call = {
  subMchid: number,
  step: "receipt",
  operationType: "OPEN",
  acted: true,
  verified: true,
  startedAtMs: 10,
  endedAtMs: 20,
} as const;
/** One request that went well. */
const well: Evidence = {
  operations: [operation],
  calls: [call],
  states: new Map([[switchOf(operation), "OPEN"]]),
  recordedMessages: new Set(["C1 1.1"]),
  shownMessages: new Set(["C1 1.1"]),
  isPosting: false,
};
const found = (evidence: Partial<Evidence>) => {
  const { lost, twice } = judge({ ...well, ...evidence });
  return { lost: lost.map(({ kind }) => kind), twice: twice.map(({ kind }) => kind) };
};

test("a request that went well loses nothing and does nothing twice", () => {
  assert.deepEqual(judge(well), { lost: [], twice: [], repeated: 0, postedAgain: [] });
});

test("a call or a message that a kill made the bot repeat is counted apart, neither as lost nor as done twice", () => {
  const again = { ...call, startedAtMs: 30, endedAtMs: 40 };
  const judgement = judge({
    ...well,
    operations: [{ ...operation, attempts: 2, repeated: 1 }],
    calls: [call, again],
    shownMessages: new Set(["C1 1.1", "C1 1.2"]),
  });
  const postedAgain = [{ kind: "posted-again", about: "C1 1.2" }];
  assert.deepEqual(judgement, { lost: [], twice: [], repeated: 1, postedAgain });
});

test("an operation in two steps sets two switches, each of which is judged for itself", () => {
  const second = { ...operation, step: "goldplan" } as const;
  const after = { ...call, step: "goldplan", startedAtMs: 30, endedAtMs: 40 } as const;
  const both = { operations: [operation, second], calls: [call, after] };
  const states = new Map([...well.states, [switchOf(second), "OPEN" as const]]);
  assert.deepEqual(found({ ...both, states }), { lost: [], twice: [] });
  assert.deepEqual(found({ ...both, calls: [call, { ...after, acted: false }] }).lost, ["not-done", "other-state"]);
});

test("each broken promise is found", () => {
  const closed = { ...operation, action: "CLOSE" } as const;
  const repeated = { ...call, startedAtMs: 30, endedAtMs: 40 };
  assert.deepEqual(found({ calls: [{ ...call, acted: false }], states: new Map() }), {
    lost: ["not-done", "other-state"],
    twice: [],
  });
  assert.deepEqual(found({ states: new Map([[switchOf(operation), "CLOSE"]]) }).lost, ["other-state"]);
  assert.deepEqual(found({ operations: [operation, closed], states: new Map([[switchOf(operation), "CLOSE"]]) }).lost, [
    "not-done",
  ]);
  assert.deepEqual(found({ shownMessages: new Set() }).lost, ["not-shown"]);
  assert.deepEqual(found({ calls: [call, repeated] }).twice, ["unrecorded-call"]);
  assert.deepEqual(found({ operations: [{ ...operation, attempts: 2, again: 1 }] }).twice, ["done-again"]);
  const overlapping = { ...call, startedAtMs: 15 };
  const twoAttempts = [{ ...operation, attempts: 2 }];
  assert.deepEqual(found({ operations: twoAttempts, calls: [call, overlapping] }).twice, ["overlap"]);
});

test("a safe repetition or a running step is not a finding", () => {
  const repeated = { ...call, startedAtMs: 30, endedAtMs: 40 };
  assert.deepEqual(found({ operations: [{ ...operation, attempts: 2 }], calls: [call, repeated] }), {
    lost: [],
    twice: [],
  });
  const running = { ...operation, action: "CLOSE", state: "running" } as const;
  assert.deepEqual(found({ operations: [operation, running] }), { lost: [], twice: [] });
  const posting = { ...well, shownMessages: new Set(["C1 1.1", "C1 1.2"]), isPosting: true };
  assert.deepEqual(judge(posting).postedAgain, []);
  const forged = { ...call, verified: false, acted: false, startedAtMs: 50, endedAtMs: 60 };
  assert.deepEqual(found({ calls: [call, forged] }), { lost: [], twice: [] });
});
