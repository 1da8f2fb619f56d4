/** What a person reads who clicks Retry while another request for the same sub-merchant prevents it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { permalink, sampleEntry, sampleRequest } from "../../src/cli/doctor/samples/requests.ts";
import type { HistoryEntry } from "../../src/ledger/queries/history.ts";
import { retriedMessage, supersededMessage } from "../../src/slack/replies/too-late-message.ts";
import { textsOf } from "../../src/text/texts.ts";

const texts = textsOf("en");
const own = { number: 7, seq: 5 };

function answer({ isSuperseded }: { isSuperseded: boolean }, underWay?: Partial<HistoryEntry>): string {
  const request = sampleRequest({ number: own.number, object: "receipt" }, { seq: own.seq, superseded: isSuperseded });
  return supersededMessage(request, underWay && sampleEntry(underWay), { texts, permalink });
}

const earlier = { number: 3, seq: 2 };
const later = { number: 9, seq: 8 };

test("a later request for the same object is named, as waiting or as being carried out", () => {
  for (const isSuperseded of [false, true]) {
    assert.match(answer({ isSuperseded }, { ...later, state: "waiting" }), /^A later request for .* is waiting.*#9/);
    assert.match(answer({ isSuperseded }, { ...later, state: "held" }), /^A later request for .* is waiting.*#9/);
    assert.match(
      answer({ isSuperseded }, { ...later, object: "both", state: "running" }),
      /^A later .* carried out.*#9/,
    );
  }
});

test("an earlier request that is being retried is not called a later one", () => {
  assert.match(answer({ isSuperseded: false }, { ...earlier, state: "queued" }), /^Another request for .* is open.*#3/);
});

test("a request for the other object neither supersedes this one nor is named as what does", () => {
  const other = { object: "goldplan", state: "running" } as const;
  for (const which of [earlier, later]) {
    assert.match(answer({ isSuperseded: false }, { ...which, ...other }), /^Another request for .* is open/);
    assert.match(
      answer({ isSuperseded: true }, { ...which, ...other }),
      /^There is a later request for .* new request/,
    );
  }
});

test("once nothing is open, a superseded request needs a new one, and any other can be retried", () => {
  assert.match(answer({ isSuperseded: true }), /^There is a later request for .* submit a new request/);
  assert.match(answer({ isSuperseded: false }), /^Another request for .* has ended\. Press Retry again\.$/);
});

test("a request that was retried before says by whom", () => {
  const retried = { by: "U2", at: 0 };
  assert.match(retriedMessage({ retried }, "U1", texts), /^<@U2> pressed Retry before you, .*; the message shows/);
  assert.match(retriedMessage({ retried }, "U2", texts), /^You already pressed Retry, .*\. Nothing runs twice/);
  assert.match(retriedMessage({ retried }, "U1", textsOf("zh-CN")), /^<@U2> 已先于你点击“重试”（/);
});
