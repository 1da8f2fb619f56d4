/** What people read about requests that were pruned: from their old messages, by their number, and in lists. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createLedger } from "../../src/ledger/ledger.ts";
import type { Handlers } from "../../src/slack/dispatch.ts";
import { actionIds, formIds } from "../../src/slack/payloads/ids.ts";
import { systemRandom } from "../../src/system-clock.ts";
import { textsOf } from "../../src/text/texts.ts";
import { aRequest, click, virtualClock } from "../ledger/builders.ts";
import { age, pruneAll, show } from "../ledger/retention/pruning.ts";
import { engines, type TestStore } from "../storage/engines.ts";
import { handlersOn, member } from "./assembled.ts";

describe("a request that was pruned", () => {
  const clock = virtualClock();
  let store: TestStore;
  let requestId = "";

  before(async () => {
    store = await (engines[0] as (typeof engines)[number]).open();
    const ledger = createLedger({ store, clock, random: systemRandom, mchid: "1900000100", instance: "us" });
    const ask = async () => {
      const asked = await ledger.requests.submit(aRequest({ subMchid: "1900000109" }));
      return asked.kind === "recorded" ? asked.requestId : "";
    };
    requestId = await ask();
    await ledger.requests.decide({ requestId, decision: "withdraw", by: "UASKER", origin: click });
    await age({ db: store.db, clock });
    await ask();
    await show(store);
    assert.equal((await pruneAll(ledger)).requests, 1);
  });
  after(() => store.close());

  for (const locale of ["en", "zh-CN"] as const) {
    const { decided, history } = textsOf(locale);
    const user = { id: member };
    const typed = (text: string) => ({ text, user_id: member, channel_id: "COPS", trigger_id: "T" });
    const handlers = (): Handlers => handlersOn({ store, clock, locale });

    test(`is explained to whoever presses a button on its old message (${locale})`, async () => {
      const pressed = { user, trigger_id: "T", container: { channel_id: "COPS" } };
      for (const action_id of [actionIds.approve, actionIds.retry, actionIds.stop]) {
        const answer = await handlers().click({ ...pressed, actions: [{ action_id, value: requestId }] });
        assert.ok(JSON.stringify(answer).includes(decided.pruned(400)), JSON.stringify(answer));
      }
    });

    test(`is explained to whoever submits a form about it (${locale})`, async () => {
      const view = {
        callback_id: formIds.reject,
        private_metadata: JSON.stringify({ requestId }),
        state: { values: { reason: { reason: { value: "no" } } } },
      };
      const answer = JSON.stringify(await handlers().submission({ user, view }));
      assert.ok(answer.includes(decided.pruned(400)), answer);
    });

    test(`is explained to whoever looks for its number (${locale})`, async () => {
      const answer = JSON.stringify(await handlers().command(typed("history #1001")));
      assert.ok(answer.includes(JSON.stringify(history.prunedRequest("#1001", 400, "/receipt")).slice(1, -1)), answer);
      const never = JSON.stringify(await handlers().command(typed("history #1003")));
      assert.ok(never.includes(JSON.stringify(history.unknownRequest("#1003", "/receipt")).slice(1, -1)), never);
    });

    test(`is missed at the end of a history, unless the history begins later (${locale})`, async () => {
      for (const [text, isSaid] of [
        ["history", true],
        ["history 1900000109", true],
        ["history <@UANN>", true],
        ["history 30d", false],
      ] as const) {
        const answer = JSON.stringify(await handlers().command(typed(text)));
        assert.equal(answer.includes(history.pruned(400)), isSaid, `${text}: ${answer}`);
      }
    });
  }

  test("is not mentioned by a ledger in which nothing was pruned", async () => {
    const fresh = await (engines[0] as (typeof engines)[number]).open();
    const { decided, history } = textsOf("en");
    const handlers = handlersOn({ store: fresh, clock });
    const pressed = { user: { id: member }, trigger_id: "T", container: { channel_id: "COPS" } };
    const answer = await handlers.click({ ...pressed, actions: [{ action_id: actionIds.approve, value: requestId }] });
    assert.ok(JSON.stringify(answer).includes(decided.unknown));
    const list = await handlers.command({ text: "history", user_id: member, channel_id: "COPS", trigger_id: "T" });
    assert.ok(!JSON.stringify(list).includes(history.pruned(400)));
    await fresh.close();
  });
});
