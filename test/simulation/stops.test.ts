/** The judge of stops finds a message that takes a stop of an earlier round for one of the current round. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Judgement } from "./judges/judgement.ts";
import type { LedgerRequest } from "./judges/ledger-watch.ts";
import type { AuditRow, Records } from "./judges/records.ts";
import { judgeStops } from "./judges/stops.ts";
import type { SlackMessage } from "./world/slack-in-memory.ts";

const event = (at: number, what: string, actor: string, detail = {}): AuditRow => ({
  at,
  what,
  actor,
  requestId: "r",
  operationId: null,
  detail: JSON.stringify(detail),
});

/** What is untrue in a message whose versions were sent at these times. */
function untrue(state: "approved" | "done", total: number, events: AuditRow[], versions: [number, string][]): string[] {
  const found: Judgement = { lost: [], doubled: [], overtaken: [], untrue: [], operations: 0, doubledPosts: 0 };
  const request = { id: "r", ts: "1", state, total, operationState: total === 1 ? "cancelled" : "failed" };
  const own = { ts: "1", versions: versions.map(([sentAt, blocks]) => ({ text: "", blocks, sentAt })) };
  judgeStops(
    request as LedgerRequest,
    { events, restores: [], plan: { machines: [] } } as unknown as Records,
    { name: "one", own: [own as unknown as SlackMessage] },
    found,
  );
  return found.untrue;
}

const stopping = "Stopped by <@UBOB>; calls already started will finish.";
const stopped = event(1_000, "stopped", "UBOB", { cancelled: 2 });
const retried = event(5_000, "retried", "UANN");

test("a message may say that the request is stopped until a Retry, and not after it", () => {
  assert.deepEqual(untrue("approved", 3, [stopped, retried], [[2_000, stopping]]), []);
  assert.equal(untrue("approved", 3, [stopped, retried], [[20_000, stopping]]).length, 1);
  const again = event(15_000, "stopped", "UBOB", { cancelled: 1 });
  assert.deepEqual(untrue("approved", 3, [stopped, retried, again], [[20_000, stopping]]), []);
});

test("a finished message attributes what was not started to the people who stopped it, and to the hold", () => {
  const expired = event(9_000, "held-expired", "bot", { cancelled: 1 });
  const [ofBob, ofHold] = ["*2 not started*, stopped by <@UBOB>", "*1 not carried out*, expired while on hold"];
  const judged = (blocks: string) => untrue("done", 3, [stopped, retried, expired], [[9_500, blocks]]).length;
  assert.equal(judged(`${ofBob} · ${ofHold}`), 0);
  assert.equal(judged("*3 not started*, stopped by <@UBOB>"), 1);
  assert.equal(judged(`${ofBob} · ${ofHold} · Cancelled while on hold by <@UBOB>, today`), 1);
});

test("of one sub-merchant, a hold that expired after a Retry was not cancelled by the person before it", () => {
  const cancelled = event(1_000, "cancelled-held", "UBOB", { cancelled: 0 });
  const events = [cancelled, retried, event(9_000, "held-expired", "bot", { cancelled: 1 })];
  assert.deepEqual(untrue("done", 1, events, [[9_500, "Expired while on hold, without a decision"]]), []);
  assert.equal(untrue("done", 1, events, [[9_500, "Cancelled while on hold by <@UBOB>, today"]]).length, 1);
});
