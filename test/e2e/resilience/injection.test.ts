/** Reasons are shown as typed, in every state of the message, and notify nobody. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { JsonObject } from "../../../src/playground/slack/json.ts";
import type { Message } from "../../../src/playground/slack/state.ts";
import { invalid } from "../../../src/playground/wechatpay/scenario.ts";
import { whyMax } from "../../../src/slack/blocks/forms/reject-form.ts";
import { freshNumber, nameOf, openStage, pingedBy, type Requested, type Stage } from "../support/stage.ts";

interface Reason {
  what: string;
  typed: string;
  /** Set where it differs from what was typed. */
  shown?: string;
  /** What Slack sends, where it differs from Slack's encoding of `typed`. */
  raw?: string;
}

const reasons: readonly Reason[] = [
  { what: "a typed <!channel>", typed: "<!channel> look" },
  { what: "a live <!channel>", typed: "@channel look", raw: "<!channel> look" },
  { what: "a bare @here", typed: "now @here and @everyone" },
  { what: "a mention", typed: "ask @dan and @support-team" },
  { what: "a typed link with a label", typed: "<https://evil.example|support>" },
  { what: "a live link with a label", typed: "<https://evil.example|support>", raw: "<https://evil.example|support>" },
  { what: "a web address", typed: "see https://shop.example/a?b=1&c=2 and example.com" },
  { what: "markup", typed: "*bold* _it_ ~gone~ *_~" },
  { what: "code marks", typed: "`code` ```block```" },
  { what: "an entity", typed: "&lt; &amp;lt; <b> &" },
  { what: "a line break", typed: "first\n> second\n• third" },
  { what: "3,000 characters", typed: `long ${'"x" '.repeat(748)}end` },
  { what: "a mark that turns the writing", typed: "price \u202e001 \u2066x", shown: "price 001 x" },
  { what: "emoji and other scripts", typed: ":tada: 🎉 新店 متجر" },
  { what: "a date of Slack's", typed: "<!date^1^{date}|x>" },
  { what: "control characters", typed: "a\u0000b\u0007c", shown: "abc", raw: "a\u0000b\u0007c" },
];

describe("a reason is shown as it was typed", { concurrency: true }, () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  /** Nothing in the message is active except its own mentions of the requester and the approvers. */
  function assertHarmless(request: Requested, reason: Reason, ...more: string[]): void {
    const message = stage.messageOf(request);
    assert.deepEqual(quotesIn(message), [reason.shown ?? reason.typed, ...more]);
    const alive = message.mentions.map(({ kind, id }) => (kind === "user" ? nameOf(id ?? "") : kind));
    assert.deepEqual(
      alive.filter((name) => name !== "ann" && name !== "bob"),
      [],
    );
    assert.deepEqual(pingedBy(message), ["ann"]);
    const outside = JSON.stringify(message.blocks.filter(({ type }) => type !== "rich_text"));
    assert.ok(!outside.includes("evil.example"), "the reason stands in rich text only");
  }

  function ask(number: string, { typed, raw }: Reason): Promise<Requested> {
    return stage.request(
      "ann",
      `open ${number} ${typed}`,
      undefined,
      raw === undefined ? {} : { rawText: `open ${number} ${raw}` },
    );
  }

  for (const reason of reasons) {
    test(`${reason.what}: while the request is pending, fails, is retried and succeeds`, async () => {
      const number = freshNumber();
      stage.weChatPay.behave(number, (_, n) => (n === 1 ? invalid("特约商户被处罚中") : undefined));
      const request = await ask(number, reason);
      assertHarmless(request, reason);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts not opened");
      assertHarmless(request, reason);
      await stage.press("bob", request, "Retry");
      await stage.untilShown(request, "Receipts opened");
      assertHarmless(request, reason);
      for (const n of [1, 2]) {
        const reply = await stage.untilReply(request, n);
        assert.deepEqual(pingedBy(reply), ["ann"]);
        assert.ok(!JSON.stringify(reply.blocks).includes("evil.example"));
      }
      for (const { blocks } of stage.messageOf(request).versions)
        assert.deepEqual(quotesIn({ blocks }), [reason.shown ?? reason.typed]);
    });

    test(`${reason.what}: when the request is rejected`, async () => {
      const request = await ask(freshNumber(), reason);
      // Text in a form arrives unchanged, up to the maximum of its input.
      const typed = reason.typed.slice(0, whyMax);
      await stage.reject("bob", request, typed);
      await stage.untilShown(request, "Rejected by @bob");
      const shown = reason.shown ?? typed;
      assertHarmless(request, reason, shown);
      const reply = await stage.untilReply(request);
      assert.deepEqual(quotesIn(reply), [shown]);
      assert.deepEqual(pingedBy(reply), ["ann"]);
    });
  }

  test("an approver is not notified of their own rejection", async () => {
    const request = await stage.request("ann", `open ${freshNumber()}`);
    await stage.reject("bob", request);
    const reply = await stage.untilReply(request);
    assert.match(stage.textOf(reply), /was rejected/);
    assert.deepEqual(pingedBy(reply), ["ann"]);
  });
});

describe("other text from people and from WeChat Pay is never interpreted", { concurrency: true }, () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  for (const typed of [
    "<!channel>",
    "@here",
    "`x`<@U0BOB00001>",
    "*b*",
    "<https://evil.example|support>",
    "&lt;!here&gt;",
  ]) {
    for (const raw of [undefined, typed]) {
      test(`"${typed}" as a command${raw ? ", sent as markup" : ""}, has no effect in the answer`, async () => {
        for (const [words, rawText] of [
          [typed, raw],
          [`open ${typed}`, raw && `open ${raw}`],
          [`grant ${typed} approver`, raw && `grant ${raw} approver`],
        ] as const) {
          const more = rawText === undefined ? {} : { rawText };
          const result = await stage.type("ann", words, undefined, more);
          assert.ok(result.ephemeral);
          assert.deepEqual(
            result.ephemeral.mentions.filter(({ id }) => nameOf(id ?? "") !== "carol" && nameOf(id ?? "") !== "ann"),
            [],
            stage.textOf(result.ephemeral),
          );
          assert.ok(!JSON.stringify(result.ephemeral.blocks).includes("<https://evil"));
        }
      });
    }
  }

  test("WeChat Pay's message is quoted, whatever it contains", async () => {
    const number = freshNumber();
    const words = "<!channel> *bold* <https://evil.example|here> @here &lt;";
    stage.weChatPay.behave(number, () => invalid(words));
    const request = await stage.request("ann", `open ${number}`);
    await stage.press("bob", request, "Approve");
    await stage.untilShown(request, "Receipts not opened");
    const reply = await stage.untilReply(request);
    assert.ok(stage.textOf(reply).includes(words));
    assert.deepEqual(pingedBy(reply), ["ann"]);
    assert.deepEqual(pingedBy(stage.messageOf(request)), ["ann"]);
  });
});

/** The texts of a message's quotes, which are rich text and thus never active. */
function quotesIn({ blocks }: Pick<Message, "blocks">): string[] {
  return blocks.flatMap((block) => {
    const parts = block["type"] === "rich_text" ? (block["elements"] as JsonObject[]) : [];
    return parts
      .filter(({ type }) => type === "rich_text_quote")
      .map((part) =>
        (part["elements"] as JsonObject[]).map(({ type, text }) => (type === "text" ? text : `(${type})`)).join(""),
      );
  });
}
