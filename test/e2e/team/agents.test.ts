/** Programs in the channel: what an agent posts, reacts with or clicks decides nothing. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { freshNumber, openStage, people, postPayload, type Requested, type Stage } from "../support/stage.ts";

describe("an agent in the channel", { concurrency: false }, () => {
  let stage: Stage;
  let pending: Requested;
  let shownAtFirst = "";
  before(async () => {
    stage = await openStage();
    pending = await stage.request("ann", `open ${freshNumber()}`);
    shownAtFirst = stage.shown(pending);
  });
  after(() => stage.close());

  async function assertNothingHappened(): Promise<void> {
    const requests = await stage.rows("select state from requests");
    assert.deepEqual(
      requests.map(({ state }) => state),
      ["pending"],
    );
    assert.deepEqual(stage.weChatPay.calls, []);
    assert.equal(stage.shown(pending), shownAtFirst);
  }

  const events: readonly [what: string, event: () => Record<string, string | object>][] = [
    ["a message that says approve", () => ({ type: "message", text: "approve", thread_ts: pending.ts })],
    ["a message of a bot that says approve", () => ({ type: "message", subtype: "bot_message", text: "approve" })],
    ["a message that looks like a command", () => ({ type: "message", text: `/receipt open ${freshNumber()}` })],
    ["a mention of the bot", () => ({ type: "app_mention", text: `<@${stage.slack.app.botUserId}> approve` })],
    [
      "a reaction to the request",
      () => ({
        type: "reaction_added",
        reaction: "white_check_mark",
        item: { type: "message", channel: pending.channel, ts: pending.ts },
      }),
    ],
  ];
  for (const [what, event] of events)
    for (const who of ["bob", "robot"] as const)
      test(`${what}, by ${who === "bob" ? "an approver" : "a bot"}, is acknowledged and has no effect`, async () => {
        const { status, text } = await postPayload(stage, "events_api", {
          type: "event_callback",
          team_id: "T0DEMO0001",
          api_app_id: "A0RECEIPT1",
          event_id: `Ev${freshNumber()}`,
          event: { channel: pending.channel, user: people[who], ts: "1700000000.000100", ...event() },
        });
        assert.deepEqual([status, text], [200, ""]);
        await assertNothingHappened();
      });
});
