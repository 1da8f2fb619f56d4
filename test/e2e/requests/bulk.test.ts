/** Bulk requests: submitted in one command, decided once, run in parallel, reported in one place. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { invalid } from "../../../src/playground/wechatpay/scenario.ts";
import { eventually } from "../../eventually.ts";
import { onEveryEngine } from "../support/every-engine.ts";
import { freshNumber, people, pingedBy, type Requested, type Stage } from "../support/stage.ts";

const fresh = (count: number) => Array.from({ length: count }, freshNumber);
const penalised = invalid("特约商户被处罚中");

onEveryEngine("bulk requests", (openStage) => {
  describe("a bulk request", { concurrency: true }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({ environment: { WECHATPAY_RATE: "500" } });
    });
    after(() => stage.close());

    /** The texts of the files in a request's thread, oldest first. */
    async function files(request: Requested, count: number): Promise<string[]> {
      const found = () =>
        stage.slack
          .thread(request.channel, request.ts)
          .flatMap(({ files }) => files.flatMap((id) => stage.slack.files.get(id)?.content ?? []));
      await stage.slack.until(() => found().length >= count);
      return found().map((content) => content.toString("utf8"));
    }

    test("has one message, one decision, one thread and one file, and each merchant is called once", async () => {
      const numbers = fresh(12);
      const [penalty = "", wrong = ""] = numbers.slice(3);
      stage.weChatPay.behave(penalty, () => penalised);
      stage.weChatPay.behave(wrong, () => ({ status: 400, body: { code: "MCH_NOT_EXISTS", message: "商户号不存在" } }));
      const request = await stage.request("ann", `open ${numbers.join(" ")} spring campaign`);
      const pending = stage.shown(request);
      assert.match(pending, /Open receipts · 12 sub-merchants/);
      assert.match(pending, /and 9 more/);
      assert.match(pending, /\| spring campaign/);
      const [list = ""] = await files(request, 1);
      for (const number of numbers) assert.ok(list.includes(number), `${number} is not in the list`);

      const result = await stage.press("bob", request, "Approve");
      assert.match(JSON.stringify(result.confirm), /Open receipts for 12 sub-merchants\?/);
      const done = await stage.untilShown(request, /10 opened/);
      assert.match(done, /2 not opened/);
      assert.match(done, /\[ Retry 1 \]/);
      const reply = stage.textOf(await stage.slack.until(() => threadWith(request, "10 of 12")));
      assert.match(reply, /@ann receipts are open for 10 of 12 sub-merchants/);
      assert.match(reply, /1 × the sub-merchant is under penalty[^×]*Who acts The sub-merchant\./);
      assert.match(reply, /1 × this sub-merchant is not one of ours[^×]*Who acts The requester, @ann\./);
      const [, results = ""] = await files(request, 2);
      assert.equal(results.trim().split("\r\n").length, 13);
      assert.match(results, /特约商户被处罚中/);
      for (const number of numbers) assert.equal(stage.callsFor(number).length, 1);
      assert.equal(stage.slack.messages(request.channel).length, 1);

      stage.weChatPay.behave(penalty, () => undefined);
      await stage.press("ann", request, "Retry 1");
      await stage.untilShown(request, /11 opened/);
      assert.deepEqual(stage.callsFor(penalty), ["OPEN 400", "OPEN 200"]);
      assert.equal(stage.callsFor(wrong).length, 1);
      await files(request, 3);
    });

    test("shows the ledger's earlier results before the decision", async () => {
      const [open = "", failed = "", third = ""] = fresh(3);
      const channel = stage.newChannel();
      const first = await stage.request("ann", `open ${open}`, channel);
      await stage.press("bob", first, "Approve");
      await stage.untilShown(first, "Receipts opened");
      stage.weChatPay.behave(failed, () => penalised);
      const second = await stage.request("ann", `open ${failed}`, channel);
      await stage.press("bob", second, "Approve");
      await stage.untilShown(second, "Receipts not opened");
      const request = await stage.request("ann", `open ${open} ${failed} ${third}`, channel);
      const shown = stage.shown(request);
      assert.match(shown, new RegExp(`^1 of them: receipts already open · ${open} \\d+ \\w+$`, "m"));
      assert.match(
        shown,
        new RegExp(
          `^1 of them: receipts not opened last time \\(the sub-merchant is under penalty\\) · ${failed} \\d+ \\w+$`,
          "m",
        ),
      );
    });

    test("skips numbers that already have an open request, and reports them to the requester only", async () => {
      const [taken = "", ...others] = fresh(3);
      const channel = stage.newChannel();
      await stage.request("ann", `open ${taken}`, channel);
      const result = await stage.type("ann", `close ${[taken, ...others].join(" ")}`, channel);
      assert.match(
        result.ephemeral ? stage.textOf(result.ephemeral) : "",
        new RegExp(`Recorded without ${taken}: it already has`),
      );
      const message = await stage.slack.until(() => stage.slack.messages(channel)[1]);
      assert.match(stage.textOf(message), /Close receipts · 2 sub-merchants/);
      assert.match(
        await stage.typeAndRead("ann", `close ${[taken, ...others].join(" ")}`, channel),
        /^Each of these .* already has an open request/,
      );
    });

    test("is rejected or withdrawn as a whole", async () => {
      const rejected = await stage.request("ann", `open ${fresh(3).join(" ")}`);
      await stage.reject("bob", rejected);
      await stage.untilShown(rejected, "Rejected by @bob");
      await stage.slack.until(() => threadWith(rejected, "was rejected"));
      const withdrawn = await stage.request("ann", `open ${fresh(3).join(" ")}`);
      await stage.press("ann", withdrawn, "Withdraw");
      await stage.untilShown(withdrawn, "Withdrawn by @ann");
      assert.match(
        await stage.pressAndRead("bob", stage.messageOf(rejected), "Reject").catch(String),
        /there is no "Reject"/,
      );
    });

    function threadWith({ channel, ts }: Requested, words: string) {
      return stage.slack.thread(channel, ts).find((message) => stage.textOf(message).includes(words));
    }
  });

  describe("a running bulk request", { concurrency: true }, () => {
    test("shows its progress, can be stopped by an approver, and reports what was not started", async (t) => {
      const stage = await openStage({ environment: { WECHATPAY_RATE: "20" } });
      t.after(() => stage.close());
      const numbers = fresh(200);
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      await stage.press("bob", request, "Approve");
      const working = await stage.untilShown(request, /left · about \d+ s/);
      assert.match(working, /\d+ % · \d+ done · 0 failed/);
      assert.match(working, /\[ Stop \]/);
      assert.match(await stage.pressAndRead("ann", request, "Stop"), /You need the role approver to stop requests/);
      const snapshot = stage.messageOf(request);
      await stage.press("dan", request, "Stop");
      const stopped = await stage.untilShown(request, "not started, stopped by @dan");
      const [, opened] = /(\d+) opened/.exec(stopped) ?? [];
      const [, cancelled] = /(\d+) not started/.exec(stopped) ?? [];
      assert.equal(Number(opened) + Number(cancelled), 200);
      assert.equal(stage.weChatPay.calls.length, Number(opened));
      assert.match(await stage.pressAndRead("bob", snapshot, "Stop"), /@dan stopped this before you/);
      assert.match(await stage.pressAndRead("dan", snapshot, "Stop"), /^You already stopped this/);

      const { channel, ts } = request;
      const reply = await stage.slack.until(() =>
        stage.slack.thread(channel, ts).find((message) => stage.textOf(message).startsWith("@ann receipts")),
      );
      assert.match(
        stage.textOf(reply),
        new RegExp(
          `^@ann receipts are open for ${opened} of 200 sub-merchants\\.\\n⏹️ ${cancelled} not started, because dan stopped the request\\. If you still need them, press Resubmit ${cancelled} in the message above; a file in this thread lists only these\\.`,
        ),
      );
      assert.deepEqual(pingedBy(reply), ["ann"]);
      const lists = () =>
        stage.slack
          .thread(channel, ts)
          .filter(({ files }) => files.some((id) => stage.slack.files.get(id)?.name.startsWith("not-started-open-")));
      const list = await stage.slack.until(() => lists()[0]);
      assert.match(
        stage.textOf(list),
        /not started before the stop\..* save this file, type \/receipt and upload the file/,
      );
      const content = stage.slack.files.get(list.files[0] ?? "")?.content ?? assert.fail("the file is empty");
      await stage.type("ann", "", channel);
      const file = stage.slack.files.choose(people.ann, "not-started.csv", content);
      await stage.submit("ann", { action: "OPEN", file });
      await stage.submit("ann");
      const again = await stage.slack.until(() => stage.slack.messages(channel)[1]);
      assert.equal(lists().length, 1);
      assert.match(stage.textOf(again), new RegExp(`Open receipts · ${cancelled} sub-merchants`));
      assert.doesNotMatch(stage.textOf(again), /already/, "completed ones are not requested again");
    });

    test("shows an estimate of the remaining time, for retries too", async (t) => {
      const stage = await openStage({ environment: { WECHATPAY_RATE: "12" } });
      t.after(() => stage.close());
      const numbers = fresh(60);
      for (const number of numbers) stage.weChatPay.behave(number, () => penalised);
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "60 not opened");
      for (const number of numbers) stage.weChatPay.behave(number, () => undefined);
      await stage.press("ann", request, "Retry 60");
      await stage.untilShown(request, /\d+ done · 0 failed · \d+ left · about \d+ s/);
      await stage.untilShown(request, "60 opened");
    });

    test("resumes after a restart, and calls no merchant twice", async (t) => {
      const stage = await openStage({ environment: { WECHATPAY_RATE: "100" } });
      t.after(() => stage.close());
      const numbers = fresh(150);
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      await stage.press("bob", request, "Approve");
      await eventually(() => stage.weChatPay.calls.length > 40);
      await stage.restart();
      assert.ok(stage.weChatPay.calls.length < 150, "it was running");
      await stage.untilShown(request, "150 opened");
      for (const number of numbers) assert.deepEqual(stage.callsFor(number), ["OPEN 200"]);
    });
  });
});
