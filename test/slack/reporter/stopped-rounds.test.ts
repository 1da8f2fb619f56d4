/**
 * What people read about stops and cancelled holds once the request has been retried: each stop belongs to its round.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { noTickets } from "../../../src/domain/tickets/tickets.ts";
import { createRoles } from "../../../src/ledger/roles.ts";
import { createWorkspace } from "../../../src/slack/api/workspace.ts";
import { user } from "../../../src/slack/blocks/mrkdwn.ts";
import { bulkThreadMessage } from "../../../src/slack/blocks/request/bulk/bulk-thread.ts";
import { endedOnHoldOutcome } from "../../../src/slack/blocks/request/held.ts";
import { endedLine } from "../../../src/slack/blocks/request/outcome-line.ts";
import { actionIds } from "../../../src/slack/payloads/ids.ts";
import { requestContent } from "../../../src/slack/reporter/request-content.ts";
import { textsOf } from "../../../src/text/texts.ts";
import { accepted, type Bench, click, hourMs, onEveryEngine, refused } from "../../ledger/builders.ts";
import { handlersOn, member } from "../assembled.ts";

const texts = textsOf("en");
const [bob, dan] = [
  { by: "UBOB", origin: click },
  { by: "UDAN", origin: click },
];
const three = ["1900000001", "1900000002", "1900000003"];

/** The request's message and, once it has ended, what its thread and lists say. */
async function shown(bench: Bench, requestId: string) {
  const request = await bench.request(requestId);
  const workspace = createWorkspace({ slack: () => Promise.reject(new Error("unused")), clock: bench.clock });
  const needs = { ledger: bench, workspace, texts, clock: bench.clock, ticketUrl: noTickets.url };
  const more = { goldplan: "off", breakGlass: "off", escalation: undefined } as const;
  const { blocks } = await requestContent({ ...needs, ...more }, request);
  const facts = { failures: [], withoutGoldPlan: undefined };
  const thread =
    request.counts.total > 1
      ? bulkThreadMessage(request, facts, texts, user)
      : request.operation.state === "cancelled" && endedOnHoldOutcome(request, texts);
  return { message: JSON.stringify(blocks), thread: JSON.stringify(thread), inList: endedLine(request, texts, "list") };
}

/** Ends an outage after which everything open is held. */
async function held(bench: Bench): Promise<void> {
  bench.clock.advance(3 * 24 * hourMs);
  assert.ok(await bench.holding.holdStale({ staleAfterMs: hourMs, heldForMs: 24 * hourMs }));
}

async function heldUntilExpired(bench: Bench): Promise<void> {
  await held(bench);
  bench.clock.advance(24 * hourMs);
  assert.equal(await bench.holding.expireDue(10), 1);
}

/** Operations whose call fails and is due again. */
async function begun(bench: Bench, count: number): Promise<void> {
  for (const attempt of await bench.claim(count))
    await bench.operations.conclude(attempt, refused, { kind: "again", dueAt: bench.clock.now(), endpoint: 0 });
}

async function retried(bench: Bench, requestId: string): Promise<void> {
  const { round } = await bench.request(requestId);
  const answer = await bench.operations.retry({ requestId, round, by: "UASKER", origin: click });
  assert.equal(answer.kind, "retried");
}

onEveryEngine("a stop before a Retry", (fresh) => {
  /** Three sub-merchants, of which one has failed and two were stopped. */
  async function stopped(): Promise<{ bench: Bench; requestId: string }> {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: three });
    const [attempt] = await bench.claim(1);
    await bench.operations.conclude(attempt ?? assert.fail(), refused, { kind: "fail" });
    assert.equal((await bench.requests.stop({ requestId, ...bob })).kind, "stopped");
    assert.match((await shown(bench, requestId)).message, /\*2 not started\*, stopped by <@UBOB>/);
    return { bench, requestId };
  }

  test("does not stop the new round, whose message offers Stop", async () => {
    const { bench, requestId } = await stopped();
    await retried(bench, requestId);
    const { message } = await shown(bench, requestId);
    assert.doesNotMatch(message, /Stopped by/);
    assert.match(message, new RegExp(`"action_id":"${actionIds.stop}"`));
    assert.deepEqual((await bench.request(requestId)).stopped, undefined);
  });

  test("is not the answer to a Stop in the new round that comes too late", async () => {
    const { bench, requestId } = await stopped();
    await retried(bench, requestId);
    await begun(bench, 1);
    await bench.claim(1);
    const roles = createRoles({ ...bench, instance: "us", admins: [] });
    await roles.grant({ holder: { kind: "user", id: member }, role: "approver", by: member, origin: click });
    const handlers = handlersOn({ store: bench.store, clock: bench.clock });
    const pressed = { user: { id: member }, trigger_id: "T", container: { channel_id: "COPS" } };
    const answer = await handlers.click({ ...pressed, actions: [{ action_id: actionIds.stop, value: requestId }] });
    assert.ok(JSON.stringify(answer).includes(texts.bulk.answer.nothingToStop), JSON.stringify(answer));
  });

  test("counts with a stop in the new round, and both people are named", async () => {
    const { bench, requestId } = await stopped();
    await retried(bench, requestId);
    assert.equal((await bench.requests.stop({ requestId, ...dan })).kind, "stopped");
    const { message, thread, inList } = await shown(bench, requestId);
    assert.match(message, /\*3 not started\*, stopped by <@UBOB>, <@UDAN>/);
    assert.match(inList, /\*3 not started\*(?!, )/);
    assert.match(thread, /\*3 not started\*, because <@UBOB>, <@UDAN> stopped the request.*\*Resubmit 3\*/);
    const { stopped: last, notStarted } = await bench.request(requestId);
    assert.deepEqual(
      [last?.by, last?.cancelled, notStarted],
      ["UDAN", 1, { stopped: 3, stoppedBy: ["UBOB", "UDAN"], expired: 0 }],
    );
  });

  test("did not prevent what a hold leaves undone that expires in the new round", async () => {
    const { bench, requestId } = await stopped();
    await retried(bench, requestId);
    await heldUntilExpired(bench);
    const { message, thread } = await shown(bench, requestId);
    assert.match(message, /\*2 not started\*, stopped by <@UBOB> · ⌛ \*1 not carried out\*, expired while on hold/);
    assert.match(
      thread,
      /\*2 not started\*, because <@UBOB> stopped the request\.\\n⌛ \*1 not carried out\*, because/,
    );
    assert.match(thread, /press \*Resubmit 3\*/);
    assert.match(message, /Resubmit 3/);
  });
});

