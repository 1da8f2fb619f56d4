/** A form whose answer takes longer than Slack waits: acknowledged in time, and answered in the same window. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { App } from "@slack/bolt";
import { pino } from "pino";
import type { FormAnswer } from "../../../src/slack/blocks/modal.ts";
import type { SlackContext } from "../../../src/slack/context.ts";
import type { Handlers } from "../../../src/slack/dispatch.ts";
import { listen } from "../../../src/slack/listeners.ts";
import { formIds } from "../../../src/slack/payloads/ids.ts";
import { textsOf } from "../../../src/text/texts.ts";

const texts = textsOf("en");

/** Submits a form whose answer comes after `slowMs` of a clock that only sleeps move. Returns what Slack was sent. */
async function submitted(
  answer: FormAnswer,
  slowMs: number,
  { notFound = 0, formId = formIds.ask as string, failures = [] as Error[] } = {},
) {
  let view: ((given: { ack(response: unknown): Promise<void>; body: unknown }) => Promise<void>) | undefined;
  const ignored = () => {};
  const app = {
    use: ignored,
    action: ignored,
    event: ignored,
    shortcut: ignored,
    error: ignored,
  } as unknown as App;
  app.view = (({ callback_id: listensTo }: { callback_id: RegExp }, listener: typeof view) => {
    if (listensTo.test(formId)) view = listener;
  }) as unknown as App["view"];
  const calls: { method: string; externalId: unknown; view: unknown }[] = [];
  const acknowledged: FormAnswer[] = [];
  const slow = Promise.withResolvers<FormAnswer>();
  const context = {
    settings: { SLACK_COMMAND: "/receipt" },
    texts,
    languages: { channel: texts, known: () => texts },
    log: pino({ enabled: false }),
    clock: {
      now: () => 0,
      monotonic: () => 0,
      // A sleep that is over before the answer, or one that is not.
      sleep: (ms: number) => (ms < slowMs ? Promise.resolve() : new Promise<void>(() => {})),
    },
    async slack(method: string, { external_id: externalId, view }: Record<string, unknown>) {
      calls.push({ method, externalId, view });
      const failure = failures.shift();
      if (failure) throw failure;
      if (calls.length <= notFound)
        throw Object.assign(new Error("not_found"), {
          data: { error: "not_found" },
          code: "slack_webapi_platform_error",
        });
      return {};
    },
  };
  const handlers = { submission: () => slow.promise, home: async () => {} } as unknown as Handlers;
  const listener = listen(app, handlers, context as unknown as SlackContext);
  assert.ok(view);
  const acknowledging = view({
    ack: async (response) => {
      acknowledged.push(response as FormAnswer);
      slow.resolve(answer);
    },
    body: { view: { callback_id: formId } },
  });
  if (slowMs === 0) slow.resolve(answer);
  await acknowledging;
  await listener.settled();
  return { acknowledged, calls };
}

const late: FormAnswer = { response_action: "errors", errors: { file: "Not a file.", reason: "No reason." } };

test("an answer in time is the acknowledgement", async () => {
  const { acknowledged, calls } = await submitted(late, 0);
  assert.deepEqual([acknowledged, calls], [[late], []]);
});

test("a late answer replaces the window that shows that the bot is working, once Slack shows it", async () => {
  const { acknowledged, calls } = await submitted(late, 10_000, { notFound: 2 });
  const [first] = acknowledged;
  assert.ok(first?.response_action === "push");
  assert.match(JSON.stringify(first.view.blocks), /longer than usual/);
  assert.equal(calls.length, 3);
  assert.ok(
    calls.every(({ method, externalId }) => method === "views.update" && externalId === first.view.external_id),
  );
  assert.match(JSON.stringify(calls.at(-1)?.view), /Not a file\.\\nNo reason\./);
});

test("a window that the person has closed is given up", async () => {
  const { calls } = await submitted({ response_action: "clear" }, 10_000, { notFound: 99 });
  assert.equal(calls.length, 8);
  assert.match(JSON.stringify(calls[0]?.view), /Done\./);
});

test("an answer that Slack did not take is sent again, unless Slack refuses it", async () => {
  const away = Object.assign(new Error("503"), { code: "slack_webapi_http_error" });
  const limited = Object.assign(new Error("429"), { code: "slack_webapi_rate_limited_error", retryAfter: 3 });
  const shown = await submitted(late, 10_000, { failures: [away, limited] });
  assert.equal(shown.calls.length, 3);
  const code = "slack_webapi_platform_error";
  const refused = Object.assign(new Error("hash_conflict"), { code, data: { error: "hash_conflict" } });
  assert.equal((await submitted(late, 10_000, { failures: [refused] })).calls.length, 1);
});

test("the answer to the question about the column takes the question's place, because Slack stacks three windows", async () => {
  const { acknowledged } = await submitted(late, 10_000, { formId: formIds.column });
  assert.equal(acknowledged[0]?.response_action, "update");
});
