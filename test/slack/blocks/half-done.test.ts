/** A request for both that ended with its second step says what the first one did, wherever it is shown. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleRequest, stoppedBy } from "../../../src/cli/doctor/samples/requests.ts";
import type { RequestView } from "../../../src/ledger/queries/request-view.ts";
import { endedOnHold, endedOnHoldOutcome } from "../../../src/slack/blocks/request/held.ts";
import { tooLateMessage } from "../../../src/slack/replies/too-late-message.ts";
import { textsOf } from "../../../src/text/texts.ts";

const texts = textsOf("en");
const both = { action: "OPEN", object: "both", scene: "JSAPI", state: "done", approvals: [] } as const;
const counts = { total: 1, excluded: 0, open: 0, succeeded: 0, failed: 0, uncertain: 0, cancelled: 0 };
const halfDone = (changes: Partial<RequestView>, state: "cancelled" | "failed") =>
  sampleRequest({ ...both, ...changes }, { subMchid: "1900000109", step: "goldplan", state, superseded: false });

test("after a cancellation on hold, the message and the thread say that the receipts stay open", () => {
  const request = halfDone({ ...stoppedBy("UBOB", 1), counts: { ...counts, cancelled: 1 } }, "cancelled");
  const message = endedOnHold(request, { texts, ticketUrl: () => undefined });
  assert.match(message.text, /^The request to open 点金计划 for 1900000109 蓝海火锅 ended while on hold/);
  const shown = JSON.stringify(message.blocks);
  assert.match(shown, /点金计划 not opened · `1900000109`/);
  assert.match(shown, /Receipts were already opened and remain open\./);
  const thread = JSON.stringify(endedOnHoldOutcome(request, texts).blocks);
  assert.match(thread, /cancelled it\..*Receipts were already opened and remain open\./);
});

test("a person who approves too late reads of the step that failed alone", () => {
  const request = halfDone({ counts: { ...counts, failed: 1 } }, "failed");
  assert.match(tooLateMessage(request, "UBOB", texts), /点金计划 for `1900000109` 蓝海火锅 was not opened/);
});