onEveryEngine("a hold that was cancelled before a Retry", (fresh) => {
  test("does not stop the new round", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: three });
    await begun(bench, 2);
    await held(bench);
    await bench.holding.cancel({ requestId, ...bob });
    await retried(bench, requestId);
    const { message } = await shown(bench, requestId);
    assert.doesNotMatch(message, /Stopped by/);
    assert.match(message, new RegExp(`"action_id":"${actionIds.stop}"`));
  });

  test("is no longer how the request ended once the new round has succeeded", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: three });
    await begun(bench, 3);
    await held(bench);
    await bench.holding.cancel({ requestId, ...bob });
    assert.match((await shown(bench, requestId)).message, /Cancelled while on hold by <@UBOB>/);
    await retried(bench, requestId);
    for (const attempt of await bench.claim(3)) await bench.operations.conclude(attempt, accepted, { kind: "succeed" });
    const { message } = await shown(bench, requestId);
    assert.match(message, /3 opened/);
    assert.doesNotMatch(message, /Cancelled while on hold/);
  });

  test("is still named beside what a stop in an earlier round prevented", async () => {
    const bench = await fresh();
    const requestId = await bench.approved({ subMchids: three });
    const [attempt] = await bench.claim(1);
    await bench.operations.conclude(attempt ?? assert.fail(), refused, { kind: "fail" });
    await bench.requests.stop({ requestId, ...dan });
    await retried(bench, requestId);
    await begun(bench, 1);
    await held(bench);
    await bench.holding.cancel({ requestId, ...bob });
    const { message } = await shown(bench, requestId);
    assert.match(message, /\*2 not started\*, stopped by <@UDAN> · Cancelled while on hold by <@UBOB>/);
  });

  test("is not how a hold of one sub-merchant ended that expires in the new round", async () => {
    const bench = await fresh();
    const requestId = await bench.approved();
    await begun(bench, 1);
    await held(bench);
    await bench.holding.cancel({ requestId, ...bob });
    assert.match((await shown(bench, requestId)).message, /Cancelled while on hold by <@UBOB>/);
    await retried(bench, requestId);
    await heldUntilExpired(bench);
    const { message, thread } = await shown(bench, requestId);
    assert.match(message, /Expired while on hold, without a decision/);
    assert.doesNotMatch(message, /UBOB/);
    assert.match(thread, /expired without a decision/);
    assert.doesNotMatch(thread, /UBOB/);
  });
});

onEveryEngine("a hold that expires after a call had been made", (fresh) => {
  for (const subMchids of [three.slice(0, 1), three])
    test(`is how a request for ${subMchids.length} ended, until a Retry`, async () => {
      const bench = await fresh();
      const requestId = await bench.approved({ subMchids });
      await begun(bench, subMchids.length);
      await heldUntilExpired(bench);
      const { message } = await shown(bench, requestId);
      assert.match(message, /⌛ The hold ended without a decision, <!date/);
      assert.doesNotMatch(message, /not carried out|Cancelled/);
      await retried(bench, requestId);
      for (const attempt of await bench.claim(subMchids.length))
        await bench.operations.conclude(attempt, accepted, { kind: "succeed" });
      assert.doesNotMatch((await shown(bench, requestId)).message, /The hold ended/);
    });
});
