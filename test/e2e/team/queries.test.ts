/** Queries: what is set, what was done, what is pending, and the audit trail as a file. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { JsonObject } from "../../../src/playground/slack/json.ts";
import type { Message } from "../../../src/playground/slack/state.ts";
import { invalid } from "../../../src/playground/wechatpay/scenario.ts";
import { onEveryEngine } from "../support/every-engine.ts";
import { buttonsOf, freshNumber, type Name, people, type Requested, type Stage } from "../support/stage.ts";

onEveryEngine("queries", (openStage) => {
  describe("querying the ledger", { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      // The forged clicks are logged as payloads that cannot come from Slack.
      stage = await openStage({ mayLogErrors: true });
    });
    after(() => stage.close());

    async function opened(number: string): Promise<Requested> {
      const request = await stage.request("ann", `open ${number}`);
      await stage.press("bob", request, "Approve");
      await stage.untilReply(request);
      return request;
    }

    /** The answer to one person, as a message with buttons. */
    async function answerTo(who: Name, words: string, channel?: string): Promise<Message> {
      const { ephemeral, errorText } = await stage.type(who, words, channel);
      assert.ok(ephemeral, `no answer to "${words}": ${errorText}`);
      return ephemeral;
    }

    /** Presses a button of an answer and waits until the answer has changed in place. */
    async function turned(who: Name, page: Message, label: "Older" | "Newer"): Promise<Message> {
      const before = stage.slack.ephemerals(people[who]).length;
      await stage.press(who, page, label);
      const next = await stage.slack.until(() => {
        const now = stage.slack.state.find(page.channel, page.ts);
        return now && now.versions.length > page.versions.length ? now : undefined;
      });
      assert.equal(stage.slack.ephemerals(people[who]).length, before, "one page replaces the other");
      assert.equal(next.onlyFor, people[who]);
      return next;
    }

    test("status shows what was last set, by whom and when, what is running, and that only the bot's own changes count", async () => {
      const number = freshNumber();
      assert.match(
        await stage.typeAndRead("bob", `status ${number}`),
        /This bot has not opened or closed receipts for this sub-merchant yet\.\nNothing is in progress/,
      );

      const opening = await opened(number);
      const set = await answerTo("bob", `status ${number}`);
      const text = stage.textOf(set);
      assert.match(text, new RegExp(`^Sub-merchant ${number}$`, "m"));
      assert.match(
        text,
        /^Receipts last set by this bot: open, \d+ \w+ \d\d:\d\d · requested by @ann, approved by @bob \(#\d+\)$/m,
      );
      assert.match(text, /^Nothing is in progress\.$/m);
      assert.match(
        text,
        /^_This is the state that the bot last set\. WeChat Pay does not offer a way to query the current state, .*_$/m,
      );
      assert.ok(JSON.stringify(set.blocks).includes(`/archives/${opening.channel}/p${opening.ts.replace(".", "")}`));

      stage.weChatPay.behave(number, () => invalid("特约商户被处罚中"));
      const closing = await stage.request("ann", `close ${number}`);
      await stage.untilKnown(closing);
      assert.match(
        await stage.typeAndRead("bob", `状态 ${number}`),
        /In progress: request by @ann to close receipts; decide by .*\(#\d+\)/,
      );
      await stage.press("bob", closing, "Approve");
      await stage.untilReply(closing);
      const failed = await stage.typeAndRead("bob", `status ${number}`);
      assert.match(failed, /^Receipts last set by this bot: open/m);
      assert.match(
        failed,
        /^Last attempt failed, .*: ❌ receipts not closed · the sub-merchant is under penalty · requested by @ann/m,
      );
    });

    test("a pending request shows what was set last and what has failed since", async () => {
      const number = freshNumber();
      const opening = await opened(number);
      stage.weChatPay.behave(number, () => invalid("特约商户被处罚中"));
      const channel = opening.channel;
      const failing = await stage.request("ann", `close ${number}`, channel);
      assert.match(stage.shown(failing), /^Receipts last set by this bot: open, \d+ \w+ \(#\d+\)$/m);
      assert.doesNotMatch(stage.shown(failing), /Last attempt failed/);
      await stage.press("bob", failing, "Approve");
      await stage.untilReply(failing);
      const again = await stage.request("ann", `close ${number}`, channel);
      assert.match(
        stage.shown(again),
        /^Receipts last set by this bot: open, .*\nLast attempt failed, \d+ \w+: ❌ receipts not closed · the sub-merchant is under penalty \(#\d+\)$/m,
      );
      const [, link] = JSON.stringify(stage.messageOf(again).blocks).match(/❌ [^|]*p(\d+)\|#\d+/) ?? [];
      assert.equal(link, failing.ts.replace(".", ""), "the link leads to what failed");
    });

    test("history shows each outcome, requester and approver, and every filter works", async () => {
      const [good, bad, rejected] = [freshNumber(), freshNumber(), freshNumber()];
      await opened(good);
      stage.weChatPay.behave(bad, () => invalid("特约商户被处罚中"));
      await opened(bad);
      await stage.reject("dan", await stage.request("ann", `close ${rejected}`));
      const lines = (await stage.typeAndRead("dan", "history @ann 7d")).split("\n");
      assert.match(lines[0] ?? "", /^History, newest first · requested by @ann · since \d+ \w+ \d\d:\d\d$/);
      assert.match(
        lines[1] ?? "",
        new RegExp(`^${rejected} 🚫 close receipts: rejected · requested by @ann, rejected by @dan, .* \\(#\\d+\\)$`),
      );
      assert.match(
        lines[2] ?? "",
        new RegExp(
          `^${bad} ❌ receipts not opened · the sub-merchant is under penalty · requested by @ann, approved by @bob`,
        ),
      );
      assert.match(lines[3] ?? "", new RegExp(`^${good} ✅ receipts opened · requested by @ann, approved by @bob`));

      const taken = freshNumber();
      const withdrawn = await stage.request("ann", `close ${taken}`);
      await stage.press("ann", withdrawn, "Withdraw");
      await stage.untilShown(withdrawn, "Withdrawn by @ann");
      assert.match(
        await stage.typeAndRead("dan", `history ${taken}`),
        new RegExp(`^${taken} ↩️ close receipts: withdrawn · requested by @ann, \\d`, "m"),
        "who takes their own wish back has decided nothing",
      );

      const numbersIn = async (words: string) =>
        [...(await stage.typeAndRead("dan", words)).matchAll(/^(\d+) /gm)].map(([, number]) => number);
      assert.deepEqual(await numbersIn(`history failed ${bad} 1h @ann open`), [bad]);
      assert.deepEqual(await numbersIn(`历史 ${rejected} 关闭`), [rejected]);
      assert.match(await stage.typeAndRead("dan", `history ${good} failed`), /No requests match\..*\/receipt history/);
      assert.match(
        await stage.typeAndRead("dan", "history yesterday"),
        /yesterday is not a filter\..* goldplan or both, .*: \/receipt history 1900000109 failed\. .*: \/receipt history #1042$/,
      );
      assert.equal(
        await stage.typeAndRead("dan", "history #1001 failed"),
        "failed is not part of this command. Try /receipt history #1001",
      );
      assert.equal(
        await stage.typeAndRead("dan", "history 30m"),
        "30m is not a time span that works here. Use hours or days, such as 12h or 7d: /receipt history 7d",
      );
    });

    test("pages of history are replaced in place, forward and back", async () => {
      const channel = stage.newChannel();
      const numbers = Array.from({ length: 12 }, freshNumber);
      for (const number of numbers) await stage.request("ann", `open ${number}`);
      const first = await answerTo("bob", "history @ann open", channel);
      const shown = (page: Message) => [...stage.textOf(page).matchAll(/^(\d+) /gm)].map(([, number]) => number);
      assert.deepEqual(shown(first), numbers.slice(2).reverse());
      assert.deepEqual(buttonsOf(first), ["Older"]);
      const second = await turned("bob", first, "Older");
      assert.deepEqual(shown(second).slice(0, 2), numbers.slice(0, 2).reverse());
      assert.ok(buttonsOf(second).includes("Newer"));
      const back = await turned("bob", second, "Newer");
      assert.deepEqual([shown(back), buttonsOf(back)], [shown(first), ["Older"]]);
    });

    test("someone who has lost the role cannot turn pages, and reads why", async () => {
      const page = await answerTo("dan", "history");
      await stage.revoke("dan", "approver");
      assert.match(await stage.pressAndRead("dan", page, "Older"), /You need a role .*@carol can give you one/);
      assert.equal(stage.slack.state.find(page.channel, page.ts)?.versions.length, 0);
      await stage.grant("dan", "approver");
    });

    test("a click with an impossible value is answered, and shows nothing", async () => {
      const page = await answerTo("bob", "history");
      for (const value of ["", "{", '{"list":"history"}', '{"list":"roles"}', "x".repeat(2_000)]) {
        const blocks = [{ type: "actions", block_id: "pages", elements: [forged(value)] }];
        assert.match(await stage.pressAndRead("bob", { ...page, blocks }, "Older"), /A different version of the bot/);
      }
      assert.equal(stage.slack.state.find(page.channel, page.ts)?.versions.length, 0);
    });

    test("pending lists the oldest first, and marks those that the reader can decide", async () => {
      await stage.grant("dan", "requester");
      const channel = stage.newChannel();
      const [anns, dans] = [freshNumber(), freshNumber()];
      await stage.request("ann", `open ${anns}`, channel);
      await stage.request("dan", `close ${dans}`, channel);
      const lineIn = async (who: Name, number: string) => {
        let page = await answerTo(who, "pending");
        for (;;) {
          const line = stage
            .textOf(page)
            .split("\n")
            .find((each) => each.startsWith(number));
          if (line !== undefined) return line;
          page = await turned(who, page, "Newer");
        }
      };
      assert.match(
        await lineIn("dan", anns),
        new RegExp(
          `^${anns} 🕓 open receipts · requested by @ann, just now; decide by .* \\(#\\d+\\) · 👉 yours to decide$`,
        ),
      );
      assert.doesNotMatch(await lineIn("dan", dans), /yours to decide/, "it is dan's own");
      assert.match(await lineIn("bob", dans), /yours to decide/);
      assert.doesNotMatch(await lineIn("ann", anns), /yours to decide/);
      await stage.revoke("dan", "requester");
    });

    test("someone without a role sees nothing, and reads who can help", async () => {
      for (const words of ["status 1900000109", "history", "pending", "export"])
        assert.match(await stage.typeAndRead("ghost", words), /You need (a|the) role .*@carol can give/, words);
    });
  });

  describe("the audit trail", { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage();
    });
    after(() => stage.close());

    /** Types an export and waits for the `nth` direct message. Resolves to its text and file. */
    async function exported(words: string, nth: number) {
      assert.match(
        await stage.typeAndRead("carol", words),
        /is being exported\. You receive it as a CSV file .* If nothing arrives within ten minutes, export again/,
      );
      const message = await stage.slack.until(() => stage.slack.directMessages(people.carol)[nth - 1]);
      const file = message.files[0] === undefined ? undefined : stage.slack.files.get(message.files[0]);
      return { text: stage.textOf(message), name: file?.name, csv: file?.content?.toString() ?? "" };
    }

    test("is sent only to the admin who requests it, as a file that is safe to open", async () => {
      const number = freshNumber();
      const request = await stage.request("ann", `open ${number} =HYPERLINK("http://evil.example";"新店")`);
      await stage.press("bob", request, "Approve");
      await stage.untilReply(request);
      const { text, name, csv } = await exported("export", 1);
      assert.match(
        text,
        /^The audit trail from the beginning to .*: \d+ events\. Dates and times are in Beijing time\./,
      );
      assert.match(name ?? "", /^audit-trail-\d{4}-\d\d-\d\d\.csv$/);
      assert.ok(csv.startsWith('\ufeff"seq","at","actor","what",'));
      assert.match(
        csv,
        new RegExp(
          `"${people.ann}","asked",.*"\`${number}","OPEN","receipt","","\`=HYPERLINK\\(""http://evil.example"";""新店""\\)","","\\d+"`,
        ),
      );
      for (const what of ["granted", "asked", "approved", "attempt-started", "operation-succeeded", "request-done"])
        assert.ok(csv.includes(`"${what}"`), what);
      assert.deepEqual(stage.slack.messages(request.channel).length, 1, "the channel shows nothing of it");
      assert.deepEqual(stage.directMessages("bob"), []);
    });

    test("is exported by days in Beijing time, and records its own export", async () => {
      const [day = ""] = new Date(Date.now() + 8 * 3_600_000).toISOString().split("T");
      const { csv } = await exported(`导出 ${day} ${day}`, 2);
      assert.match(csv, new RegExp(`"${people.carol}","exported"`));
      assert.match(
        await stage.typeAndRead("carol", "export 2020-01-01 2020-01-31"),
        /The audit trail has no events from/,
      );
      assert.match(
        await stage.typeAndRead("carol", "export 7d 30d"),
        /The end date must be after the start date: \/receipt export 2026-11-01 2026-11-15/,
      );
      assert.match(await stage.typeAndRead("carol", "export 2999-01-01"), /^The start date is in the future/);
    });

    test("that cannot be sent is reported to the admin, and exporting again sends it", async () => {
      for (const method of ["files.getUploadURLExternal", "files.completeUploadExternal"]) {
        const earlier = stage.slack.directMessages(people.carol).length;
        stage.slack.fail(method, { status: 500 });
        const { text } = await exported("export 30d", earlier + 1);
        assert.match(text, /could not be sent completely.*Export again: \/receipt export \d{4}-\d\d-\d\d \d{4}/);
        stage.slack.restore();
        const again = /\/receipt (export .*)$/.exec(text)?.[1] ?? "";
        assert.match((await exported(again, earlier + 2)).csv, /"exported"/);
      }
    });

    test("is refused to anyone but an admin", async () => {
      assert.match(await stage.typeAndRead("bob", "export 30d"), /You need the role admin .*@carol/);
    });
  });

  test("in Chinese every text is Chinese, and the buttons turn pages too", async (t) => {
    const stage = await openStage({ environment: { LOCALE: "zh-CN" }, grants: [] });
    t.after(() => stage.close());
    for (const words of ["授予 @ann 申请人", "授予 @bob 审批人"]) await stage.typeAndRead("carol", words);
    const channel = stage.newChannel();
    for (let i = 0; i < 11; i++) await stage.request("ann", `开通 ${freshNumber()}`);
    assert.match(
      await stage.typeAndRead("bob", "状态 1900000109"),
      /商家小票：本机器人尚未对该商户操作过.*\n.*没有进行中的申请/,
    );
    assert.match(await stage.typeAndRead("bob", "待审批"), /待审批（最早在前）[\s\S]*👉 你可以审批[\s\S]*\[ 较新 \]/);
    const { ephemeral } = await stage.type("bob", "历史 @ann 开通 7天", channel);
    assert.ok(ephemeral);
    assert.match(
      stage.textOf(ephemeral),
      /^历史（最新在前） · 申请人 @ann · 开通 · .* 以来\n\d+ 🕓 开通商家小票：待审批 · 申请人 @ann，/,
    );
    await stage.press("bob", ephemeral, "较早");
    await stage.slack.until(() => {
      const now = stage.slack.state.find(ephemeral.channel, ephemeral.ts);
      return now && stage.textOf(now).split("\n").length === 3;
    });
  });
});

function forged(value: string): JsonObject {
  const text = { type: "plain_text", text: "Older" };
  return { type: "button", action_id: "page-older", text, ...(value === "" ? {} : { value }) };
}
