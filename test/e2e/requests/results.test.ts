/** What results say: three counts, who did what, the sub-merchants of each failure, and how to go on after a stop. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Message } from "../../../src/playground/slack/state.ts";
import { invalid } from "../../../src/playground/wechatpay/scenario.ts";
import { onEveryEngine } from "../support/every-engine.ts";
import { buttonsOf, freshNumber, pingedBy, type Requested, type Stage } from "../support/stage.ts";

const fresh = (count: number) => Array.from({ length: count }, freshNumber);

onEveryEngine("results", (openStage) => {
  describe("the results of bulk requests", { concurrency: true }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({ environment: { WECHATPAY_RATE: "200" }, mayLogErrors: true });
    });
    after(() => stage.close());

    const threadWith = ({ channel, ts }: Requested, words: RegExp) =>
      stage.slack.until(() => stage.slack.thread(channel, ts).find((message) => words.test(stage.textOf(message))));

    const publicNumber = (request: Requested) => /#\d+/.exec(stage.shown(request))?.[0] ?? assert.fail("no number");

    test("count uncertain outcomes separately, and name the sub-merchants of each failure and who retried", async () => {
      const numbers = fresh(16);
      const [doubtful = "", ...penalised] = numbers.slice(3);
      for (const number of penalised) stage.weChatPay.behave(number, () => invalid("特约商户被处罚中"));
      stage.weChatPay.behave(doubtful, () => ({ status: 200, body: { sub_mchid: doubtful }, sign: "none" }));
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      const number = publicNumber(request);
      await stage.press("bob", request, "Approve");
      const waiting = await stage.untilShown(request, "Only retries are left");
      assert.match(
        waiting,
        new RegExp(`Only retries are left: ${doubtful}; next attempt at .*, the last one at about `),
      );
      assert.doesNotMatch(waiting, /about \d+ s/);
      const turns = setInterval(() => void stage.later(10_000), 200);
      const done = await stage.untilShown(request, /3 opened/).finally(() => clearInterval(turns));
      assert.match(done, /✅ 3 opened · ❌ 12 not opened · ⚠️ 1 not certain/);
      assert.match(stage.messageOf(request).text, /open for 3 of 16 sub-merchants; 12 not opened, 1 not certain\./);

      const reply = await threadWith(request, /3 of 16/);
      const told = stage.textOf(reply);
      assert.match(told, /^@ann receipts are open for 3 of 16 sub-merchants; 12 not opened, 1 not certain\./);
      assert.match(
        told,
        new RegExp(
          `12 × the sub-merchant is under penalty\n${penalised.slice(0, 10).join(" ")} and 2 more in the file`,
        ),
      );
      assert.match(told, /WeChat Pay says: 特约商户被处罚中 · 400 INVALID_REQUEST · Request-ID \S+/);
      assert.equal(told.match(/特约商户被处罚中/g)?.length, 1, "once for each kind");
      assert.match(told, new RegExp(`1 × .*\n${doubtful}\n`));
      const lines = (await stage.typeAndRead("dan", "history @ann failed", request.channel)).split("\n");
      assert.match(
        lines[1] ?? "",
        new RegExp(
          `^16 sub-merchants ✅ 3 opened · ❌ 12 not opened · ⚠️ 1 not certain · requested by @ann, approved by @bob, .*\\(${number}\\)`,
        ),
      );

      const csv = await stage.slack.until(() =>
        stage.slack
          .thread(request.channel, request.ts)
          .flatMap(({ files }) => files.map((id) => stage.slack.files.get(id)))
          .find((file) => file?.name.startsWith("results-open-")),
      );
      const rows = (csv.content?.toString("utf8") ?? "").split("\r\n");
      assert.equal(rows.filter((row) => row.includes("not certain")).length, 1);
      assert.equal(rows.filter((row) => /\bfailed\b/.test(row)).length, 12);
      assert.match(rows[0] ?? "", /,"request","ticket","receipt","点金计划","scene"$/);
      assert.match(rows[1] ?? "", new RegExp(`,"${number.slice(1)}","","(done|failed|not certain)","",""$`));

      for (const each of numbers) stage.weChatPay.behave(each, () => undefined);
      await stage.press("ann", request, "Retry 13");
      assert.match(await stage.untilShown(request, /16 opened/), /retried by @ann, /);
      const second = await threadWith(request, /all 16/);
      assert.match(stage.textOf(second), /\nRetried by Ann/i);
      assert.deepEqual(pingedBy(second), ["ann"]);
    });

    test("are found by the request's number, page by page", async () => {
      const numbers = fresh(12);
      const channel = stage.newChannel();
      const request = await stage.request("ann", `open ${numbers.join(" ")}`, channel);
      await stage.untilKnown(request);
      const number = publicNumber(request);
      const answer = await stage.typeAndRead("dan", `history ${number}`, channel);
      assert.match(
        answer,
        new RegExp(`^Request · 12 sub-merchants 🕓 open receipts: pending · requested by @ann, .*\\(${number}\\)`),
      );
      for (const each of numbers.slice(0, 10))
        assert.match(answer, new RegExp(`^${each} 🕓 open receipts: pending`, "m"));
      assert.doesNotMatch(answer, new RegExp(numbers[10] ?? ""));
      assert.equal(await stage.typeAndRead("dan", `history ${number.slice(1)}`, channel), answer, "without the sign");
      assert.equal(await stage.typeAndRead("dan", `status ${number}`, channel), answer);
      assert.equal(await stage.typeAndRead("dan", `status ${number.slice(1)}`, channel), answer);
      assert.match(await stage.typeAndRead("dan", "history #999999", channel), /^There is no request #999999\./);
      assert.match(await stage.typeAndRead("dan", `history ${number} failed`, channel), /failed is not part of this/);

      const { ephemeral: list } = await stage.type("dan", "history @ann 1h", channel);
      assert.ok(list);
      assert.match(await stage.pressAndRead("dan", list, "Show all"), /^Request · .*\n\d+ /);
      assert.deepEqual(stage.slack.state.find(list.channel, list.ts)?.versions, [], "the list stays");
      const { ephemeral: own } = await stage.type("dan", `history ${number}`, channel);
      const next = await replaced("dan", own ?? assert.fail("no answer"), "Next");
      assert.match(stage.textOf(next), new RegExp(`${numbers[10]} .*\n${numbers[11]} `));
      assert.ok(buttonsOf(next).includes("Previous"));
      assert.match(
        await stage.typeAndRead("ann", `open ${numbers[0]}`, channel),
        new RegExp(`already has an open request by @ann, .*\\(${number}\\)`),
      );
      assert.match(await stage.typeAndRead("dan", "pending", channel), new RegExp(`\\(${number}\\)`));
    });

    test("show who rejected, and why, in the thread too", async () => {
      const request = await stage.request("ann", `open ${fresh(3).join(" ")}`);
      await stage.reject("bob", request, "wrong shops");
      const reply = await threadWith(request, /was rejected by/);
      assert.match(stage.textOf(reply), /^@ann your request .* was rejected by bob\. .*\n\| wrong shops$/i);
      assert.deepEqual(pingedBy(reply), ["ann"]);
    });

    async function replaced(who: "dan", page: Message, label: string): Promise<Message> {
      await stage.press(who, page, label);
      return stage.slack.until(() => {
        const now = stage.slack.state.find(page.channel, page.ts);
        return now && now.versions.length > page.versions.length ? now : undefined;
      });
    }
  });

  test("after a stop, one button requests exactly what was not started, once", async (t) => {
    const stage = await openStage({ environment: { WECHATPAY_RATE: "20" } });
    t.after(() => stage.close());
    await stage.grant("dan", "requester");
    const numbers = fresh(120);
    const request = await stage.request("ann", `open ${numbers.join(" ")} spring campaign`);
    await stage.press("bob", request, "Approve");
    await stage.untilShown(request, /% · \d+ done/);
    await stage.press("dan", request, "Stop");
    const stopped = await stage.untilShown(request, /\[ Resubmit \d+ \]/);
    const [label = "", count = ""] = /Resubmit (\d+)/.exec(stopped) ?? [];
    const called = new Set(numbers.filter((number) => stage.callsFor(number).length > 0));
    assert.equal(Number(count), numbers.length - called.size);
    assert.match(await stage.pressAndRead("bob", request, label), /You need the role requester/);

    const old = stage.messageOf(request);
    await Promise.all([stage.press("ann", old, label), stage.press("ann", old, label), stage.press("ann", old, label)]);
    const again = await stage.untilShown(request, /Resubmitted as #\d+ by @ann/);
    assert.doesNotMatch(again, /Resubmit \d/);
    const [, number = ""] = /Resubmitted as (#\d+)/.exec(again) ?? [];
    const shown = stage.textOf(await stage.slack.until(() => stage.slack.messages(request.channel)[1]));
    assert.match(shown, new RegExp(`Open receipts · ${count} sub-merchants · ${number}\n`));
    assert.match(shown, /Requested by @ann/);
    assert.match(shown, /\| spring campaign/);
    const requested = await stage.rows(
      "select sub_mchid from operations where request_id = (select id from requests where number = ?)",
      Number(number.slice(1)),
    );
    assert.deepEqual(
      requested.map((row) => String(row["sub_mchid"])).sort(),
      numbers.filter((each) => !called.has(each)).sort(),
    );
    assert.match(
      await stage.pressAndRead("dan", old, label),
      new RegExp(`@ann resubmitted these before you: ${number}`),
    );
    await stage.slack.until(() =>
      stage.slack
        .thread(request.channel, request.ts)
        .find((message) =>
          new RegExp(`submitted a new request for ${count} sub-merchants .*: ${number}`).test(stage.textOf(message)),
        ),
    );
    assert.equal(stage.slack.messages(request.channel).length, 2, "one new request");
  });

  test("if Slack accepts no files, the thread reports it once, the numbers follow as text, and nothing is tried forever", async (t) => {
    const stage = await openStage({ environment: { WECHATPAY_RATE: "200" } });
    t.after(() => stage.close());
    stage.slack.fail("files.getUploadURLExternal", { error: "file_uploads_disabled" });
    const numbers = fresh(5);
    const request = await stage.request("ann", `open ${numbers.join(" ")}`);
    await stage.press("bob", request, "Approve");
    await stage.untilShown(request, "5 opened");
    const thread = () => stage.slack.thread(request.channel, request.ts).map((message) => stage.textOf(message));
    await stage.slack.until(() => (thread().length === 3 ? true : undefined));
    assert.match(
      thread().find((text) => /files/.test(text)) ?? "",
      /^Slack does not accept files from this bot here \(file_uploads_disabled\)/,
    );
    assert.equal(thread().filter((text) => /does not accept files/.test(text)).length, 1);
    assert.match(thread().join("\n"), new RegExp(`The 5 sub-merchants in this request .*\n${numbers.join(" ")}$`, "m"));
    assert.match(thread().join("\n"), new RegExp(`The complete result.*\ndone ${numbers.join(" ")}$`, "m"));
    const tried = stage.slack.log.filter(({ method }) => method === "files.getUploadURLExternal").length;
    assert.equal(tried, 2, "one try for each file");
    await stage.later(60 * 60_000);
    const other = await stage.request("ann", `open ${freshNumber()}`);
    assert.ok(other);
    assert.equal(stage.slack.log.filter(({ method }) => method === "files.getUploadURLExternal").length, tried);
  });

  test("someone whose role is granted, changed or revoked learns who did it in a direct message", async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const own = () => stage.roleNotices("dan").filter((text) => /requester/.test(text));
    const notices = (n: number) => stage.slack.until(() => (own().length >= n ? own() : undefined));
    await stage.typeAndRead("carol", "grant @dan requester");
    assert.deepEqual(await notices(1), ["@carol gave you the role requester."]);
    await stage.typeAndRead("carol", "grant @dan requester for 19000*");
    const [, changed = ""] = await notices(2);
    assert.match(
      changed,
      /^@carol changed your role requester\. Now: only for 19000\*, permanently\. Before: for every sub-merchant, permanently\.$/,
    );
    await stage.typeAndRead("carol", "revoke @dan requester");
    assert.equal((await notices(3))[2], "@carol revoked your role requester.");
  });
});
