/** Payloads of every kind are authorized in one place: a stranger is refused, and the audit records it once. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { subMchidsMax } from "../../src/parsing/number-list/sub-mchid.ts";
import type { Handlers } from "../../src/slack/dispatch.ts";
import { actionIds, formIds, homeIds, pageIds, shortcutIds } from "../../src/slack/payloads/ids.ts";
import { textsOf } from "../../src/text/texts.ts";
import { engines, type TestStore } from "../storage/engines.ts";
import { handlersOn, member, stranger } from "./assembled.ts";

const texts = textsOf("en");
const modals: string[] = [];

describe("a stranger", () => {
  let store: TestStore;
  let handlers: Handlers;
  let requestId = "";

  before(async () => {
    store = await (engines[0] as (typeof engines)[number]).open();
    handlers = handlersOn({ store, modals });
    await handlers.command(typed(`grant <@${member}> requester`, member));
    await handlers.command(typed("open 1900000109", member));
    requestId = (await store.db.selectFrom("requests").select("id").executeTakeFirstOrThrow()).id;
  });
  after(() => store.close());

  const typed = (text: string, user_id = stranger) => ({ text, user_id, channel_id: "COPS", trigger_id: "T" });
  const user = { id: stranger };
  const click = (...actions: object[]) => ({ user, trigger_id: "T", container: { channel_id: "COPS" }, actions });
  const form = (callback_id: string, metadata: object, values: object) => ({
    user,
    view: { callback_id, private_metadata: JSON.stringify(metadata), state: { values } },
  });
  const onRequest = (action_id: string) => () => handlers.click(click({ action_id, value: requestId }));
  const page = { list: "pending", place: { direction: "older", createdAt: 0, id: "r" } };

  /** What each payload is called in the audit, and how it is sent. */
  const payloads: Record<string, () => Promise<unknown>> = {
    "open 1900000110": () => handlers.command(typed("open 1900000110")),
    help: () => handlers.command(typed("help")),
    ...Object.fromEntries(
      Object.values(actionIds).map((id) => [id === actionIds.more ? "withdraw" : id, onRequest(id)]),
    ),
    pending: () => handlers.click(click({ action_id: pageIds.older, value: JSON.stringify(page) })),
    ask: () => handlers.click(click({ action_id: homeIds.ask })),
    [`revoke ${member} requester`]: () =>
      handlers.click(click({ action_id: homeIds.revoke, value: `user:${member}:requester` })),
    "ask-at-message": () => handlers.shortcut({ user, callback_id: shortcutIds.askAtMessage, trigger_id: "T" }),
    "ask-preview": () =>
      handlers.submission(form(formIds.preview, { by: "command", channelId: "COPS", draftId: "d" }, {})),
    names: () => handlers.submission(form(formIds.names, { channelId: "COPS" }, { file: { file: { files: [] } } })),
    "names-preview": () => handlers.submission(form(formIds.namesPreview, { channelId: "COPS", draftId: "d" }, {})),
    "a rejection": () =>
      handlers.submission(form(formIds.reject, { requestId }, { reason: { reason: { value: "no" } } })),
    "an exclusion": () =>
      handlers.submission(form(formIds.leaveOut, { requestId }, { numbers: { numbers: { value: "1900000109" } } })),
  };
  const recordedAs: Record<string, string> = { "a rejection": "reject", "an exclusion": "leave-out" };

  for (const [name, send] of Object.entries(payloads))
    test(`is refused and recorded once for “${name}”`, async () => {
      const before = await refusals();
      modals.length = 0;
      const answer = JSON.stringify((await send()) ?? modals);
      assert.ok(answer.includes(texts.refusal.standing.stranger), answer);
      const [refused, ...more] = (await refusals()).slice(before.length);
      assert.ok(refused && more.length === 0, "one refusal");
      const { why, standing, asked } = JSON.parse(refused);
      assert.deepEqual(
        { why, standing, asked },
        { why: "standing", standing: "stranger", asked: recordedAs[name] ?? name },
      );
    });

  async function refusals(): Promise<string[]> {
    const rows = store.db.selectFrom("events").select("detail_json").where("what", "=", "refused").orderBy("seq");
    return (await rows.execute()).map(({ detail_json }) => detail_json ?? "");
  }
});

test("a command longer than any that Slack sends refers to the form, and one for 10,000 numbers is read", async (t) => {
  const store = await (engines[0] as (typeof engines)[number]).open();
  t.after(() => store.close());
  const handlers = handlersOn({ store });
  const type = async (text: string) =>
    (await handlers.command({ text, user_id: member, channel_id: "COPS", trigger_id: "T" }))?.text ?? "";
  await type(`grant <@${member}> requester`);
  const numbers = Array.from({ length: subMchidsMax }, (_, nth) => String(1_900_000_200 + nth)).join(" ");
  await type(`open ${numbers} ${"reason ".repeat(400)}`);
  const count = async () => (await store.db.selectFrom("operations").select("id").execute()).length;
  assert.equal(await count(), subMchidsMax);
  const long = await type(`open ${"1900009999 ".repeat(400_000)}`);
  assert.match(
    long,
    /^The command has 4,400,005 characters; the maximum is 120,000\. Use the form that `\/receipt` opens/,
  );
  assert.match(long, /Nothing was recorded/);
  assert.match(await type("x".repeat(120_001)), /^The command has 120,001 characters/);
  assert.doesNotMatch(await type("x".repeat(120_000)), /The command has/);
  assert.equal(await count(), subMchidsMax);
});

test("a button or form whose content another version of the bot wrote says so, and a command that cannot be read does not", async (t) => {
  const store = await (engines[0] as (typeof engines)[number]).open();
  t.after(() => store.close());
  const handlers = handlersOn({ store });
  const { otherVersion, failed } = texts.answer;
  const user = { id: member };
  const page = { action_id: pageIds.older, value: JSON.stringify({ list: "of-another-version" }) };
  assert.equal((await handlers.click({ user, actions: [page] }))?.text, otherVersion);
  const view = { callback_id: formIds.reject, private_metadata: "of another version", state: { values: {} } };
  assert.match(JSON.stringify(await handlers.submission({ user, view })), new RegExp(otherVersion.slice(0, 40)));
  assert.equal((await handlers.command({ user_id: member, text: "help" }))?.text, failed);
});
