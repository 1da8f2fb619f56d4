/** What a thread and a file say of the cause: until when WeChat Pay asks to wait, and which server did not answer. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { html, limited } from "../../../src/playground/wechatpay/scenario.ts";
import { freshNumber, openStage, type Requested, type Stage } from "../support/stage.ts";

const words = {
  en: {
    approve: "Approve",
    rateLimited: /WeChat Pay is busy/,
    unreachable: /2 × WeChat Pay could not be reached/,
    until: /WeChat Pay asks to wait until <!date\^(\d+)\^/,
    again: /Retrying\* is safe, but WeChat Pay asks to wait until the time above\./,
    inFile: /asks to wait until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(UTC\+8\)/,
    soon: /few minutes|own attempts/,
    gateway: /a proxy or firewall refused the call[\s\S]*\nThe answer: <html>[\s\S]*401 Authorization Required/,
    blame: /WeChat Pay says|Authorization header|signature|WECHATPAY_/,
    unsigned: /no complete signature, as if something other than WeChat Pay had answered/,
    wrong: /The answer's signature does not match: the bot has another key/,
    probe: /WeChat Pay tested the bot with a signature that is wrong on purpose/,
    example: /For example: The connection to `127\.0\.0\.1:\d+` was interrupted \(ECONNRESET\)\./,
  },
  "zh-CN": {
    approve: "批准",
    rateLimited: /微信支付限制了调用频率/,
    unreachable: /2 × 无法连接微信支付/,
    until: /微信支付要求等到 <!date\^(\d+)\^/,
    again: /但微信支付要求等到上述时间之后。/,
    inFile: /微信支付要求等到 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(UTC\+8\) 再试/,
    soon: /几分钟|稍后再点击/,
    gateway: /请求被代理或防火墙拦截[\s\S]*\n应答内容：<html>[\s\S]*401 Authorization Required/,
    blame: /微信支付返回：|请求头|签名|WECHATPAY_/,
    unsigned: /没有完整的微信支付签名，很可能不是微信支付的应答/,
    wrong: /应答的签名不匹配/,
    probe: /微信支付用故意错误的签名对机器人做了探测/,
    example: /例如：到 `127\.0\.0\.1:\d+` 的连接中断（ECONNRESET）。/,
  },
};

for (const [LOCALE, said] of Object.entries(words))
  describe(`the cause of a failure, in ${LOCALE}`, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({ environment: { LOCALE }, grants: [], mayLogErrors: true });
      await stage.typeAndRead("carol", "grant @ann requester");
      await stage.typeAndRead("carol", "grant @bob approver");
    });
    after(() => stage.close());

    const threadWith = ({ channel, ts }: Requested, cause: RegExp) =>
      stage.slack.until(() => stage.slack.thread(channel, ts).find((message) => cause.test(stage.textOf(message))));

    test("is named with the time for which WeChat Pay asks, if the bot does not wait that long", async () => {
      const [number, ...others] = [freshNumber(), freshNumber(), freshNumber()];
      const asked = limited("FREQUENCY_LIMITED", { "Retry-After": "7200" });
      for (const each of [number, ...others]) stage.weChatPay.behave(each, () => asked);
      const one = await stage.request("ann", `open ${number}`);
      const approvedAt = Date.now();
      await stage.press("bob", one, said.approve);
      const markup = JSON.stringify((await stage.untilReply(one)).blocks);
      const until = Number(said.until.exec(markup)?.[1]);
      assert.ok(Math.abs(until * 1_000 - approvedAt - 7_200_000) < 120_000, markup);
      assert.match(markup, said.again);
      assert.doesNotMatch(markup, said.soon);
      assert.deepEqual(stage.callsFor(number), ["OPEN 429"]);

      const many = await stage.request("ann", `open ${others.join(" ")}`);
      await stage.press("bob", many, said.approve);
      const reply = JSON.stringify((await threadWith(many, said.rateLimited)).blocks);
      assert.match(reply, said.until);
      assert.doesNotMatch(reply, said.soon);
      const csv = await stage.slack.until(() =>
        stage.slack
          .thread(many.channel, many.ts)
          .flatMap(({ files }) => files.map((id) => stage.slack.files.get(id)))
          .find((file) => file?.name.startsWith("results-")),
      );
      assert.match(csv.content?.toString("utf8") ?? "", said.inFile);
    });

    test("is not laid to WeChat Pay or to the bot's keys where a gateway answers in its place", async () => {
      const number = freshNumber();
      stage.weChatPay.behave(number, () => html(401, "401 Authorization Required"));
      const request = await stage.request("ann", `open ${number}`);
      await stage.press("bob", request, said.approve);
      const text = stage.textOf(await stage.untilReply(request));
      assert.match(text, said.gateway);
      assert.doesNotMatch(text, said.blame);
    });

    test("is told apart where an answer has no signature and where it has a wrong one", async (t) => {
      const turns = setInterval(() => void stage.later(10_000), 200);
      t.after(() => clearInterval(turns));
      for (const [sign, cause] of [
        ["none", said.unsigned],
        ["wrong", said.wrong],
        ["probe", said.probe],
      ] as const) {
        const number = freshNumber();
        stage.weChatPay.behave(number, () => ({ status: 200, body: { sub_mchid: number }, sign }));
        const request = await stage.request("ann", `open ${number}`);
        await stage.press("bob", request, said.approve);
        assert.match(stage.textOf(await stage.untilReply(request)), cause);
        assert.equal(stage.callsFor(number).length, 6);
      }
    });

    test("is named for a bulk request as for a single one", async () => {
      const numbers = [freshNumber(), freshNumber()];
      for (const each of numbers) stage.weChatPay.behave(each, () => ({ reset: "before" }));
      const request = await stage.request("ann", `open ${numbers.join(" ")}`);
      await stage.press("bob", request, said.approve);
      const turns = setInterval(() => void stage.later(10_000), 200);
      const reply = await threadWith(request, said.unreachable).finally(() => clearInterval(turns));
      assert.match(JSON.stringify(reply.blocks), said.example);
      for (const each of numbers) assert.equal(stage.callsFor(each).length, 6);
    });
  });
