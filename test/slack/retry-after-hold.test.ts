/** Retry where a hold was cancelled or expired: the approvals before it no longer count. */
import assert from "node:assert/strict";
import { after, beforeEach, describe, test } from "node:test";
import { createLedger, type Ledger } from "../../src/ledger/ledger.ts";
import { createRoles } from "../../src/ledger/roles.ts";
import { actionIds } from "../../src/slack/payloads/ids.ts";
import { systemRandom } from "../../src/system-clock.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { aRequest, atAnyPace, click, hourMs, refused, type VirtualClock, virtualClock } from "../ledger/builders.ts";
import { engines, type TestStore } from "../storage/engines.ts";
import { handlersOn, member } from "./assembled.ts";

describe("Retry after a hold that nobody confirmed", () => {
  const stores: TestStore[] = [];
  let clock: VirtualClock;
  let store: TestStore;
  let ledger: Ledger;

  beforeEach(async () => {
    clock = virtualClock();
    store = await (engines[0] as (typeof engines)[number]).open();
    stores.push(store);
    ledger = createLedger({ store, clock, random: systemRandom, mchid: "1900000100", instance: "us" });
    const roles = createRoles({ db: store.db, clock, instance: "us", admins: [member] });
    for (const [id, role] of [
      ["UASKER", "requester"],
      ["UBOB", "approver"],
    ] as const)
      await roles.grant({ holder: { kind: "user", id }, role, by: member, origin: click });
  });
  after(() => Promise.all(stores.map((each) => each.close())));

  /** A request whose call had begun when the bot went away; the hold is cancelled afterwards. */
  async function cancelled(needed = 1): Promise<string> {
    await ledger.holding.holdStale({ staleAfterMs: hourMs, heldForMs: 24 * hourMs });
    const submitted = await ledger.requests.submit(aRequest({ approvalRule: { needed, bulk: undefined } }));
    assert.ok(submitted.kind === "recorded");
    const { requestId } = submitted;
    for (const by of ["UBOB", "UDAN"].slice(0, needed))
      await ledger.requests.decide({ requestId, decision: "approve", by, origin: click });
    const claim = await ledger.operations.claimDue({ limit: 1, leaseMs: 12_000, rateLimit: atAnyPace });
    assert.equal(claim.attempts.length, 1);
    clock.advance(3 * hourMs);
    assert.ok(await ledger.holding.holdStale({ staleAfterMs: hourMs, heldForMs: 24 * hourMs }));
    assert.equal((await ledger.holding.cancel({ requestId, by: "UBOB", origin: click })).kind, "cancelled");
    return requestId;
  }

  async function retry(by: string, requestId: string): Promise<string> {
    const pressed = { user: { id: by }, trigger_id: "T", container: { channel_id: "COPS" } };
    const value = `${requestId}:${(await ledger.requests.find(requestId))?.round}`;
    const answer = await handlersOn({ store, clock }).click({
      ...pressed,
      actions: [{ action_id: actionIds.retry, value }],
    });
    return JSON.stringify(answer ?? "");
  }

  test("is refused to the requester, and an approver's press is the approval that it needs", async () => {
    const requestId = await cancelled();
    assert.match(await retry("UASKER", requestId), /You requested this, so someone else has to decide/);
    assert.equal((await ledger.requests.find(requestId))?.state, "done");
    assert.equal(await retry("UBOB", requestId), '""');
    assert.equal((await ledger.requests.find(requestId))?.state, "approved");
  });

  test("is allowed to the requester again once an approver's Retry has failed, until another hold ends", async () => {
    const requestId = await cancelled();
    const fails = async () => {
      const { attempts } = await ledger.operations.claimDue({ limit: 1, leaseMs: 12_000, rateLimit: atAnyPace });
      await ledger.operations.conclude(attempts[0] ?? assert.fail(), refused, { kind: "fail" });
    };
    assert.equal(await retry("UBOB", requestId), '""');
    await fails();
    assert.equal(await retry("UASKER", requestId), '""');
    await fails();
    assert.equal(await retry("UASKER", requestId), '""');
    await ledger.operations.claimDue({ limit: 1, leaseMs: 12_000, rateLimit: atAnyPace });
    clock.advance(3 * hourMs);
    assert.ok(await ledger.holding.holdStale({ staleAfterMs: hourMs, heldForMs: hourMs }));
    clock.advance(hourMs);
    assert.equal(await ledger.holding.expireDue(1), 1);
    assert.match(await retry("UASKER", requestId), /You requested this, so someone else has to decide/);
  });

  test("cannot replace several approvals", async () => {
    const requestId = await cancelled(2);
    assert.ok((await retry("UBOB", requestId)).includes(en.held.answer.needsNewRequest));
    assert.equal((await ledger.requests.find(requestId))?.state, "done");
  });
});
