/** Excluding sub-merchants from a bulk request: an approver removes some, and only the rest runs. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { beijingTime } from "../../../src/domain/time/beijing-time.ts";
import { type JsonObject, objectIn, objectsIn } from "../../../src/playground/slack/json.ts";
import { allComponents } from "../../../src/playground/slack/users/components.ts";
import { invalid } from "../../../src/playground/wechatpay/scenario.ts";
import { modeOn, onEveryEngine } from "../support/every-engine.ts";
import { buttonsOf, freshNumber, people, pingedBy, type Requested, type Stage } from "../support/stage.ts";

const fresh = (count: number) => Array.from({ length: count }, freshNumber);

/** The only input of the form in front of a person. */
function inputOf(stage: Stage, who: "bob" | "dan"): JsonObject {
  const blocks = objectsIn(stage.slack.modal(people[who]) ?? {}, "blocks");
  return objectIn(blocks.find(({ type }) => type === "input") ?? {}, "element") ?? {};
}

/** The options of the form, as people read them. */
const choicesOf = (element: JsonObject) => objectsIn(element, "options").map(({ value }) => String(value));

/** The numbers in a file from the bot. */
const numbersIn = (csv: string) => [...csv.matchAll(/^"`(\d+)"/gm)].map(([, number]) => number);

/** The text of the newest file in a request's thread whose name starts with `name`. */
async function fileOf(stage: Stage, { channel, ts }: Requested, name: string): Promise<string> {
  const found = () =>
    stage.slack
      .thread(channel, ts)
      .flatMap(({ files }) => files.flatMap((id) => stage.slack.files.get(id) ?? []))
      .findLast((file) => file.name.startsWith(name));
  const { content } = await stage.slack.until(found);
  return content?.toString("utf8") ?? "";
}

