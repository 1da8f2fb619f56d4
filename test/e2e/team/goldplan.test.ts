/** The receipt and 点金计划 in one request: in order, half done, closed and opened again, and for many. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { invalid } from "../../../src/playground/wechatpay/scenario.ts";
import { modeOn, onEveryEngine } from "../support/every-engine.ts";
import { buttonsOf, freshNumber, people, type Requested, type Stage } from "../support/stage.ts";

const penalised = () => invalid("特约商户被处罚中");
const hourMs = 3_600_000;

/** Each call for a sub-merchant, oldest first, as `receipt OPEN 200`. */
function stepsFor({ weChatPay }: Stage, number: string): string[] {
  return weChatPay.calls
    .filter(({ subMchid }) => subMchid === number)
    .map(({ step, operationType, answered }) => `${step} ${operationType} ${answered}`);
}

/** Lets one step of a sub-merchant be refused. */
function refuse({ weChatPay }: Stage, number: string, step: "receipt" | "goldplan"): void {
  weChatPay.behave(number, (call) => (call.step === step ? penalised() : undefined));
}

async function replyTo(stage: Stage, request: Requested, n = 1): Promise<string> {
  return stage.textOf(await stage.untilReply(request, n));
}

onEveryEngine("点金计划", (openStage, engine) => {
  describe(`with receipts, over ${modeOn[engine]}`, { concurrency: 1 }, () => {
    test("one request opens the receipt and then 点金计划, for the scene that its message names", async (t) => {
      const environment = { GOLDPLAN: "with-receipts", GOLDPLAN_SCENE: "MINIPROGRAM" };
      const stage = await openStage({ mode: modeOn[engine], environment });
      t.after(() => stage.close());
      const number = freshNumber();
      const request = await stage.request("ann", `open ${number} new store`);
      assert.match(stage.shown(request), new RegExp(`Open receipts and 点金计划 · ${number}`));
      assert.match(stage.shown(request), /点金计划 for mini program payments/);
      assert.match(
        JSON.stringify(stage.messageOf(request).blocks),
        /first for receipts, then for 点金计划 \(mini program/,
      );
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts and 点金计划 opened");
      assert.deepEqual(stepsFor(stage, number), ["receipt OPEN 200", "goldplan OPEN 200"]);
      assert.deepEqual(stage.weChatPay.switchesOf(number), { receipt: "OPEN", goldplan: "OPEN", scene: "MINIPROGRAM" });
      const outcome = await stage.untilReply(request);
      assert.match(stage.textOf(outcome), /@ann receipts and 点金计划 are open for \d+\. Customers see the merchant's/);
      assert.match(await stage.pressAndRead("dan", outcome, "Page empty?"), /onIframeReady[\s\S]*3\. [\s\S]*4\. /);
      const [answer] = stage.slack.ephemerals(people.dan).filter(({ channel }) => channel === outcome.channel);
      assert.equal(answer?.threadTs, outcome.threadTs, "where the button is");

      const status = await stage.typeAndRead("bob", `status ${number}`);
      assert.match(status, /^Receipts last set by this bot: open, .*$/m);
      assert.match(status, /^点金计划 last set by this bot: open, .*$/m);
      assert.match(await stage.typeAndRead("bob", "history goldplan"), /✅ receipts and 点金计划 opened/);
      const closing = await stage.request("ann", `close ${number}`);
      assert.match(stage.shown(closing), new RegExp(`Close receipts · ${number}`), "closing means receipts alone");
    });

    test("if the receipt fails, 点金计划 is not called; if 点金计划 fails, Retry makes only its call", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment: { GOLDPLAN: "with-receipts" } });
      t.after(() => stage.close());
      const [early, late] = [freshNumber(), freshNumber()];
      refuse(stage, early, "receipt");
      const first = await stage.request("ann", `open ${early}`);
      await stage.press("bob", first, "Approve");
      const shown = await stage.untilShown(first, "Receipts and 点金计划 not opened");
      assert.match(shown, /点金计划 was not attempted, because receipts come first/);
      assert.deepEqual(stepsFor(stage, early), ["receipt OPEN 400"]);

      refuse(stage, late, "goldplan");
      const second = await stage.request("ann", `open ${late}`);
      await stage.press("bob", second, "Approve");
      const half = await stage.untilShown(second, "点金计划 not opened");
      assert.match(half, /Receipts were already opened and remain open\. Retry continues with 点金计划/);
      assert.match(await replyTo(stage, second), /receipts for \d+ were opened, but 点金计划 was not opened/);
      assert.match(
        await stage.typeAndRead("bob", `status ${late}`),
        /^Receipts last set by this bot: open[\s\S]*❌ 点金计划 not opened/m,
      );
      stage.weChatPay.behave(late, () => undefined);
      await stage.press("bob", second, "Retry");
      await stage.untilShown(second, "Receipts and 点金计划 opened");
      assert.deepEqual(stepsFor(stage, late), ["receipt OPEN 200", "goldplan OPEN 400", "goldplan OPEN 200"]);
    });

    test("a request to open it within 24 hours of closing carries a warning before the decision, and is not retried too soon", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment: { GOLDPLAN: "on" } });
      t.after(() => stage.close());
      const number = freshNumber();
      const closing = await stage.request("ann", `goldplan close ${number}`);
      assert.match(
        JSON.stringify(stage.messageOf(closing).blocks),
        /cannot be opened again within 24 hours of closing/,
      );
      await stage.press("bob", closing, "Approve");
      await stage.untilShown(closing, "点金计划 closed");
      const opening = await stage.request("ann", `goldplan open ${number}`);
      assert.match(stage.shown(opening), /⏳ This bot closed 点金计划 .* this request cannot succeed before /);
      await stage.press("bob", opening, "Approve");
      await stage.untilShown(opening, "点金计划 not opened");
      assert.match(await replyTo(stage, opening), /This bot closed it, .*; it can be opened again from /);
      const calls = stepsFor(stage, number);
      assert.match(
        await stage.pressAndRead("bob", opening, "Retry"),
        /Press Retry again after .* WeChat Pay was not called/,
      );
      assert.deepEqual(stepsFor(stage, number), calls);
      await stage.later(25 * hourMs);
      await stage.press("bob", opening, "Retry");
      await stage.untilShown(opening, "点金计划 opened");
      assert.equal(stage.weChatPay.switchesOf(number).goldplan, "OPEN");
    });

    test("after receipts alone, the thread says what the ledger knows, and 点金计划 can be added once", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment: { GOLDPLAN: "on" } });
      t.after(() => stage.close());
      const number = freshNumber();
      const request = await stage.request("ann", `open 蓝海火锅（${number}）`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      assert.match(
        await replyTo(stage, request),
        /This bot has never opened or closed 点金计划 for this merchant.* If it is not, press Add 点金计划 on the/,
      );
      const { channel } = request;
      const before = stage.slack.messages(channel).length;
      await Promise.all([1, 2].map(() => stage.press("ann", request, "Add 点金计划")));
      const added = await stage.slack.until(() => stage.slack.messages(channel)[before]);
      assert.match(stage.textOf(added), new RegExp(`Open 点金计划 · ${number}`));
      assert.match(stage.textOf(added), /Given as 蓝海火锅/, "the name is carried over");
      await stage.press("bob", added, "Approve");
      await stage.untilShown({ channel, ts: added.ts, number }, "点金计划 opened");
      assert.deepEqual(stepsFor(stage, number), ["receipt OPEN 200", "goldplan OPEN 200"]);
      assert.equal(stage.slack.messages(channel).length, before + 1, "pressed twice, it is one request");
    });

    test("where the settings do not allow it, it is refused to its sender alone", async (t) => {
      const stage = await openStage({ mode: modeOn[engine] });
      t.after(() => stage.close());
      const [channel, number] = [stage.newChannel(), freshNumber()];
      for (const words of [`goldplan open ${number}`, `both close ${number}`, `点金计划开通${number}`])
        assert.match(
          await stage.typeAndRead("ann", words, channel),
          /has to set GOLDPLAN to on\. Nothing was recorded/,
          words,
        );
      assert.deepEqual(await stage.eventsOf(number), []);
      assert.deepEqual(stage.slack.messages(channel), []);
      const request = await stage.request("ann", `receipt open ${number}`, channel);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      assert.deepEqual(buttonsOf(stage.messageOf(request)), []);
    });

    test("where it was allowed when a form or a message appeared, and no longer is, nothing is recorded", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment: { GOLDPLAN: "on" } });
      t.after(() => stage.close());
      const [channel, number, other] = [stage.newChannel(), freshNumber(), freshNumber()];
      const opened = await stage.request("ann", `receipt open ${other}`, channel);
      await stage.press("bob", opened, "Approve");
      await stage.untilShown(opened, "Receipts opened");
      const before = stage.messageOf(opened);
      await stage.type("ann", "", channel);
      await stage.submit("ann", { action: "OPEN:both", numbers: number });
      assert.match(stage.modalText("ann"), new RegExp(number), "the preview");
      await stage.restart(() => {
        stage.environment["GOLDPLAN"] = "off";
      });
      await stage.submit("ann");
      assert.match(stage.modalText("ann"), /has to set GOLDPLAN to on\. Nothing was recorded/);
      assert.match(await stage.pressAndRead("ann", before, "Add 点金计划"), /has to set GOLDPLAN to on/);
      assert.deepEqual(await stage.eventsOf(number), []);
      assert.equal(stage.slack.messages(channel).length, 1);
    });

    test("many at once: what is half done counts as not opened, and the files show each switch", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment: { GOLDPLAN: "on" } });
      t.after(() => stage.close());
      const numbers = Array.from({ length: 5 }, freshNumber);
      const [half = ""] = numbers;
      refuse(stage, half, "goldplan");
      const request = await stage.request("ann", `小票和点金计划 开通 ${numbers.join(" ")}`);
      assert.match(stage.shown(request), /Open receipts and 点金计划 · 5 sub-merchants/);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "4 opened");
      assert.match(stage.shown(request), /1 not opened/);
      const file = await stage.slack.until(() =>
        stage.slack
          .thread(request.channel, request.ts)
          .flatMap(({ files }) => files.map((id) => stage.slack.files.get(id)))
          .find((found) => found?.name.startsWith("results-open-both-")),
      );
      const rows = (file.content?.toString() ?? "").split("\r\n");
      assert.match(rows.find((row) => row.includes(half)) ?? "", /"failed".*"done","failed","JSAPI"$/);
      assert.match(rows.find((row) => row.includes(numbers[1] ?? "-")) ?? "", /"done","done","JSAPI"$/);
      stage.weChatPay.behave(half, () => undefined);
      await stage.press("bob", request, "Retry 1");
      await stage.untilShown(request, "5 opened");
      assert.deepEqual(stepsFor(stage, half), ["receipt OPEN 200", "goldplan OPEN 400", "goldplan OPEN 200"]);
    });
  });
});
