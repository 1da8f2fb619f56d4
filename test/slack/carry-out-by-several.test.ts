/** Carry out of a request that needs several people, while their roles change. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createLedger } from "../../src/ledger/ledger.ts";
import { createRoles } from "../../src/ledger/roles.ts";
import { actionIds } from "../../src/slack/payloads/ids.ts";
import { systemRandom } from "../../src/system-clock.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { aRequest, click, hourMs, virtualClock } from "../ledger/builders.ts";
import { engines, type TestStore } from "../storage/engines.ts";
import { handlersOn, member } from "./assembled.ts";

describe("Carry out by several people", () => {
  let store: TestStore;
  before(async () => {
    store = await (engines[0] as (typeof engines)[number]).open();
  });
  after(() => store.close());

  test("tells an approver whose confirmation no longer counts, and the request does not show it any more", async () => {
    const clock = virtualClock();
    const ledger = createLedger({ store, clock, random: systemRandom, mchid: "1900000100", instance: "us" });
    const roles = createRoles({ db: store.db, clock, instance: "us", admins: [member] });
    const roleOf = (id: string, role: "requester" | "approver") => ({
      ...{ holder: { kind: "user", id } as const, role, by: member, origin: click },
    });
    await roles.grant(roleOf("UASKER", "requester"));
    for (const id of ["UBOB", "UDAN", "UEVE"]) await roles.grant(roleOf(id, "approver"));
    await ledger.holding.holdStale({ staleAfterMs: hourMs, heldForMs: 24 * hourMs });
    const submitted = await ledger.requests.submit(aRequest({ approvalRule: { needed: 2 } }));
    assert.ok(submitted.kind === "recorded");
    const { requestId } = submitted;
    for (const by of ["UBOB", "UDAN"])
      await ledger.requests.decide({ requestId, decision: "approve", by, origin: click });
    clock.advance(3 * hourMs);
    assert.ok(await ledger.holding.holdStale({ staleAfterMs: hourMs, heldForMs: 24 * hourMs }));

    const handlers = handlersOn({ store, clock });
    const carryOut = async (by: string) => {
      const pressed = { user: { id: by }, trigger_id: "T", container: { channel_id: "COPS" } };
      const actions = [{ action_id: actionIds.carryOut, value: requestId }];
      return JSON.stringify((await handlers.click({ ...pressed, actions })) ?? "");
    };
    const shown = async () => (await ledger.requests.find(requestId))?.held?.confirmations.map(({ by }) => by);
    const { lapsed, confirmed } = en.held.answer;

    assert.equal(await carryOut("UBOB"), '""');
    assert.deepEqual(await shown(), ["UBOB"]);
    await roles.revoke(roleOf("UBOB", "approver"));
    assert.ok((await carryOut("UDAN")).includes([lapsed("<@UBOB>"), confirmed(1)].join(en.between)));
    assert.deepEqual(await shown(), ["UDAN"]);
    await roles.grant(roleOf("UBOB", "approver"));
    assert.deepEqual(await shown(), ["UDAN"], "what has lapsed does not come back with the role");
    assert.equal(await carryOut("UEVE"), '""');
    assert.equal((await ledger.requests.find(requestId))?.held, undefined);
  });
});