onEveryEngine("exclusions", (openStage, engine) => {
  const mode = modeOn[engine];
  describe(`excluding sub-merchants, over ${mode}`, { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({ mode, environment: { WECHATPAY_RATE: "500" } });
    });
    after(() => stage.close());

    test("one approver excludes two of five, another approves the rest, and every message keeps showing both", async () => {
      const numbers = fresh(5);
      const [first = "", second = "", , penalised = "", last = ""] = numbers;
      stage.weChatPay.behave(penalised, () => invalid("特约商户被处罚中"));
      const request = await stage.request("ann", `open ${numbers.join(" ")} spring campaign`);
      assert.deepEqual(buttonsOf(stage.messageOf(request)), ["Approve", "Reject", "Leave out", "Withdraw"]);

      await stage.openForm("bob", request, "leave-out");
      assert.match(
        stage.modalText("bob"),
        /Open receipts · 5 sub-merchants · #\d+\n.*and 2 more.*@ann.*not be opened/s,
      );
      assert.deepEqual(choicesOf(inputOf(stage, "bob")), numbers);
      await stage.submit("bob", { numbers: [first, last] });
      assert.equal(stage.modalText("bob"), "");
      const pending = await stage.untilShown(request, "2 left out by @bob");
      assert.match(pending, /Open receipts · 3 sub-merchants/);
      assert.match(pending, new RegExp(`2 left out by @bob: ${first} ${last}\n`));
      assert.deepEqual(buttonsOf(stage.messageOf(request)), ["Approve", "Reject", "Leave out", "Withdraw"]);
      assert.deepEqual(numbersIn(await fileOf(stage, request, "requested-open-")), numbers);
      assert.deepEqual(numbersIn(await fileOf(stage, request, "remaining-open-")), numbers.slice(1, -1));
      const list = await stage.slack.until(() => threadWith(request, "left out"));
      assert.match(stage.textOf(list), /^The 3 sub-merchants remaining after 2 were left out\. This list replaces/);
      assert.deepEqual(pingedBy(list), []);
      assert.match(
        await stage.typeAndRead("bob", "pending", request.channel),
        new RegExp(`${second} .*🕓.*yours to decide`),
      );

      const approval = await stage.press("dan", request, "Approve");
      assert.match(JSON.stringify(approval.confirm), /Open receipts for 3 sub-merchants\?/);
      const done = await stage.untilShown(request, "1 not opened");
      assert.match(done, /✅ 2 opened · ❌ 1 not opened · ➖ 2 left out by @bob/);
      const reply = await stage.slack.until(() => threadWith(request, "2 of 3"));
      assert.match(
        stage.textOf(reply),
        /^@ann receipts are open for 2 of 3 sub-merchants; 1 not opened\.\n➖ 2 left out by bob before the decision\.\n1 × /,
      );
      assert.deepEqual(pingedBy(reply), ["ann"], "the excluding approver is not notified");
      for (const number of [first, last]) assert.deepEqual(stage.callsFor(number), []);
      assert.deepEqual(stage.callsFor(second), ["OPEN 200"]);

      const results = await fileOf(stage, request, "results");
      assert.equal(results.match(/"left out","Left out by bob before the decision\."/g)?.length, 2);
      assert.match(
        results,
        /^\ufeff.*,"finished \(Beijing time\)","request","ticket","receipt","点金计划","scene"\r\n/,
      );
      const hourAgo = beijingTime(Date.now() - 3_600_000).replace("T", " ");
      for (const [, ended = ""] of results.matchAll(/"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)"\r/g))
        assert.ok(ended > hourAgo);
      assert.equal(results.trim().split("\r\n").length, 6);
      assert.deepEqual(
        (await stage.eventsOf(first)).filter((event) => / by (ann|bob|dan)$/.test(event)),
        ["asked by ann", "left-out by bob", "approved by dan"],
      );

      stage.weChatPay.behave(penalised, () => undefined);
      await stage.press("ann", request, "Retry 1");
      await stage.untilShown(request, /3 opened · ➖ 2 left out by @bob/);
      await stage.slack.until(() => threadWith(request, "receipts are open for all 3 sub-merchants"));
    });

    test("with more than a hundred, the numbers are pasted as a spreadsheet copies them", async () => {
      const numbers = fresh(101);
      const out = numbers.slice(10, 17);
      const request = await stage.request("ann", `close ${numbers.join(" ")}`);
      await stage.openForm("bob", request, "leave-out");
      assert.equal(inputOf(stage, "bob")["type"], "plain_text_input");
      await stage.submit("bob", { numbers: `sub_mchid\tname\n${out.map((number) => `${number}\tshop`).join("\n")}` });
      const pending = await stage.untilShown(request, "7 left out by @bob");
      assert.match(pending, /Close receipts · 94 sub-merchants/);
      assert.match(pending, new RegExp(`7 left out by @bob: ${out.slice(0, 3).join(" ")} and 4 more`));

      await stage.openForm("dan", request, "leave-out");
      assert.equal(inputOf(stage, "dan")["type"], "multi_static_select", "the list is long enough now");
      assert.deepEqual(
        choicesOf(inputOf(stage, "dan")),
        numbers.filter((number) => !out.includes(number)),
      );
      await stage.submit("dan", { numbers: [numbers[0] ?? ""] });
      await stage.untilShown(request, "8 left out by @bob, @dan");
      await stage.press("dan", request, "Approve");
      await stage.untilShown(request, /✅ 93 closed · ➖ 8 left out by @bob, @dan/);
      assert.equal(stage.weChatPay.calls.filter(({ subMchid }) => out.includes(subMchid ?? "")).length, 0);
      assert.match(
        stage.textOf(await stage.slack.until(() => threadWith(request, "for all 93"))),
        /receipts are closed for all 93 sub-merchants\. .*\n➖ 8 left out by bob, dan before the decision\.$/,
      );
    });

    function threadWith({ channel, ts }: Requested, words: string) {
      return stage.slack.thread(channel, ts).find((message) => stage.textOf(message).includes(words));
    }
  });

  describe("excluding sub-merchants", { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage();
    });
    after(() => stage.close());

    test("an excluded sub-merchant can be requested again at once, and status and history show what happened to it", async () => {
      const numbers = fresh(3);
      const [out = "", second = ""] = numbers;
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      await stage.leaveOut("bob", request, [out]);
      await stage.untilShown(request, "1 left out by @bob");
      const status = await stage.typeAndRead("ann", `status ${out}`, request.channel);
      assert.match(
        status,
        /^@bob left this sub-merchant out of the request by @ann to open receipts, .*\nNothing is in progress\.$/m,
      );
      const history = () => stage.typeAndRead("ann", `history ${out}`, request.channel);
      assert.match(await history(), /➖ open receipts: left out by @bob · requested by @ann, /);
      await stage.reject("dan", request);
      await stage.untilShown(request, /Open receipts · 2 sub-merchants.*1 left out by @bob: .*Rejected by @dan/s);
      assert.match(await history(), /➖ open receipts: left out by @bob · requested by @ann, (?!.*rejected)/);
      assert.match(await stage.typeAndRead("ann", `history ${second}`, request.channel), /open receipts: rejected/);
      const again = await stage.request("ann", `close ${out}`);
      assert.doesNotMatch(await stage.typeAndRead("ann", `status ${out}`, request.channel), /Left out/);
      await stage.press("bob", again, "Approve");
      await stage.untilShown(again, "Receipts closed");
    });

    test("wrong input is reported next to the field, and nothing changes", async () => {
      const numbers = fresh(101);
      const [first = "", second = ""] = numbers;
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      const other = freshNumber();
      await stage.openForm("bob", request, "leave-out");
      const errorOf = async (text: string) => {
        const { errors } = await stage.submit("bob", { numbers: text });
        return errors?.["numbers"];
      };
      assert.equal(await errorOf(" \n "), "Enter at least one sub-merchant number.");
      assert.match(
        String(await errorOf(`${first}\nshop\n${second}O`)),
        /^Nothing was left out\. .* 2 entries .*: line 2: shop /,
      );
      assert.match(String(await errorOf(`保留:\n${first}\n${second}`)), /^Nothing was left out\. .*: line 1: 保留: /);
      assert.match(String(await errorOf(`${first}\n${second}O`)), /^Nothing was left out\. .*: line 2: .* letter O at/);
      assert.match(
        String(await errorOf(`张三（${first}）、${second} 13800138000`)),
        /: line 1: 13800138000 is too long/,
      );
      for (const [text, why] of [
        [`${first} - ${second}`, `${first} - ${second} is a range; list each number`],
        [`${first}至${second}`, `${first}至${second} is a range; list each number`],
        [`${first}、022、023`, "022 is only part of a number; write all of its digits"],
        [`除 ${first} 外`, `${first} is part of an exception; list only the numbers that you mean`],
        [`except:\n${first}`, "except: is part of an exception; list only the numbers that you mean"],
      ] as const)
        assert.match(String(await errorOf(text)), new RegExp(`^Nothing was left out\\. .*: line 1: ${why}\\.$`));
      assert.equal(
        await errorOf(`${first}\t${other}\n${second}\t${other}`),
        "More than one column contains numbers. Copy only the column with the sub-merchant numbers.",
      );
      assert.equal(
        await errorOf(`张三（${other}）、李四（${first}）`),
        `${other} is not in this request. Nothing was left out.`,
      );
      assert.equal(await errorOf(`${first} ${other}`), `${other} is not in this request. Nothing was left out.`);
      const strangers = fresh(7);
      assert.equal(
        await errorOf([first, ...strangers].join("\n")),
        `7 are not in this request: ${strangers.slice(0, 5).join(", ")} and 2 more. Nothing was left out.`,
      );
      assert.equal(
        await errorOf(numbers.join("\n")),
        "These are all the remaining sub-merchants of this request. Reject the request instead.",
      );
      assert.match(stage.shown(request), /101 sub-merchants/);
      assert.doesNotMatch(stage.shown(request), /left out/);
      assert.equal(await errorOf(`${first}\n${first}`), undefined);
      await stage.untilShown(request, `1 left out by @bob: ${first}`);
    });

    test("when two approvers exclude the same sub-merchant at once, one succeeds and the other sees who was first", async () => {
      const numbers = fresh(4);
      const [same = "", another = ""] = numbers;
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      for (const who of ["bob", "dan"] as const) await stage.openForm(who, request, "leave-out");
      await stage.submit("dan", { numbers: [same] });
      const result = await stage.submit("bob", { numbers: [same, another] });
      assert.deepEqual(result.errors, { numbers: `${same} is already left out. Nothing was left out.` });
      await stage.submit("bob", { numbers: [another] });
      await stage.untilShown(request, /2 left out by @(bob, @dan|dan, @bob): /);
      const events = (await stage.eventsOf(same)).filter((event) => event.startsWith("left-out"));
      assert.deepEqual(events, ["left-out by dan", "left-out by bob"]);
    });

    test("a form submitted too late shows who decided first", async () => {
      const numbers = fresh(3);
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      const old = stage.messageOf(request);
      await stage.openForm("bob", request, "leave-out");
      await stage.press("dan", request, "Approve");
      await stage.untilShown(request, "3 opened");
      await stage.submit("bob", { numbers: [numbers[0] ?? ""] });
      assert.match(stage.modalText("bob"), /^@dan approved this before you.* open for 3 of 3 sub-merchants\.$/);
      assert.doesNotMatch(stage.shown(request), /left out/);
      assert.match(await stage.pressAndRead("bob", old, "Leave out"), /^@dan approved this before you/);
    });

    test("a form submitted after the expiry reports that the request has expired", async () => {
      const numbers = fresh(3);
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      await stage.openForm("bob", request, "leave-out");
      await stage.later(25 * 3_600_000);
      await stage.submit("bob", { numbers: [numbers[0] ?? ""] });
      assert.match(stage.modalText("bob"), /^This request expired without a decision/);
      await stage.untilShown(request, "Expired without a decision");
    });

    test("someone who cannot decide gets no form or cannot submit it, and the audit trail records the refusals", async () => {
      const numbers = fresh(3);
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      assert.match(
        await stage.pressAndRead("carol", request, "Leave out"),
        /You need the role approver to leave sub-merchants out/,
      );
      await stage.grant("ann", "approver");
      assert.match(await stage.pressAndRead("ann", request, "Leave out"), /^You requested this, so someone else/);
      await stage.revoke("ann", "approver");
      await stage.openForm("dan", request, "leave-out");
      await stage.revoke("dan", "approver");
      await stage.submit("dan", { numbers: [numbers[0] ?? ""] });
      assert.match(stage.modalText("dan"), /You need the role approver/);
      assert.doesNotMatch(stage.shown(request), /left out/);
      await stage.grant("dan", "approver");
      const refusals = await stage.rows(
        "select detail_json as detail from events where what = 'refused' and request_id in (select request_id from operations where sub_mchid = ?)",
        numbers[0] ?? "",
      );
      assert.deepEqual(
        refusals.map(({ detail }) => JSON.parse(String(detail)).asked),
        ["leave-out", "leave-out", "leave-out"],
      );
    });

    test("when one sub-merchant remains, no more can be excluded, and the request keeps the wording of a bulk request", async () => {
      const numbers = fresh(3);
      const [first = "", second = "", third = ""] = numbers;
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      const old = stage.messageOf(request);
      await stage.leaveOut("bob", request, [first, second]);
      const pending = await stage.untilShown(request, "2 left out by @bob");
      assert.match(
        pending,
        new RegExp(`Open receipts · 1 sub-merchant · #\\d+\n.*\n${third}\n➖ 2 left out by @bob: ${first} ${second}\n`),
      );
      assert.deepEqual(buttonsOf(stage.messageOf(request)), ["Approve", "Reject", "Withdraw"]);
      assert.match(
        await stage.pressAndRead("dan", { ...old }, "Leave out"),
        /only one sub-merchant.*Reject the request/,
      );
      const result = await stage.press("dan", request, "Approve");
      assert.match(JSON.stringify(result.confirm), /Open receipts for 1 sub-merchant\?/);
      await stage.untilShown(request, /✅ 1 opened · ➖ 2 left out by @bob/);
      assert.deepEqual(stage.callsFor(third), ["OPEN 200"]);
    });

    test("a request for a single sub-merchant has no such button", async () => {
      const request = await stage.request("ann", `open ${freshNumber()}`);
      assert.deepEqual(buttonsOf(stage.messageOf(request)), ["Approve", "Reject", "Withdraw"]);
    });

    test("a sub-merchant outside the requester's restriction can be excluded, and the rest is approved", async () => {
      const [mine = "", ...others] = fresh(3);
      const request = await stage.request("ann", `open ${[mine, ...others].join(" ")}`);
      await stage.typeAndRead("carol", `grant @ann requester for ${others.join(",")}`);
      assert.match(await stage.pressAndRead("bob", request, "Approve"), new RegExp(mine));
      await stage.leaveOut("bob", request, [mine]);
      await stage.untilShown(request, "1 left out by @bob");
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, /✅ 2 opened · ➖ 1 left out/);
      await stage.grant("ann", "requester");
    });

    test("App Home opens the form too, and then shows the remaining number", async () => {
      const numbers = fresh(4);
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      const blocks = () => objectsIn(stage.slack.home(people.bob) ?? {}, "blocks");
      const home = () => stage.textOf({ text: "", blocks: blocks() });
      const [out = "", kept = ""] = numbers;
      await stage.slack.openHome(people.bob);
      await stage.slack.until(() => home().includes(`${out} ${kept}`));
      const [row] = await stage.rows("select request_id from operations where sub_mchid = ?", out);
      const id = String(row?.["request_id"]);
      const button = allComponents(blocks()).find(
        ({ element }) => element["value"] === id && element["action_id"] === "leave-out",
      );
      assert.ok(button);
      await stage.slack.clickInView(people.bob, "home", { actionId: "leave-out", blockId: button.blockId });
      await stage.slack.until(() => stage.slack.modalWith(people.bob, id));
      await stage.submit("bob", { numbers: [out] }, id);
      await stage.untilShown(request, "1 left out by @bob");
      await stage.slack.until(() => home().includes(`1 left out by @bob: ${out}`));
    });

    test("when Slack does not open the form, the approver is notified, and nothing changes", async () => {
      const request = await stage.request("ann", `open ${fresh(2).join(" ")}`);
      stage.slack.fail("views.open", { error: "expired_trigger_id" }, 1);
      assert.match(await stage.pressAndRead("bob", request, "Leave out"), /^The form could not be opened in time/);
      assert.match(stage.shown(request), /\[ Approve \]/);
    });
  });

  test("when two approvals are needed, the first one remains valid after an exclusion", async (t) => {
    const stage = await openStage({ environment: { APPROVERS_NEEDED: "2", BREAK_GLASS: "on" } });
    t.after(() => stage.close());
    const numbers = fresh(4);
    const request = await stage.request("ann", `open ${numbers.join(" ")} new stores`);
    assert.deepEqual(buttonsOf(stage.messageOf(request)), [
      "Approve",
      "Reject",
      "Leave out",
      "Break glass",
      "Withdraw",
    ]);
    await stage.press("bob", request, "Approve");
    await stage.untilShown(request, "Approved by @bob");
    await stage.leaveOut("dan", request, [numbers[0] ?? ""]);
    const pending = await stage.untilShown(request, "1 left out by @dan");
    assert.match(pending, /Approved by @bob.*\n1 more approval is required/);
    await stage.press("dan", request, "Approve");
    await stage.untilShown(request, /✅ 3 opened · ➖ 1 left out by @dan/);
  });

  test("in Chinese the form, its errors and the message say the same", async (t) => {
    const stage = await openStage({ environment: { LOCALE: "zh-CN" }, grants: [] });
    t.after(() => stage.close());
    for (const words of ["授予 @ann 申请人", "授予 @bob 审批人"]) await stage.typeAndRead("carol", words);
    const numbers = fresh(5);
    const request = await stage.request("ann", `开通 ${numbers.join(" ")}`);
    assert.ok(buttonsOf(stage.messageOf(request)).includes("剔除"));
    await stage.openForm("bob", request, "leave-out");
    assert.match(stage.modalText("bob"), /剔除的特约商户不会开通商家小票/);
    const all = await stage.submit("bob", { numbers });
    assert.deepEqual(all.errors, { numbers: "这是本申请中剩下的全部特约商户。如都不需要，请改为拒绝本申请。" });
    await stage.submit("bob", { numbers: numbers.slice(3) });
    const pending = await stage.untilShown(request, "已剔除 2 个");
    assert.match(
      pending,
      new RegExp(`开通商家小票 · 3 个特约商户.*已剔除 2 个 · 剔除人 @bob · ${numbers[3]} ${numbers[4]}`, "s"),
    );
    await stage.press("bob", request, "批准");
    await stage.untilShown(request, /✅ 已开通 3 个 · ➖ 已剔除 2 个 · 剔除人 @bob/);
    assert.match(await stage.typeAndRead("ann", `状态 ${numbers[4]}`, request.channel), /已剔除：.*剔除人 @bob/);
    assert.match(
      await stage.typeAndRead("ann", `历史 ${numbers[4]}`, request.channel),
      /➖ 开通商家小票：已剔除 · 剔除人 @bob/,
    );
  });
});
