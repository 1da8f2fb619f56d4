/** The main job from end to end: request, decision, call and outcome, over HTTP and Socket Mode. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { invalid } from "../../../src/playground/wechatpay/scenario.ts";
import { eventually } from "../../eventually.ts";
import { onEveryEngine } from "../support/every-engine.ts";
import { buttonsOf, freshNumber, logLines, people, pingedBy, type Stage } from "../support/stage.ts";

const dayMs = 24 * 3_600_000;

onEveryEngine("the main job", (openStage) => {
  for (const mode of ["http", "socket"] as const) {
    describe(`over ${mode}`, { concurrency: true }, () => {
      let stage: Stage;
      before(async () => {
        stage = await openStage({ mode });
      });
      after(() => stage.close());

      test("a request shows the action, the merchant, the reason and the expiry, and approving asks for confirmation", async () => {
        const number = freshNumber();
        const request = await stage.request("ann", `open ${number} new store, contract 4711`);
        const message = stage.messageOf(request);
        const text = stage.shown(request);
        assert.match(text, new RegExp(`Open receipts · ${number}`));
        assert.match(text, /Requested by @ann/);
        assert.match(text, /^\| new store, contract 4711$/m);
        assert.deepEqual(buttonsOf(message), ["Approve", "Reject", "Withdraw"]);
        assert.match(message.text, new RegExp(`@?${people.ann}.* open .*${number}`), "read out in one sentence");

        const until = Number(/<!date\^(\d+)\^/.exec(JSON.stringify(message.blocks))?.[1]) * 1_000;
        assert.ok(Math.abs(until - Date.now() - dayMs) < 60_000, "open for decision for REQUEST_TTL, 24 h");

        const dismissed = await stage.slack.click({
          user: people.bob,
          channel: request.channel,
          ts: request.ts,
          actionId: "approve",
          dismiss: true,
        });
        const dialog = JSON.stringify(dismissed.confirm);
        assert.match(dialog, new RegExp(`Open receipts for ${number}\\?`));
        assert.match(dialog, /Approve and open/);
      });

      test("an approved request runs once, its message shows the outcome, and the requester is notified", async () => {
        const number = freshNumber();
        const request = await stage.request("ann", `open ${number}`);
        const result = await stage.press("bob", request, "Approve");
        assert.equal(result.acknowledged, true);
        const text = await stage.untilShown(request, "Receipts opened");
        assert.match(text, /requested by @ann, approved by @bob/);
        assert.deepEqual(buttonsOf(stage.messageOf(request)), []);

        const reply = await stage.untilReply(request);
        assert.match(stage.textOf(reply), new RegExp(`@ann receipts are open for ${number}`));
        assert.deepEqual(pingedBy(reply), ["ann"]);
        assert.deepEqual(stage.callsFor(number), ["OPEN 200"]);
        assert.equal(stage.weChatPay.states.get(number), "OPEN");
        assert.equal(stage.slack.messages(request.channel).length, 1);
        assert.deepEqual(
          stage.privateReplies("bob", request.channel),
          [],
          "the message shows it: nothing is said twice",
        );
      });

      test("close runs as close, and shows the state that the bot last set", async () => {
        const number = freshNumber();
        const channel = stage.newChannel();
        const opening = await stage.request("ann", `open ${number}`, channel);
        await stage.press("bob", opening, "Approve");
        await stage.untilReply(opening);
        const request = await stage.request("ann", `close ${number}`, channel);
        assert.match(stage.shown(request), new RegExp(`Close receipts · ${number}`));
        assert.match(stage.shown(request), /Receipts last set by this bot: open/);
        assert.ok(JSON.stringify(stage.messageOf(request).blocks).includes(permalinkOf(opening)));
        await stage.press("dan", request, "Approve");
        await stage.untilShown(request, "Receipts closed");
        assert.deepEqual(stage.callsFor(number), ["OPEN 200", "CLOSE 200"]);
        assert.equal(stage.weChatPay.states.get(number), "CLOSE");
        assert.match(stage.textOf(await stage.untilReply(request)), /@ann receipts are closed/);
      });

      test("a rejected request names the person who rejected it, loses its buttons, and makes no call", async () => {
        const number = freshNumber();
        const request = await stage.request("ann", `open ${number}`);
        await stage.reject("bob", request, "wrong shop");
        assert.match(await stage.untilShown(request, "Rejected by @bob"), /Rejected by @bob, .*\n\| wrong shop$/);
        assert.deepEqual(buttonsOf(stage.messageOf(request)), []);
        const reply = await stage.untilReply(request);
        assert.match(stage.textOf(reply), /@ann your request .* was rejected.*\n\| wrong shop$/);
        assert.deepEqual(stage.callsFor(number), []);
        await stage.request("ann", `open ${number}`); // there is room for the next one
      });

      test("only the requester can withdraw a request, through the overflow menu", async () => {
        const number = freshNumber();
        const request = await stage.request("ann", `open ${number}`);
        assert.match(await stage.pressAndRead("bob", request, "Withdraw"), /Only the requester, @ann/);
        assert.match(stage.shown(request), /\[ Approve \]/);
        await stage.press("ann", request, "Withdraw");
        await stage.untilShown(request, "Withdrawn by @ann");
        assert.deepEqual(buttonsOf(stage.messageOf(request)), []);
        assert.deepEqual(stage.callsFor(number), []);
        assert.deepEqual(stage.slack.thread(request.channel, request.ts), [], "who withdraws knows of it");
      });

      test("a failure names who should act and how, and Retry succeeds once the cause is fixed", async () => {
        const number = freshNumber();
        let isPenalised = true;
        stage.weChatPay.behave(number, () => (isPenalised ? invalid("特约商户被处罚中") : undefined));
        const request = await stage.request("ann", `open ${number}`);
        await stage.press("bob", request, "Approve");
        assert.match(await stage.untilShown(request, "Receipts not opened"), /under penalty/);
        assert.deepEqual(buttonsOf(stage.messageOf(request)), ["Retry"]);

        const reply = await stage.untilReply(request);
        const words = stage.textOf(reply);
        for (const expected of [
          /@ann receipts for \d+ were not opened/,
          /What happened .*penalty/,
          /Who acts The sub-merchant/,
          /What to do Ask the merchant/,
          /Retrying is safe/,
          /特约商户被处罚中/,
          /400 INVALID_REQUEST/,
          /Request-ID 08[0-9A-F]+-\d+/,
        ])
          assert.match(words, expected);
        assert.deepEqual(pingedBy(reply), ["ann"]);
        assert.equal(stage.callsFor(number).length, 1, "a penalty is not retried automatically");

        isPenalised = false;
        await stage.press("ann", request, "Retry");
        await stage.untilShown(request, "Receipts opened");
        assert.deepEqual(buttonsOf(stage.messageOf(request)), []);
        assert.match(stage.textOf(await stage.untilReply(request, 2)), /@ann receipts are open/);
        assert.deepEqual(stage.callsFor(number), ["OPEN 400", "OPEN 200"]);
      });

      test("a second request for the same sub-merchant is answered with a link to the first", async () => {
        const number = freshNumber();
        const request = await stage.request("ann", `open ${number}`);
        await stage.untilKnown(request);
        const elsewhere = stage.newChannel();
        const result = await stage.type("ann", `close ${number}`, elsewhere);
        assert.ok(result.ephemeral);
        assert.match(stage.textOf(result.ephemeral), new RegExp(`${number} already has an open request by @ann`));
        assert.ok(JSON.stringify(result.ephemeral.blocks).includes(permalinkOf(request)));
        assert.deepEqual(stage.slack.messages(elsewhere), []);
        assert.equal((await stage.rows("select 1 from operations where sub_mchid = ?", number)).length, 1);
      });

      test("in a channel without the bot, the answer explains how to invite it, and nothing is recorded", async () => {
        const submitter = { C0RANDOM01: "ann", C0PRIVATE1: "carol" } as const;
        await stage.grant("carol", "requester");
        for (const channel of ["C0RANDOM01", "C0PRIVATE1"] as const) {
          const number = freshNumber();
          const answer = await stage.typeAndRead(submitter[channel], `open ${number}`, channel);
          assert.match(answer, /not in this channel/);
          assert.match(answer, /\/invite @receipt/);
          assert.match(answer, /Nothing was recorded/);
          assert.deepEqual(await stage.rows("select 1 from operations where sub_mchid = ?", number), []);
          assert.deepEqual(stage.slack.messages(channel), []);

          stage.slack.invite(channel);
          await stage.request(submitter[channel], `open ${number}`, channel); // the advice works, immediately
        }
      });

      test("without RECEIPT_CHANNELS, the answer to a direct message explains how to set it", async () => {
        const number = freshNumber();
        const { conversation } = stage.slack.state.openWith("im", [people.ann]);
        const answer = await stage.typeAndRead("ann", `open ${number}`, conversation.id);
        assert.match(answer, /needs a channel/);
        assert.match(answer, /RECEIPT_CHANNELS/);
        assert.deepEqual(await stage.rows("select 1 from operations where sub_mchid = ?", number), []);
        assert.deepEqual(stage.directMessages("ann"), []);
      });
    });
  }

  describe("with RECEIPT_CHANNELS", { concurrency: true }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage({ environment: { RECEIPT_CHANNELS: "C0MERCHANT,C0STAGE900" } });
    });
    after(() => stage.close());

    test("a request from a direct message is posted to the first channel, and the answer shows where", async () => {
      const number = freshNumber();
      const { conversation } = stage.slack.state.openWith("im", [people.ann]);
      const answer = await stage.typeAndRead("ann", `open ${number}`, conversation.id);
      assert.match(answer, /#merchant-ops/);
      const message = await stage.slack.until(() =>
        stage.slack.messages("C0MERCHANT").find((one) => stage.textOf(one).includes(number)),
      );
      const request = { channel: "C0MERCHANT", ts: message.ts, number };
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      assert.deepEqual(stage.directMessages("ann"), []);
    });

    test("in any other channel the answer shows where the command works, and nothing is recorded", async () => {
      const number = freshNumber();
      const channel = stage.newChannel();
      const answer = await stage.typeAndRead("ann", `open ${number}`, channel);
      assert.match(answer, /#merchant-ops/);
      assert.match(answer, /Nothing was recorded/);
      assert.deepEqual(await stage.rows("select 1 from operations where sub_mchid = ?", number), []);
      assert.deepEqual(stage.slack.messages(channel), []);
    });
  });

  describe("with a separate bot", { concurrency: true }, () => {
    test("an undecided request expires, its requester is notified, and a late click reports the expiry", async (t) => {
      const stage = await openStage({ environment: { REQUEST_TTL: "2s" } });
      t.after(() => stage.close());
      const number = freshNumber();
      const request = await stage.request("ann", `open ${number}`);
      const pending = stage.messageOf(request);
      await stage.untilShown(request, "Expired without a decision");
      assert.deepEqual(buttonsOf(stage.messageOf(request)), []);
      const reply = await stage.untilReply(request);
      assert.match(stage.textOf(reply), /@ann your request .* expired/);
      assert.deepEqual(pingedBy(reply), ["ann"]);
      assert.match(await stage.pressAndRead("bob", pending, "Approve"), /expired without a decision/);
      const events = (await stage.eventsOf(number)).filter((event) => event !== "reminded by bot");
      assert.deepEqual(events, ["asked by ann", "expired by bot"]);
      assert.deepEqual(stage.callsFor(number), []);
    });

    test("Socket Mode reconnects after Slack refreshes the connection, and receives commands and clicks", async (t) => {
      const stage = await openStage({ mode: "socket" });
      t.after(() => stage.close());
      const number = freshNumber();
      const request = await stage.request("ann", `open ${number}`);
      const opened = () => stage.slack.log.filter(({ method }) => method === "apps.connections.open").length;
      const before = opened();
      stage.slack.disconnectSockets("refresh_requested");
      await stage.slack.until(() => opened() > before && stage.slack.socketCount() > 0);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      await stage.request("ann", `close ${number}`);
      assert.deepEqual(stage.callsFor(number), ["OPEN 200"]);
    });

    test("when the primary endpoint is down, the backup is called within a moment", async (t) => {
      const stage = await openStage({
        environment: ({ weChatPay }) => ({ WECHATPAY_ENDPOINTS: `http://127.0.0.1:1,${weChatPay.url}` }),
      });
      t.after(() => stage.close());
      const number = freshNumber();
      const request = await stage.request("ann", `open ${number}`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      assert.deepEqual(stage.callsFor(number), ["OPEN 200"]);
      const attempts = await stage.rows("select endpoint, result_json from attempts order by number");
      assert.deepEqual(
        attempts.map(({ endpoint, result_json }) => [endpoint, JSON.parse(String(result_json)).kind]),
        [
          [0, "unreachable"],
          [1, "accepted"],
        ],
      );
    });

    for (const mode of ["http", "socket"] as const) {
      test(`over ${mode}, the log at level trace follows an operation by its ids and contains no secret`, async (t) => {
        const stage = await openStage({ mode, environment: { LOG_LEVEL: "trace" } });
        t.after(() => stage.close());
        const number = freshNumber();
        stage.weChatPay.behave(number, (_, n) => (n === 1 ? invalid("服务商被处罚中") : undefined));
        const channel = stage.newChannel();
        const typed = await stage.type("ann", `open ${number} a reason`, channel);
        const message = await stage.slack.until(() => stage.slack.messages(channel)[0]);
        const request = { channel, ts: message.ts, number };
        const clicked = await stage.press("bob", request, "Approve");
        await stage.untilShown(request, "Receipts not opened");
        await stage.pressAndRead("dan", message, "Approve"); // too late: answered through the response URL
        await stage.press("bob", request, "Retry");
        await stage.untilShown(request, "Receipts opened");
        await stage.untilReply(request, 2);
        await eventually(
          () => logLines(stage.logged).filter(({ post }) => String(post).includes("outcome:2")).length > 0,
        );

        assert.ok(
          stage.logged.every((line) => /^\{[^\n]*\}\n$/.test(line)),
          "one JSON object a line",
        );
        const lines = logLines(stage.logged);
        assert.ok(
          lines.some(({ level }) => level <= 20),
          "LOG_LEVEL=trace logs more than info",
        );
        const [operation] = await stage.rows("select id, request_id from operations where sub_mchid = ?", number);
        const attempts = await stage.rows("select id from attempts order by round, number");
        assert.equal(attempts.length, 2);
        const steps = lines.filter(({ request }) => request === operation?.["request_id"]);
        for (const { id } of attempts) {
          const ofAttempt = steps.filter(({ attempt }) => attempt === id);
          assert.ok(ofAttempt.length >= 2, "the call and its answer are logged");
          assert.ok(ofAttempt.every((line) => line["operation"] === operation?.["id"]));
        }
        const msgs = steps.map(({ msg }) => msg);
        for (const msg of ["request recorded", "request decided", "calling WeChat Pay", "WeChat Pay answered"])
          assert.ok(msgs.includes(msg), `no line says "${msg}" with the request's id`);

        const written = stage.logged.join("");
        for (const [what, secret] of secretsOf(stage, [typed.delivery?.payload, clicked.delivery?.payload]))
          assert.ok(!written.includes(secret), `the log holds ${what}`);
      });
    }
  });
});

function secretsOf(stage: Stage, payloads: readonly (Record<string, unknown> | undefined)[]): [string, string][] {
  const key = (stage.environment["WECHATPAY_PRIVATE_KEY"] ?? "").split("\n").filter((line) => !line.startsWith("---"));
  const { app } = stage.slack;
  assert.equal(payloads.length, 2);
  const handles = payloads.flatMap((payload): [string, string][] => [
    ["a response_url", String(payload?.["response_url"])],
    ["the end of a response_url", String(payload?.["response_url"]).split("/").at(-1) ?? ""],
    ["a trigger_id", String(payload?.["trigger_id"])],
  ]);
  return [
    ...key.filter((line) => line.length > 20).map((line): [string, string] => ["a line of the private key", line]),
    ["the bot token", app.botToken],
    ["the app token", app.appToken],
    ["the signing secret", app.signingSecret],
    ...handles,
  ];
}

function permalinkOf({ channel, ts }: { channel: string; ts: string }): string {
  return `https://receipt-demo.slack.com/archives/${channel}/p${ts.replace(".", "")}`;
}
