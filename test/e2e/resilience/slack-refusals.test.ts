/** Slack permanently refuses posts: people hear of it, nobody else waits, and what can be shown later is shown. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { eventually } from "../../eventually.ts";
import { freshNumber, openStage, type Stage } from "../support/stage.ts";

const minuteMs = 60_000;
/** The direct message to a requester whose request's message Slack refuses. */
const notPosted = "select 1 from posts where id like '%:not-posted'";

describe("a channel that takes no messages", { concurrency: true }, () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  test("nothing is recorded in an archived channel", async () => {
    const [number, channel] = [freshNumber(), stage.newChannel()];
    stage.slack.archive(channel);
    assert.match(await stage.typeAndRead("ann", `open ${number}`, channel), /is archived.* Nothing was recorded/);
    assert.deepEqual(await stage.rows("select 1 from operations where sub_mchid = ?", number), []);
  });
});

for (const error of [
  "is_archived",
  "restricted_action",
  "invalid_blocks",
  "channel_is_limited_access",
  "an_error_of_tomorrow",
])
  test(`a message that Slack refuses with ${error} is reported to its requester once, and appears when Slack accepts it`, async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const [number, channel] = [freshNumber(), stage.newChannel()];
    stage.slack.fail("chat.postMessage", { error });
    const heard = () => stage.directMessages("ann").filter((message) => stage.textOf(message).includes(number));
    await stage.type("ann", `open ${number}`, channel);
    await eventually(async () => {
      await stage.later(minuteMs / 2);
      return (await stage.rows(notPosted)).length > 0;
    });
    stage.slack.restore();
    stage.slack.archive(channel);
    // Slack has the message before the ledger knows so; once it does, hours may pass.
    await eventually(async () => (await stage.rows(`${notPosted} and shown >= wanted`)).length > 0);
    const [told = assert.fail()] = heard();
    assert.match(stage.textOf(told), /Slack does not accept your request's message/);
    assert.match(await stage.typeAndRead("ann", `status ${number}`), /Slack does not accept this request's message in/);
    stage.slack.archive(channel, false);
    // What Slack refused is tried again minutes later. A post on its way is recorded before more time passes: after its
    // lease, it would be posted again.
    await eventually(
      async () => {
        const waiting = await stage.rows("select 1 from posts where shown < wanted");
        const onTheirWay = await stage.rows("select 1 from posts where lease_owner is not null");
        if (waiting.length > 0 && onTheirWay.length === 0) await stage.later(5 * minuteMs);
        return waiting.length === 0;
      },
      { everyMs: 250 },
    );
    assert.equal(stage.slack.messages(channel).length, 1);
    assert.equal(heard().length, 1);
    assert.doesNotMatch(await stage.typeAndRead("ann", `status ${number}`), /does not show/);
  });

test("a request that nobody sees expires as usual", async (t) => {
  const stage = await openStage({ environment: { REQUEST_TTL: "1h" } });
  t.after(() => stage.close());
  const [number, channel] = [freshNumber(), stage.newChannel()];
  stage.slack.fail("chat.postMessage", { error: "restricted_action" });
  await stage.type("ann", `open ${number}`, channel);
  await stage.later(61 * minuteMs);
  await eventually(async () => (await stage.eventsOf(number)).includes("expired by bot"));
  stage.slack.restore();
});

test("files that Slack refuses give way to a new request, are tried once, and are replaced by text", async (t) => {
  const stage = await openStage();
  t.after(() => stage.close());
  const channel = stage.newChannel();
  const upload = "files.getUploadURLExternal";
  stage.slack.fail(upload, { error: "file_uploads_disabled" });
  const count = 6;
  for (let i = 0; i < count; i++) await stage.type("ann", `open ${freshNumber()} ${freshNumber()}`, channel);
  await eventually(async () => (await waiting("message")) === 0);
  await stage.request("ann", `open ${freshNumber()}`, channel);
  assert.ok((await waiting("list")) > 0, "the new request waited for files");
  await eventually(async () => {
    await stage.later(5_000);
    return (await stage.rows("select 1 from posts where shown < wanted")).length === 0;
  });
  assert.equal(stage.slack.log.filter(({ method }) => method === upload).length, count);
  for (const { ts } of stage.slack.messages(channel).slice(0, count)) {
    const [reply = assert.fail("nothing stands in the thread"), ...more] = stage.slack.thread(channel, ts);
    assert.match(stage.textOf(reply), /^Slack does not accept files from this bot here \(file_uploads_disabled\)/);
    assert.deepEqual(more, []);
  }

  async function waiting(kind: string): Promise<number> {
    return (await stage.rows("select 1 from posts where kind = ? and shown < wanted", kind)).length;
  }
});

test("a form that Slack refuses to open because of the bot's token is not blamed on the time", async (t) => {
  const stage = await openStage({ mayLogErrors: true });
  t.after(() => stage.close());
  const request = await stage.request("ann", `open ${freshNumber()}`);
  const why = /^Slack refuses this bot's calls \(missing_scope\)/;
  stage.slack.fail("views.open", { error: "missing_scope" });
  assert.match(await stage.typeAndRead("ann", "", request.channel), why);
  assert.match(await stage.pressAndRead("bob", request, "Reject"), why);
});
