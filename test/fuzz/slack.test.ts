/**
 * Signed payloads with missing, wrong or huge fields, sent to a real bot: answered in time, and nothing is
 * half-written.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import fc from "fast-check";
import type { JsonObject } from "../../src/playground/slack/json.ts";
import {
  commandFields,
  type LogLine,
  logLines,
  openStage,
  people,
  postPayload,
  postRaw,
  type Requested,
  type Stage,
} from "../e2e/support/stage.ts";
import { runs } from "./runs.ts";

let stage: Stage;
before(async () => {
  stage = await openStage({ mayLogErrors: true });
});
after(() => stage.close());

/** How long an answer may take on a busy machine, in milliseconds; only one that never comes takes this long. */
const answeredWithinMs = 20_000;

const wrong = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    "",
    " ",
    [],
    {},
    [null],
    "x".repeat(100_000),
    "<@U0ANN00001>",
    "\u0000",
  ),
  fc.constantFrom<unknown>("block_actions", "view_submission", "approve", "retry", "http://127.0.0.1:9/", "__proto__"),
  fc.string({ unit: "binary" }),
  fc.jsonValue({ maxDepth: 2 }),
  fc.constant(Array.from({ length: 2_000 }, () => ({ a: "b" }))),
);
/** The position of a change in a payload, counted through all its fields at any depth. */
const change = fc.record({ place: fc.nat(), value: fc.option(wrong, { nil: undefined, freq: 3 }) });
const changes = fc.array(change, { minLength: 1, maxLength: 4 });
const batch = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: 40, maxLength: 40, size: "max" });

/** A copy with these positions changed; a position without a value is removed. */
function changed(payload: JsonObject, those: readonly { place: number; value: unknown }[]): JsonObject {
  const copy = structuredClone(payload) as JsonObject;
  for (const { place, value } of those) {
    const places = placesIn(copy);
    const at = places[place % Math.max(1, places.length)];
    if (!at) continue;
    if (value === undefined) delete at.holder[at.key];
    else at.holder[at.key] = structuredClone(value);
  }
  return copy;
}

function placesIn(value: unknown): { holder: Record<string, unknown>; key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder)
    .slice(0, 50)
    .flatMap((key) => [{ holder, key }, ...placesIn(holder[key])]);
}

type Answer = { status: number; text: string };

/** Posts all of them at once, as on a busy day. */
async function assertAllAnswered(posts: readonly { what: unknown; post: () => Promise<Answer> }[]): Promise<void> {
  await Promise.all(
    posts.map(async ({ what, post }) => {
      const began = performance.now();
      const { status, text } = await post();
      const answered = `${status} "${text.slice(0, 200)}" after ${Math.round(performance.now() - began)} ms to ${JSON.stringify(what)?.slice(0, 2_000)}`;
      assert.ok(status === 200 || (status >= 400 && status <= 499), answered);
      assert.ok(performance.now() - began < answeredWithinMs, answered);
    }),
  );
  assertNoFailure();
  await assertWhole();
}

let result = 0;
/** The only logged errors are payloads that the bot or Bolt could not read; no listener of ours failed. */
function assertNoFailure(): void {
  const lines = logLines(stage.logged.slice(result));
  result = stage.logged.length;
  const isUnread = ({ msg, err }: LogLine) =>
    /^a payload could not be (answered|read)$/.test(msg)
      ? /ZodError|bolt/.test(JSON.stringify(err))
      : msg === "a listener failed" &&
        !/src\/(domain|jobs|ledger|parsing|storage|slack\/(?!api\/fallback-ack))/.test(JSON.stringify(err));
  assert.deepEqual(
    lines.filter((line) => line.level >= 50 && !isUnread(line)),
    [],
  );
}

/** Every request has its operations, its message to post and its event, and nothing exists without a request. */
async function assertWhole(): Promise<void> {
  const [counts] = await stage.rows(`select
    (select count(*) from requests) as requests,
    (select coalesce(sum(total), 0) from requests) as wanted,
    (select count(*) from operations join requests on requests.id = request_id) as operations,
    (select count(*) from posts where kind = 'message') as posts,
    (select count(*) from events where what = 'asked') as events,
    (select count(*) from requests where decided_by is not null) as decided,
    (select count(*) from events where what in ('approved', 'rejected', 'withdrawn')) as decisions,
    (select coalesce(sum(left_out), 0) from requests) as leftOut,
    (select count(*) from operations where left_out_by is not null and state = 'cancelled') as struck`);
  assert.ok(counts);
  const { requests, wanted, operations, posts, events, decided, decisions, leftOut, struck } = counts;
  assert.deepEqual([operations, posts, events], [wanted, requests, requests]);
  assert.equal(decisions, decided);
  assert.equal(struck, leftOut);
}

