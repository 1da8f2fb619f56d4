/** The bot comes back after three days: what was approved before waits for an approver again. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventually } from "../../eventually.ts";
import { modeOn, onEveryEngine } from "../support/every-engine.ts";
import { buttonsOf, freshNumber, logLines, pingedBy, type Requested, type Stage } from "../support/stage.ts";

const hourMs = 3_600_000;
const threeDaysMs = 72 * hourMs;
/** Calls are so far apart that what is approved stays in the queue until the bot stops. */
const slow = { WECHATPAY_RATE: "0.01" };

onEveryEngine("restarting after days", (openStage, engine) => {
  /** The bot stops while the requests are queued, and starts again three days later. */
  async function comeBack(stage: Stage, requests: readonly (readonly string[])[]): Promise<Requested[]> {
    const first = await stage.request("ann", `open ${freshNumber()}`);
    await stage.press("bob", first, "Approve");
    await stage.untilShown(first, "Receipts opened");
    const queued: Requested[] = [];
    for (const numbers of requests) {
      const request = await stage.request("ann", `open ${numbers.join(" ")} spring campaign`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "approved by @bob");
      queued.push(request);
    }
    await stage.restart(() => stage.later(threeDaysMs));
    for (const request of queued) await stage.untilShown(request, "On hold");
    return queued;
  }

  describe("after an outage", { concurrency: 2 }, () => {
    test("nothing runs until an approver presses Carry out, and then once, however many press", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment: slow });
      t.after(() => stage.close());
      const number = freshNumber();
      const [request] = await comeBack(stage, [[number]]);
      assert.ok(request);
      const shown = stage.shown(request);
      assert.match(shown, /On hold · approved .+ \(.+\), before a bot outage or backup restore/);
      assert.match(shown, /Nothing runs until an approver decides; decide by/);
      assert.deepEqual(buttonsOf(stage.messageOf(request)), ["Carry out", "Cancel"]);
      assert.deepEqual(stage.callsFor(number), []);
      const held = logLines(stage.logged).filter(({ msg }) => msg.includes("on hold until an approver confirms"));
      assert.deepEqual(
        held.map(({ requests, operations }) => [requests, operations]),
        [[1, 1]],
      );

      assert.match(await stage.typeAndRead("bob", "pending"), new RegExp(`${number}.*on hold.*yours to decide`));
      assert.match(await stage.typeAndRead("ann", `status ${number}`), /on hold until an approver decides/);
      assert.match(await stage.typeAndRead("ann", "history"), /⏸️ open receipts: on hold|⏸️ \*open: on hold\*/);
      assert.match(await stage.typeAndRead("ann", `open ${number}`), /already has an open request/);
      assert.match(
        await stage.pressAndRead("carol", request, "Carry out"),
        /You need the role \w+ to carry out requests that are on hold/,
      );
      assert.match(
        await stage.pressAndRead("ann", request, "Carry out"),
        /^You requested this, so someone else has to decide\. Approvers: @bob/,
      );

      const stale = stage.messageOf(request);
      await Promise.all([stage.press("bob", stale, "Carry out"), stage.press("dan", stale, "Carry out")]);
      await stage.untilShown(request, "Receipts opened");
      const events = await stage.eventsOf(number);
      const winner = events.includes("carried-out by bob") ? "bob" : "dan";
      const loser = winner === "bob" ? "dan" : "bob";
      assert.equal(events.filter((event) => event.startsWith("carried-out")).length, 1);
      const replies = () => stage.privateReplies(loser, request.channel);
      assert.match(await stage.slack.until(() => replies()[0]), new RegExp(`@${winner} pressed Carry out before you`));
      const reply = await stage.untilReply(request);
      assert.match(
        stage.textOf(reply),
        new RegExp(`${winner} pressed Carry out, so this request is no longer on hold`),
      );
      assert.deepEqual(pingedBy(reply), []);
      assert.deepEqual(stage.callsFor(number), ["OPEN 200"]);
    });

    test("a bulk request is one decision: Cancel ends all of it, and a second press shows who cancelled it", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment: slow });
      t.after(() => stage.close());
      const numbers = [freshNumber(), freshNumber(), freshNumber()];
      const [request] = await comeBack(stage, [numbers]);
      assert.ok(request);
      assert.match(stage.shown(request), /Nothing runs for 3 sub-merchants until an approver decides/);
      const stale = stage.messageOf(request);
      await stage.press("dan", stale, "Cancel");
      await stage.untilShown(request, "3 not started, stopped by @dan");
      assert.deepEqual(buttonsOf(stage.messageOf(request)), ["Resubmit 3"]);
      assert.match(await stage.pressAndRead("bob", stale, "Carry out"), /@dan cancelled this/);
      assert.match(await stage.pressAndRead("dan", stale, "Cancel"), /You already cancelled this/);
      for (const number of numbers) assert.deepEqual(stage.callsFor(number), []);
      const [number = ""] = numbers;
      const again = await stage.request("ann", `open ${number}`);
      assert.match(stage.shown(again), /Requested by @ann/);
    });

    test("undecided, it expires like a request, and the requester is notified", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment: slow });
      t.after(() => stage.close());
      const number = freshNumber();
      const [request] = await comeBack(stage, [[number]]);
      assert.ok(request);
      const stale = stage.messageOf(request);
      await stage.later(25 * hourMs);
      await stage.untilShown(request, "Expired while on hold, without a decision");
      const outcome = await stage.untilReply(request);
      assert.match(stage.textOf(outcome), /@ann your request to open receipts for .* expired without a decision/);
      assert.deepEqual(pingedBy(outcome), ["ann"]);
      assert.match(await stage.pressAndRead("bob", stale, "Carry out"), /expired while on hold/);
      await eventually(async () => (await stage.eventsOf(number)).at(-1) === "held-expired by bot");
      assert.deepEqual(stage.callsFor(number), []);
    });
  });
});
