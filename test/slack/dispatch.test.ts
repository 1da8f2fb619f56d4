/** Payloads of every kind are authorized in one place: a stranger is refused, and the audit records it once. */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { pino } from "pino";
import { assembleBot } from "../../src/bot.ts";
import { silentMetrics } from "../../src/domain/telemetry/metrics.ts";
import { noTickets } from "../../src/domain/tickets/tickets.ts";
import type { Handlers } from "../../src/slack/dispatch.ts";
import { actionIds, formIds, homeIds, pageIds, shortcutIds } from "../../src/slack/payloads/ids.ts";
import { systemClock, systemRandom } from "../../src/system-clock.ts";
import { textsOf } from "../../src/text/texts.ts";
import { stepCalls } from "../jobs/step-calls.ts";
import { engines, type TestStore } from "../storage/engines.ts";

const member = "UANN";
const stranger = "USTRANGER";
const texts = textsOf("en");
const modals: string[] = [];

/** Slack, which knows every user but the stranger. */
async function slack(method: string, args: Record<string, unknown>): Promise<unknown> {
  switch (method) {
    case "auth.test":
      return { team_id: "T1", url: "https://example.slack.com/" };
    case "users.info":
      if (args["user"] !== stranger) return { user: { id: args["user"], team_id: "T1" } };
      throw Object.assign(new Error("user_not_found"), {
        code: "slack_webapi_platform_error",
        data: { error: "user_not_found" },
      });
    case "conversations.info":
      return { channel: { is_member: true } };
    case "views.open":
      modals.push(JSON.stringify(args["view"]));
      return {};
    default:
      return {};
  }
}

describe("a stranger", () => {
  let store: TestStore;
  let handlers: Handlers;
  let requestId = "";

  before(async () => {
    store = await (engines[0] as (typeof engines)[number]).open();
    ({ handlers } = assembleBot({
      settings: {
        SLACK_COMMAND: "/receipt",
        RECEIPT_CHANNELS: [],
        REQUEST_TTL: 3_600_000,
        STALE_AFTER: 3_600_000,
        APPROVAL_POLICY: "four-eyes",
        APPROVERS_NEEDED: 1,
        BREAK_GLASS: "on",
        REASON: "optional",
        GOLDPLAN: "off",
        GOLDPLAN_SCENE: "JSAPI",
        RECEIPT_ADMINS: [member],
        LOCALE: "en",
        PERSONAL_LOCALE: "on",
        tickets: noTickets,
        WECHATPAY_MCHID: "1900000100",
        WECHATPAY_RATE: 10,
      },
      store,
      interactive: slack,
      posting: slack,
      uploading: slack,
      download: () => Promise.reject(new Error("nobody uploads a file here")),
      calls: stepCalls(() => Promise.reject(new Error("nothing is carried out here"))),
      callLimitMs: 8_000,
      clock: systemClock,
      random: systemRandom,
      metrics: silentMetrics,
      log: pino({ level: "silent" }),
    }));
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
