/** Submitting a form: opened by the command or a shortcut, echoed line by line, and turned into one request. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { csvLine } from "../../../src/ledger/audit/csv-writer.ts";
import { stringIn } from "../../../src/playground/slack/json.ts";
import type { Filled } from "../../../src/playground/slack/users/view-actions.ts";
import { eventually } from "../../eventually.ts";
import { workbook, workbookHiding, workbookOfSheets } from "../../parsing/number-list/workbook-file.ts";
import { modeOn, onEveryEngine } from "../support/every-engine.ts";
import { identity } from "../support/identity.ts";
import { freshNumber, type Name, people, type Requested, type Stage } from "../support/stage.ts";

const fresh = (count: number) => Array.from({ length: count }, freshNumber);

/** A second more than a draft is kept: the bot knows the time of the ledger's server to some milliseconds. */
const draftExpiresMs = 3_601_000;

/** What one person does with the form. */
function formsOf(stage: Stage) {
  const { slack } = stage;

  /** The text of the modal in front of the person; undefined if none is open. */
  function shown(who: Name): string | undefined {
    const modal = slack.modal(people[who]);
    return modal && JSON.stringify(modal);
  }
  function see(who: Name): string {
    const text = shown(who);
    assert.ok(text, `@${who} sees no modal`);
    return text;
  }
  async function open(who: Name, channel = stage.newChannel()): Promise<string> {
    const result = await stage.type(who, "", channel);
    assert.equal(result.ephemeral && stage.textOf(result.ephemeral), undefined);
    see(who);
    return channel;
  }
  const choose = (who: Name, content: string | Buffer, name = "numbers.csv") =>
    slack.files.choose(people[who], name, Buffer.from(content));

  async function submit(who: Name, filled: Filled = {}) {
    const result = await slack.submitView(people[who], filled);
    assert.ok(result.acknowledged, result.errorText);
    assert.equal(result.error, undefined);
    // A slow machine shows first that the bot is working.
    await eventually(() => !shown(who)?.includes("This is taking longer than usual"));
    return result;
  }
  /** Waits for the only message that the form has posted in a channel. */
  async function requested(channel: string): Promise<Requested> {
    const message = await slack.until(() => slack.messages(channel)[0]);
    return { channel, ts: message.ts, number: "" };
  }
  return { shown, see, open, choose, submit, requested };
}