test("a command with missing, wrong or huge fields", async () => {
  const channel = stage.newChannel();
  const text = fc.oneof(
    fc.integer({ min: 1, max: 40 }).map((n) => `open 19200000${n}`),
    fc.constantFrom("", "help", "roles", "grant <@U0ANN00001> approver", "close 1"),
    fc.string({ unit: "binary" }),
  );
  await fc.assert(
    fc.asyncProperty(batch(fc.tuple(text, changes)), (given) =>
      assertAllAnswered(
        given.map(([words, those]) => {
          const fields = changed(commandFields(people.ann, channel, words), those);
          return { what: fields, post: () => postPayload(stage, "slash_commands", fields) };
        }),
      ),
    ),
    { ...runs(1), endOnFailure: true },
  );
});

test("a click with missing, wrong or huge fields", async () => {
  const requested: Requested = await stage.request("ann", "open 1930000001");
  const [row] = await stage.rows("select id from requests order by created_at desc limit 1");
  const action = fc.constantFrom("approve", "reject", "leave-out", "retry", "more");
  await fc.assert(
    fc.asyncProperty(batch(fc.tuple(action, changes)), (given) =>
      assertAllAnswered(
        given.map(([actionId, those]) => {
          const payload = changed(click(requested, actionId, String(row?.["id"])), those);
          return { what: payload, post: () => postPayload(stage, "interactive", payload) };
        }),
      ),
    ),
    { ...runs(1), endOnFailure: true },
  );
});

test("a rejection form with missing, wrong or huge fields", async () => {
  await stage.request("ann", "open 1930000002");
  const [row] = await stage.rows("select id from requests order by created_at desc limit 1");
  await fc.assert(
    fc.asyncProperty(batch(changes), (given) =>
      assertAllAnswered(
        given.map((those) => {
          const payload = changed(rejection(String(row?.["id"])), those);
          return { what: payload, post: () => postPayload(stage, "interactive", payload) };
        }),
      ),
    ),
    { ...runs(1), endOnFailure: true },
  );
});

test("an exclusion form with missing, wrong or huge fields, whatever is selected or pasted in it", async () => {
  await stage.request("ann", "open 1930000003 1930000004 1930000005 1930000006");
  const [row] = await stage.rows("select id from requests order by created_at desc limit 1");
  const number = fc.constantFrom("1930000003", "1930000004", "1930000005", "1930000006", "1930000009");
  const given = fc.oneof(
    fc.array(number, { maxLength: 6 }).map((chosen) => ({ selected_options: chosen.map((value) => ({ value })) })),
    fc.oneof(number, fc.string({ unit: "binary" })).map((value) => ({ value })),
  );
  await fc.assert(
    fc.asyncProperty(batch(fc.tuple(given, fc.option(changes))), (all) =>
      assertAllAnswered(
        all.map(([numbers, those]) => {
          const payload = changed(leavingOut(String(row?.["id"]), numbers), those ?? []);
          return { what: payload, post: () => postPayload(stage, "interactive", payload) };
        }),
      ),
    ),
    { ...runs(1), endOnFailure: true },
  );
  const [counts] = await stage.rows("select total, open, left_out from requests where id = ?", String(row?.["id"]));
  assert.deepEqual(Number(counts?.["open"]) + Number(counts?.["left_out"]), counts?.["total"]);
  assert.ok(Number(counts?.["open"]) > 0, "somebody is always left");
});

test("opening the home and pressing its buttons with missing, wrong or huge fields", async () => {
  await stage.slack.openHome(people.carol);
  const pressed = fc.constantFrom("home-grant", "home-revoke", "home-person", "approve");
  await fc.assert(
    fc.asyncProperty(batch(fc.tuple(fc.option(pressed), changes)), (given) =>
      assertAllAnswered(
        given.map(([actionId, those]) => {
          const payload = changed(actionId === null ? homeOpened() : pressInHome(actionId), those);
          const kind = actionId === null ? "events_api" : "interactive";
          return { what: payload, post: () => postPayload(stage, kind, payload) };
        }),
      ),
    ),
    { ...runs(1), endOnFailure: true },
  );
  assert.doesNotMatch(await stage.typeAndRead("carol", "roles @sam"), /• /);
});

