/** How an answer reaches one person if the address that came with their command or click does not work. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@slack/web-api";
import { pino } from "pino";
import { privateMessage } from "../../src/slack/blocks/elements.ts";
import { askedIn } from "../../src/slack/payloads/payloads.ts";
import { createPrivateAnswers } from "../../src/slack/replies/private-answer.ts";
import { systemClock } from "../../src/system-clock.ts";

const message = { type: "message", channel_id: "C1", message_ts: "17.1" };
const command = { user_id: "UANN", channel_id: "C1" };
const click = { user: { id: "UANN" }, channel: { id: "C1" }, container: message };
const inDirect = { ...click, channel: { id: "D1" }, container: { ...message, channel_id: "D1" } };
const inThread = { ...click, container: { ...message, thread_ts: "16.9" } };

/** Answers what arrived as `body`; resolves to where the answer was tried. */
async function placesOf(body: object, refused: readonly string[] = [], hasAddress = true): Promise<string[]> {
  const places: string[] = [];
  const { tell } = createPrivateAnswers({
    async slack(method, { channel, user, users, thread_ts: thread = "", text }) {
      if (method === "conversations.open") return { channel: { id: `D of ${users}` } };
      places.push([method, channel, user ?? "", thread, text].join(" ").replaceAll(/ +/g, " "));
      if (refused.includes(method))
        throw Object.assign(new Error(), { code: ErrorCode.PlatformError, data: { error: "not_in_channel" } });
      return {};
    },
    clock: { ...systemClock, sleep: async () => {} },
    log: pino({ level: "silent" }),
  });
  const respond = async () => {
    places.push("address");
    throw new TypeError("fetch failed");
  };
  await tell(askedIn(body), hasAddress ? respond : undefined, privateMessage("Refused."));
  return places;
}

const addressTries = ["address", "address", "address"];

test("an answer whose address does not work is shown to the person alone, in the channel or thread where they are", async () => {
  for (const body of [command, click])
    assert.deepEqual(await placesOf(body), [...addressTries, "chat.postEphemeral C1 UANN Refused."]);
  assert.deepEqual(await placesOf(inThread), [...addressTries, "chat.postEphemeral C1 UANN 16.9 Refused."]);
});

test("where Slack shows nothing to one person alone, it is a direct message", async () => {
  const direct = "chat.postMessage D of UANN Refused.";
  assert.deepEqual(await placesOf(inDirect), [...addressTries, direct]);
  const refused = ["chat.postEphemeral"];
  assert.deepEqual(await placesOf(command, refused), [...addressTries, "chat.postEphemeral C1 UANN Refused.", direct]);
  assert.deepEqual(await placesOf({ user: { id: "UANN" } }, [], false), [direct]);
});

test("a refusal is final, and the answer ends after it", async () => {
  const refused = ["chat.postEphemeral", "chat.postMessage"];
  assert.equal((await placesOf(click, refused)).length, addressTries.length + 2);
});