onEveryEngine("the form", (openStage, engine) => {
  const mode = modeOn[engine];
  describe(`the form, over ${mode}`, { concurrency: false }, () => {
    let stage: Stage;
    let forms: ReturnType<typeof formsOf>;
    before(async () => {
      stage = await openStage({ mode, environment: { WECHATPAY_RATE: "500" } });
      forms = formsOf(stage);
    });
    after(() => stage.close());

    test("shows which numbers it read and which it could not, and creates the request only when submitted", async () => {
      const [one = "", two = "", three = ""] = fresh(3);
      const channel = await forms.open("ann");
      const numbers = `number\n${one}, \`${two}\n19000001O9\n${three}\n${one}`;
      await forms.submit("ann", { action: "OPEN", numbers, reason: "spring <!channel> campaign" });
      const preview = forms.see("ann");
      assert.match(preview, /Open receipts · 3 sub-merchants/);
      for (const number of [one, two, three]) assert.ok(preview.includes(number));
      assert.match(preview, /line 3: `19000001O9` has the letter O at position 9/);
      assert.match(preview, /One number appears again/);
      assert.equal(stage.slack.messages(channel).length, 0);

      await forms.submit("ann");
      assert.equal(forms.shown("ann"), undefined);
      const request = await forms.requested(channel);
      assert.match(stage.shown(request), /Open receipts · 3 sub-merchants/);
      assert.match(stage.shown(request), /\| spring <!channel> campaign/);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, /3 opened/);
      assert.deepEqual(stage.callsFor(two), ["OPEN 200"]);
    });

    test("creates one request, however often Slack delivers it", async () => {
      const [number = ""] = fresh(1);
      const channel = await forms.open("ann");
      await forms.submit("ann", { action: "CLOSE", numbers: number });
      const { delivery } = await forms.submit("ann");
      assert.ok(delivery);
      const request = await forms.requested(channel);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts closed");
      for (let times = 1; times <= 2; times++) {
        const { acknowledged, error } = await stage.slack.redeliver(delivery);
        assert.deepEqual({ acknowledged, error }, { acknowledged: true, error: undefined });
      }
      assert.equal((await stage.eventsOf(number)).filter((event) => event === "asked by ann").length, 1);
      assert.deepEqual(stage.callsFor(number), ["CLOSE 200"]);
    });

    test("is not refused when Slack delivers it again, although the requester lost the role, the channel was archived and the draft has expired", async () => {
      const [number = ""] = fresh(1);
      const channel = await forms.open("ann");
      await forms.submit("ann", { action: "OPEN", numbers: number });
      const { delivery = assert.fail("nothing was sent") } = await forms.submit("ann");
      await forms.requested(channel);
      const assertTaken = async () => {
        // Refused, it would show why in its modal.
        const again = await stage.slack.redeliver(delivery);
        assert.deepEqual([again.acknowledged, again.error, "view" in again], [true, undefined, false]);
      };
      await stage.revoke("ann", "requester");
      await assertTaken();
      await stage.grant("ann", "requester");
      stage.slack.archive(channel);
      await assertTaken();
      await stage.later(draftExpiresMs);
      await assertTaken();
      assert.deepEqual(await stage.eventsOf(number), ["asked by ann"]);
      assert.deepEqual(await stage.rows("select 1 from events where what = 'refused'"), []);
    });

    test("reads ten thousand numbers from a file that has other columns", async () => {
      const numbers = Array.from({ length: 10_000 }, (_, nth) =>
        String(8_000_000_000 + nth + (mode === "http" ? 0 : 50_000)),
      );
      const rows = [
        ["门店", "特约商户号", "日期"],
        ...numbers.map((number, nth) => [`店 ${nth}`, number, "2026-11-24"]),
      ];
      const channel = await forms.open("ann");
      await forms.submit("ann", { action: "OPEN", file: forms.choose("ann", rows.map(csvLine).join("")) });
      // A slow machine shows first that the bot is working.
      await eventually(() => forms.see("ann").includes("Open receipts · 10,000 sub-merchants"));
      await forms.submit("ann");
      const request = await forms.requested(channel);
      assert.match(stage.shown(request), /Open receipts · 10,000 sub-merchants/);
      await stage.press("ann", request, "Withdraw");
      await stage.untilShown(request, "Withdrawn by @ann");
      // On a busy machine so many take longer than Slack waits, and the form stays open to say so.
      if (forms.shown("ann") !== undefined) await stage.slack.closeView(people.ann, "x");
    });

    test("asks which column is meant, and takes nothing before the answer", async () => {
      const [one = "", two = "", old = "", older = ""] = fresh(4);
      const channel = await forms.open("ann");
      const table = `店\t旧号\t新号\n甲\t${old}\t${one}\n乙\t${older}\t${two}`;
      await forms.submit("ann", { action: "OPEN", numbers: table, reason: "moved" });
      const question = forms.see("ann");
      assert.match(question, /More than one column contains numbers/);
      assert.ok(
        question.includes(`*旧号* · \`${old}\` \`${older}\``) && question.includes(`*新号* · \`${one}\` \`${two}\``),
      );
      assert.deepEqual(await stage.eventsOf(one), []);

      await forms.submit("ann", { column: "1" });
      const preview = forms.see("ann");
      assert.match(preview, /Open receipts · 2 sub-merchants/);
      assert.ok(preview.includes(one) && !preview.includes(old));
      assert.match(preview, /the column `旧号` also contains digits and is not read/);
      await forms.submit("ann");
      const request = await forms.requested(channel);
      assert.match(stage.shown(request), new RegExp(`${one} ${two}`));
      assert.match(stage.shown(request), /\| moved/);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, /2 opened/);
      assert.deepEqual([old, older].flatMap(stage.callsFor), []);
    });

    test("reads a list in several columns completely, if the person chooses that", async () => {
      const numbers = fresh(4);
      const channel = await forms.open("ann");
      await forms.submit("ann", {
        action: "OPEN",
        numbers: `${numbers.slice(0, 2).join(",")}\n${numbers.slice(2).join(",")}`,
      });
      await forms.submit("ann", { column: "all" });
      await forms.submit("ann");
      assert.match(stage.shown(await forms.requested(channel)), /4 sub-merchants/);
    });

    test("reads an Excel file, and reports its other digits", async () => {
      const [one = "", two = ""] = fresh(2);
      const rows = [
        ["门店", "商户ID", "电话"],
        ["甲", Number(one), 13800138000],
        ["乙", two, 13800138001],
        ["合计", 2, null],
      ];
      const channel = await forms.open("ann");
      await forms.submit("ann", { action: "OPEN", file: forms.choose("ann", workbook(rows), "shops.xlsx") });
      const preview = forms.see("ann");
      assert.match(preview, /the column `电话` also contains digits and is not read/);
      assert.match(preview, /line 4: `2` is too short to be a number/);
      await forms.submit("ann");
      assert.match(stage.shown(await forms.requested(channel)), new RegExp(`${one} ${two}`));
    });

    test("reports each other sheet of an Excel file that contains numbers", async () => {
      const [one = "", two = ""] = fresh(2);
      const channel = await forms.open("ann");
      const sheets = { 十月: [["商户ID"], [one]], "*<两>*": [["商户ID"], [two]], 说明: [["只读第 1 页"]] };
      await forms.submit("ann", { action: "OPEN", file: forms.choose("ann", workbookOfSheets(sheets), "shops.xlsx") });
      const preview = forms.see("ann");
      assert.match(preview, /• Sheet `\*&lt;两&gt;\*` is not read: the bot reads the first visible sheet only\./);
      assert.doesNotMatch(preview, /说明/);
      await forms.submit("ann");
      assert.match(stage.shown(await forms.requested(channel)), new RegExp(one));
    });

    test("leaves out rows that an Excel file hides, and says so before anything is submitted", async () => {
      const [one = "", two = "", three = ""] = fresh(3);
      const channel = await forms.open("ann");
      const filtered = workbookHiding({ rows: [3, 4] }, [["商户ID"], [one], [two], [three], [{ formula: "A4+1" }]]);
      await forms.submit("ann", { action: "OPEN", file: forms.choose("ann", filtered, "shops.xlsx") });
      const preview = forms.see("ann");
      assert.match(preview, new RegExp(`• 2 hidden rows may contain numbers \\(such as \`${two} ${three}\`\\)`));
      assert.match(preview, /• line 5: cell `A5` has a formula whose result is not in the file/);
      await forms.submit("ann");
      const message = stage.shown(await forms.requested(channel));
      assert.match(message, new RegExp(one));
      assert.doesNotMatch(message, new RegExp(`${two}|${three}`));
    });

    test("shows doubtful numbers first, and does not accept our own number", async () => {
      const numbers = fresh(25);
      const channel = await forms.open("ann");
      const list = ["sub_mchid", ...numbers, "19000001", identity.mchid, "1,90000E+09", "1900 000 109"].join("\n");
      await forms.submit("ann", { action: "OPEN", file: forms.choose("ann", list.replace("1,9", "1.9")) });
      const preview = forms.see("ann");
      assert.match(preview, /Recognized: `19000001` `191/);
      assert.match(preview, /Unusual: most numbers have 10 digits · `19000001`/);
      assert.match(preview, new RegExp(`\`${identity.mchid}\` is our own merchant number`));
      assert.match(preview, /Excel shortened `1\.90000E\+09`/);
      assert.match(preview, /if you mean `1900000109`, write it without them/);
      assert.match(preview, /26 sub-merchants/);
      await forms.submit("ann");
      const message = stage.shown(await forms.requested(channel));
      assert.match(message, /Open receipts · 26 sub-merchants/);
      assert.match(message, /Unusual: most numbers have 10 digits · 19000001/);
    });

    test("takes what a mail says, and reports the order's number in it", async () => {
      const [one = "", two = "", three = "", four = ""] = fresh(4);
      await forms.open("ann");
      const mail = `您好，\n请为喜茶（${one}）、李四火锅店（${two}）和${three}开通，\n另外还有 ${four}。\n订单 1234567890123456789012345678 已付款。`;
      await forms.submit("ann", { action: "OPEN", numbers: mail });
      const preview = forms.see("ann");
      assert.match(preview, /Open receipts · 4 sub-merchants/);
      assert.match(
        preview,
        /`1234567890123456789012345678` stands beside `订单` and is not read as a sub-merchant number/,
      );
      await stage.slack.closeView(people.ann, "x");
    });

    test("opens from a message shortcut, and posts to that channel", async () => {
      const channel = stage.newChannel();
      const message = stage.slack.say(people.bob, channel, "please open the new shops");
      const result = await stage.slack.useMessageShortcut(people.ann, message, "ask-at-message");
      assert.ok(result.acknowledged);
      await stage.slack.until(() => forms.shown("ann"));
      const [number = ""] = fresh(1);
      await forms.submit("ann", { action: "OPEN", numbers: number });
      await forms.submit("ann");
      await stage.slack.until(() => stage.slack.messages(channel).some(({ text }) => text.includes(number)));
    });
  });

  describe("invalid form input", { concurrency: false }, () => {
    let stage: Stage;
    let forms: ReturnType<typeof formsOf>;
    before(async () => {
      stage = await openStage();
      forms = formsOf(stage);
    });
    after(() => stage.close());

    test("is reported next to the field, and the rest of the input is kept", async () => {
      await forms.open("ann");
      const wrong: [filled: Filled, field: string, words: RegExp][] = [
        [{}, "numbers", /Paste the numbers here/],
        [{ numbers: "1900000109", file: forms.choose("ann", "1900000110") }, "file", /Use one of the two/],
        [{ file: forms.choose("ann", Buffer.alloc(2_000_001, "1\n")) }, "file", /larger than 2 MB/],
        [
          { file: forms.choose("ann", Buffer.from([0x89, 0x50, 0, 0, 0, 1])) },
          "file",
          /not an Excel \(\.xlsx\), CSV or text/,
        ],
        [{ file: forms.choose("ann", "PK\u0003\u0004", "book.xlsx") }, "file", /This Excel file cannot be read/],
        [
          { file: forms.choose("ann", workbook([["x"]], { bomb: Buffer.alloc(40_000_000) }), "book.xlsx") },
          "file",
          /This Excel file contains too much/,
        ],
      ];
      for (const [filled, field, words] of wrong) {
        const result = await forms.submit("ann", { action: "OPEN", ...filled });
        // After a slow answer, the sentence stands alone, above the form.
        assert.match(stringIn(result.errors ?? {}, field) ?? forms.see("ann"), words);
        if (!result.errors) await stage.slack.closeView(people.ann);
      }
      stage.slack.fail("url_private", { status: 500 }, 1);
      const result = await forms.submit("ann", { action: "OPEN", file: forms.choose("ann", "1900000110") });
      assert.match(stringIn(result.errors ?? {}, "file") ?? "", /The bot could not download the file/);
      assert.match(forms.see("ann"), /"callback_id":"ask"/);
    });

    test("offers nothing to submit for a list without numbers or with too many", async () => {
      await forms.open("ann");
      await forms.submit("ann", { action: "OPEN", numbers: "no numbers\nat all" });
      assert.match(forms.see("ann"), /No sub-merchant number was recognized/);
      assert.equal(stage.slack.modal(people.ann)?.["submit"], undefined);
      await stage.slack.closeView(people.ann);
      const many = Array.from({ length: 10_001 }, (_, nth) => `${7_000_000_000 + nth}`).join("\n");
      await forms.submit("ann", { action: "OPEN", file: forms.choose("ann", many) });
      await eventually(() => /There are 10,001 numbers; the maximum is 10,000/.test(forms.see("ann")));
      assert.equal(stage.slack.modal(people.ann)?.["submit"], undefined);
    });

    test("reads files written by a Chinese Excel and files in UTF-16", async () => {
      const [number = ""] = fresh(1);
      const chinese = Buffer.from([0xcc, 0xd8, 0xd4, 0xbc, 0xc9, 0xcc, 0xbb, 0xa7, 0xba, 0xc5, 0x2c, 0x78, 0x0a]);
      const files = [
        Buffer.concat([chinese, Buffer.from(`${number},12\n`)]),
        Buffer.from(`\ufeff特约商户号\tx\r\n${number}\t12\r\n`, "utf16le"),
      ];
      for (const content of files) {
        await forms.open("ann");
        await forms.submit("ann", { action: "OPEN", file: forms.choose("ann", content) });
        assert.match(forms.see("ann"), new RegExp(`Open receipts · \`${number}\``));
        assert.doesNotMatch(forms.see("ann"), /not recognized/i);
      }
    });

    test("asks for the table again where it is gone before its column was chosen", async () => {
      const [one = "", two = ""] = fresh(2);
      await forms.open("ann");
      await forms.submit("ann", { action: "OPEN", numbers: `${one}\t${two}\n${two}\t${one}` });
      await stage.later(draftExpiresMs);
      await forms.submit("ann", { column: "0" });
      assert.match(forms.see("ann"), /This draft has expired/);
      await stage.slack.closeView(people.ann, "x");
      assert.deepEqual(await stage.eventsOf(one), []);
    });

    test("reports a draft that is gone or belongs to someone else, and creates no request", async () => {
      const [number = ""] = fresh(1);
      const channel = await forms.open("ann");
      await forms.submit("ann", { action: "OPEN", numbers: number });
      await stage.later(draftExpiresMs);
      await forms.submit("ann");
      assert.match(forms.see("ann"), /This draft has expired/);
      await stage.slack.closeView(people.ann, "x");
      assert.equal(stage.slack.messages(channel).length, 0);
      assert.deepEqual(await stage.eventsOf(number), []);
      // The next draft deletes it.
      await forms.open("ann");
      await forms.submit("ann", { action: "OPEN", numbers: number });
      assert.equal((await stage.rows("select key from keyv where key like 'draft:%'")).length, 1);
    });

    test("opens only for someone with the role, answers others with help, and refuses someone who has lost the role since", async () => {
      assert.match(await stage.typeAndRead("dan", ""), /Merchant receipts/);
      assert.equal(forms.shown("dan"), undefined);
      await stage.slack.useShortcut(people.dan, "ask");
      assert.match(await stage.slack.until(() => forms.shown("dan")), /You need the role \*requester\*/);

      await stage.grant("dan", "requester");
      const [number = ""] = fresh(1);
      await forms.open("dan");
      await forms.submit("dan", { action: "OPEN", numbers: number });
      await stage.revoke("dan", "requester");
      await forms.submit("dan");
      assert.match(forms.see("dan"), /You need the role \*requester\*/);
      assert.deepEqual(await stage.eventsOf(number), []);
    });

    test("shows restricted requesters which numbers they cannot request", async () => {
      const [mine = "", other = ""] = fresh(2);
      await stage.typeAndRead("carol", `grant @dan requester for ${mine}`);
      await forms.open("dan");
      await forms.submit("dan", { action: "OPEN", numbers: `${mine} ${other}` });
      assert.match(forms.see("dan"), new RegExp(`\`${other}\``));
      await stage.slack.closeView(people.dan);
      await forms.submit("dan", { action: "OPEN", numbers: mine });
      assert.match(forms.see("dan"), /Submit request/);
    });

    test("skips numbers that have an open request, and reports them before the form closes", async () => {
      const [taken = "", ...others] = fresh(3);
      await stage.request("ann", `open ${taken}`);
      const channel = await forms.open("ann");
      await forms.submit("ann", { action: "OPEN", numbers: [taken, ...others].join("\n") });
      await forms.submit("ann");
      assert.match(forms.see("ann"), new RegExp(`Recorded without \`${taken}\``));
      await stage.slack.closeView(people.ann);
      assert.equal(forms.shown("ann"), undefined);
      assert.match(stage.shown(await forms.requested(channel)), /2 sub-merchants/);

      await forms.open("ann");
      await forms.submit("ann", { action: "CLOSE", numbers: taken });
      await forms.submit("ann");
      assert.match(forms.see("ann"), /already has an open request/);
      await stage.slack.closeView(people.ann);
      assert.match(forms.see("ann"), /Submit request/);
    });

    test("answers with help when Slack does not open the form, and with one sentence after a shortcut", async () => {
      stage.slack.fail("views.open", { error: "expired_trigger_id" }, 2);
      assert.match(await stage.typeAndRead("ann", ""), /Merchant receipts/);
      await stage.slack.useShortcut(people.ann, "ask");
      const noChannel = /Slack did not let the bot open the form in time|needs a channel/;
      await stage.slack.until(() =>
        stage.directMessages("ann").some((message) => noChannel.test(stage.textOf(message))),
      );
    });

    test("explains where it works when it is used elsewhere", async () => {
      await stage.slack.closeView(people.ann, "x");
      await stage.slack.useShortcut(people.ann, "ask");
      assert.match(await stage.slack.until(() => forms.shown("ann")), /needs a channel/);
      const outside = stage.newChannel([people.ann, people.bob]);
      assert.match(await stage.typeAndRead("ann", "", outside), /The bot is not in this channel yet/);
    });
  });

  test("with RECEIPT_CHANNELS set, a shortcut posts to the first channel", async (t) => {
    const stage = await openStage({ environment: { RECEIPT_CHANNELS: "C0MERCHANT,C0STAGE001" } });
    t.after(() => stage.close());
    const forms = formsOf(stage);
    const [number = ""] = fresh(1);
    await stage.slack.useShortcut(people.ann, "ask");
    await stage.slack.until(() => forms.shown("ann"));
    await forms.submit("ann", { action: "OPEN", numbers: number });
    assert.match(forms.see("ann"), /The request will be posted in <#C0MERCHANT>/);
    await forms.submit("ann");
    assert.match(forms.see("ann"), /Your request is in <#C0MERCHANT>/);
    assert.match(stage.shown(await forms.requested("C0MERCHANT")), new RegExp(number));
  });

  test("the form reports an outage of the ledger or of Slack and stays open", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const forms = formsOf(stage);
    const [number = ""] = fresh(1);
    await forms.open("ann");
    await forms.submit("ann", { action: "OPEN", numbers: number });
    await stage.later(120_000);
    stage.slack.fail("users.info", { status: 503 });
    await forms.submit("ann");
    assert.match(forms.see("ann"), /Slack did not answer\. Nothing was recorded; try again in a minute\./);
    stage.slack.restore();
    await stage.slack.closeView(people.ann);
    await forms.submit("ann");
    assert.equal(forms.shown("ann"), undefined);
  });

  test("the form requires a reason when the settings do, and does not accept what nobody can see", async (t) => {
    const stage = await openStage({ environment: { REASON: "required" } });
    t.after(() => stage.close());
    const forms = formsOf(stage);
    const channel = await forms.open("ann");
    const filled = { action: "OPEN", numbers: freshNumber() };
    for (const reason of ["  ", "\u200b", "\u00ad \u200e"]) {
      const result = await forms.submit("ann", { ...filled, reason });
      assert.deepEqual(result.errors, { reason: "Enter a reason. It is required." });
    }
    await forms.submit("ann", { ...filled, reason: "new store" });
    await forms.submit("ann");
    assert.match(stage.shown(await forms.requested(channel)), /\| new store/);
  });
});