// Except `null`, which breaks Bolt's receiver before our code runs.
test("bodies that are not payloads at all", async () => {
  const contentType = fc.constantFrom(
    "application/json",
    "application/x-www-form-urlencoded",
    "text/plain",
    "",
    "x/y; charset=z",
  );
  const body = fc.oneof(
    fc.constantFrom("", "payload=", "payload=%7B", "{", "[]", "{}", "payload=%5B%5D", "command=%2Freceipt", "%"),
    fc.json().filter((json) => json.trim() !== "null"),
    fc.string({ unit: "binary" }).filter((text) => text.trim() !== "null"),
  );
  await fc.assert(
    fc.asyncProperty(batch(fc.record({ contentType, body })), (given) =>
      assertAllAnswered(given.map((what) => ({ what, post: () => postRaw(stage, what) }))),
    ),
    { ...runs(1), endOnFailure: true },
  );
});

function click({ channel, ts }: Requested, actionId: string, requestId: string): JsonObject {
  return {
    type: "block_actions",
    user: { id: people.bob, username: "bob", name: "bob", team_id: "T0DEMO0001" },
    api_app_id: "A0DEMO0001",
    token: "deprecated",
    container: { type: "message", message_ts: ts, channel_id: channel, is_ephemeral: false },
    trigger_id: "1.2.3",
    team: { id: "T0DEMO0001", domain: "demo" },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel, name: "stage" },
    message: { type: "message", ts, text: "Open receipts", blocks: [] },
    state: { values: {} },
    response_url: "http://127.0.0.1:9/actions/none",
    actions: [
      {
        type: "button",
        action_id: actionId,
        block_id: "decision",
        text: { type: "plain_text", text: "Approve" },
        value: requestId,
        action_ts: "1.2",
      },
    ],
  };
}

function rejection(requestId: string): JsonObject {
  return submission("reject", requestId, { reason: { reason: { type: "plain_text_input", value: "wrong shop" } } });
}

function leavingOut(requestId: string, numbers: JsonObject): JsonObject {
  return submission("leave-out", requestId, { numbers: { numbers } });
}

function submission(form: "reject" | "leave-out", requestId: string, values: JsonObject): JsonObject {
  return {
    type: "view_submission",
    user: { id: people.bob, username: "bob", name: "bob", team_id: "T0DEMO0001" },
    api_app_id: "A0DEMO0001",
    trigger_id: "1.2.3",
    team: { id: "T0DEMO0001", domain: "demo" },
    view: {
      id: "V1",
      type: "modal",
      callback_id: form,
      private_metadata: JSON.stringify({ requestId, channelId: "C0STAGE002" }),
      state: { values },
    },
    response_urls: [],
  };
}

function homeOpened(): JsonObject {
  return {
    type: "event_callback",
    team_id: "T0DEMO0001",
    api_app_id: "A0DEMO0001",
    event_id: "Ev0001",
    event_time: 1_764_000_000,
    event: {
      type: "app_home_opened",
      user: people.carol,
      channel: "D0001",
      tab: "home",
      event_ts: "1764000000.000100",
    },
  };
}

/** Grants a role to @sam, who is of another workspace, or revokes it. */
function pressInHome(actionId: string): JsonObject {
  return {
    type: "block_actions",
    user: { id: people.carol, username: "carol", name: "carol", team_id: "T0DEMO0001" },
    api_app_id: "A0DEMO0001",
    container: { type: "view", view_id: "V1" },
    trigger_id: "1.2.3",
    team: { id: "T0DEMO0001", domain: "demo" },
    view: {
      id: "V1",
      type: "home",
      state: {
        values: {
          "home-grant": {
            "home-person": { type: "users_select", selected_user: people.sam },
            "home-role": { type: "static_select", selected_option: { value: "approver" } },
          },
        },
      },
    },
    actions: [{ type: "button", action_id: actionId, block_id: "b", value: `user:${people.sam}:approver` }],
  };
}
