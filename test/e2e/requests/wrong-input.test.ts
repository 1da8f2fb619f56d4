/** Mistyped commands and malformed payloads: answered privately, and nothing is recorded. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { parseCommand } from "../../../src/parsing/command/command.ts";
import type { JsonObject } from "../../../src/playground/slack/json.ts";
import type { Typed } from "../../../src/playground/slack/users/actions.ts";
import { identity } from "../support/identity.ts";
import {
  commandFields,
  freshNumber,
  openStage,
  people,
  postPayload,
  postRaw,
  type RawPost,
  type Stage,
} from "../support/stage.ts";

interface WrongCommand {
  typed: string;
  /** Text in the answer. */
  says: RegExp;
  more?: Partial<Typed>;
}

const wrongCommands: readonly WrongCommand[] = [
  { typed: "open", says: /number is missing/ },
  { typed: "close", says: /number is missing/ },
  { typed: "open shop-seven", says: /shop-seven is not a sub-merchant number/ },
  { typed: "open 19000001O9", says: /19000001O9 .* letter O at position 9/ },
  { typed: "open 1900000i09 new store", says: /letter i at position 8/ },
  { typed: "open +1900000109", says: /character \+ at position 1\./ },
  { typed: `open ${"7".repeat(33)}`, says: /33 digits.* at most 32/ },
  { typed: "open 1900000109 19000001", says: /19000001 has a different format from 1900000109/ },
  { typed: "open 1900 000 109", says: /contains separators\. If you mean 1900000109/ },
  { typed: "open 1,900,000,109 new store", says: /If you mean 1900000109/ },
  { typed: "open 2026-11-28", says: /2026-11-28 looks like a date/ },
  { typed: "open 1.9E+09", says: /A spreadsheet shortened 1\.9E\+09/ },
  { typed: `open ${identity.mchid}`, says: /is our own merchant number/ },
  {
    typed: "open 1900000109.5",
    says: /1900000109\.5 looks like several numbers joined by \. *\. Separate them with spaces/,
  },
  { typed: "open 1900000109 new store and 1900000110", says: /1900000110 is in the reason/ },
  { typed: "opne 1900000109", says: /opne is not a command/ },
  {
    typed: "approve #1042",
    says: /approve is not a command: use Approve on the request's message\. \/receipt pending lists the requests/,
  },
  { typed: "停止", says: /停止 is not a command: use Stop on the request's message/ },
  { typed: "1900000109", says: /The command for 1900000109 is missing/ },
  { typed: "open @bob", says: /@bob is not a sub-merchant number/ },
  { typed: "open #merchant-ops", says: /#merchant-ops is not a sub-merchant number/ },
  { typed: "open -1900000109.5", says: /looks like several numbers/ },
  { typed: "grant @dan requester for 1900 000 109", says: /If you mean 1900000109/ },
  { typed: `open 1900000109 ${"long ".repeat(601)}`, says: /3,004 characters; the maximum is 3,000/ },
  { typed: "open 19000001O9", says: /letter O at position 9/, more: { mobile: true } },
  {
    typed: "open 1900000109 19000001",
    says: /19000001 has a different format from 1900000109/,
    more: { mobile: true },
  },
  { typed: "grant", says: /The person or user group is missing/ },
  { typed: "grant nobody-here approver", says: /nobody-here is neither a person nor a user group/ },
  { typed: "grant @dan", says: /The role is missing/ },
  { typed: "grant @dan boss", says: /boss is not a role/ },
  { typed: "grant @dan approver please", says: /please is not part of/ },
  { typed: "grant @dan requester for a while", says: /a while is neither a time span nor sub-merchant numbers/ },
  { typed: "grant @dan approver for 400d", says: /more than a year/ },
  { typed: `grant @dan requester for ${Array.from({ length: 21 }, (_, i) => 190_000 + i)}`, says: /the maximum is 20/ },
  { typed: "grant @dan approver for 19*", says: /Only the role requester can be limited/ },
  { typed: "roles now", says: /now is neither a person/ },
  { typed: "roles @dan now", says: /now is not part of/ },
];

/** What is typed and the number that it means. Each `d` below is a digit of a fresh number. */
const unusualNumbers: readonly { what: string; write(number: string): string; more?: Partial<Typed> }[] = [
  { what: "a telephone link of a mobile client", write: (number) => number, more: { mobile: true } },
  { what: "full-width digits", write: fullWidth },
  { what: "a name beside it", write: (number) => `张三（${number}）` },
  { what: "an exclamation mark", write: (number) => `${number}!` },
  { what: "a zero-width space from a web page", write: (number) => `\u200b${number}\u200b` },
  { what: "quotes and a full stop", write: (number) => `"${number}".` },
  { what: "code marks", write: (number) => `\`${number}\`` },
  { what: "a spreadsheet's decimals", write: (number) => `${number}.0` },
  { what: "two spaces before it", write: (number) => ` ${number}` },
];

describe("mistyped commands", { concurrency: true }, () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage({
      grants: [
        ["ann", "requester"],
        ["ann", "approver"],
        ["ann", "admin"],
      ],
    });
  });
  after(() => stage.close());

  for (const { typed, says, more } of wrongCommands) {
    const name = `${typed.length > 60 ? `${typed.slice(0, 60)}…` : typed}${more?.mobile ? " (on a telephone)" : ""}`;
    test(`"${name}" is answered privately with a working example, and is not recorded`, async () => {
      const channel = stage.newChannel();
      const events = await stage.rows("select count(*) as n from events where actor = ?", people.ann);
      const result = await stage.type("ann", typed, channel, more);
      assert.ok(result.ephemeral, `no answer, but ${result.errorText}`);
      assert.equal(result.ephemeral.onlyFor, people.ann);
      assert.match(stage.textOf(result.ephemeral), says);
      // Reading commands record nothing.
      assert.equal(/Nothing was recorded/.test(stage.textOf(result.ephemeral)), !typed.startsWith("roles"));
      const examples = examplesIn(result.ephemeral.blocks);
      assert.ok(examples.length > 0, "there is an example to paste");
      for (const example of examples)
        assert.ok(parseCommand(sent(example)).ok, `"${example}" does not work when pasted`);
      assert.deepEqual(stage.slack.messages(channel), []);
      assert.deepEqual(await stage.rows("select 1 from requests where channel_id = ?", channel), []);
      assert.deepEqual(await stage.rows("select count(*) as n from events where actor = ?", people.ann), events);
    });
  }

  for (const typed of ["help", "HELP", "help me please"]) {
    test(`"${typed}" shows the help`, async () => {
      const channel = stage.newChannel();
      const answer = await stage.typeAndRead("ann", typed, channel);
      for (const line of ["/receipt open 1900000109", "/receipt close 1900000109", "/receipt grant", "Your roles"])
        assert.ok(answer.includes(line), `no "${line}" in: ${answer}`);
      assert.deepEqual(stage.slack.messages(channel), []);
    });
  }
});

describe("unusual but unambiguous numbers", { concurrency: true }, () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage();
  });
  after(() => stage.close());

  for (const { what, write, more } of unusualNumbers) {
    test(`${what}: read as the number`, async () => {
      const number = freshNumber();
      const request = await stage.request("ann", `open ${write(number)} because`, undefined, more);
      assert.equal(request.number, number);
      assert.match(stage.shown(request), /^\| because$/m);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "Receipts opened");
      assert.deepEqual(stage.callsFor(number), ["OPEN 200"]);
    });
  }

  test("the verb may be written in capitals and full-width letters", async () => {
    await stage.request("ann", `OPEN ${freshNumber()}`);
    await stage.request("ann", `ｃｌｏｓｅ ${freshNumber()}`);
  });

  test("the example in an answer works when it is pasted", async () => {
    const channel = stage.newChannel();
    const result = await stage.type("ann", "open", channel);
    const [example] = examplesIn(result.ephemeral?.blocks ?? []);
    const pasted = await stage.slack.type({ user: people.ann, channel, text: example ?? "" });
    assert.equal(pasted.ephemeral, undefined);
    await stage.slack.until(() => stage.slack.messages(channel)[0]);
  });
});

test("numbers of an unusual length are accepted, and the answer and the message point them out", async (t) => {
  const stage = await openStage();
  t.after(() => stage.close());
  const channel = stage.newChannel();
  const seen = await stage.type("ann", "open 19000001 190000010", channel);
  assert.match(
    stage.textOf(seen.ephemeral ?? assert.fail("no answer")),
    /190000010 has a different format from 19000001/,
  );
  for (const number of ["19000001", "190000010", "19000001091"]) {
    const answer = await stage.typeAndRead("ann", `open ${number}`, channel);
    assert.match(answer, new RegExp(`Unusual: most numbers have 10 digits · ${number}`));
    const message = await stage.slack.until(() =>
      stage.slack.messages(channel).find(({ text }) => text.includes(number)),
    );
    assert.match(stage.textOf(message), /Unusual: most numbers have 10 digits/);
  }
});

describe("payloads that Slack never sends", { concurrency: true }, () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage({ mayLogErrors: true });
  });
  after(() => stage.close());

  async function worksAsBefore(): Promise<void> {
    assert.match(await stage.typeAndRead("ann", "help"), /\/receipt open/);
  }

  const untrusted: readonly { what: string; how: RawPost }[] = [
    { what: "signed with another secret", how: { secret: "0".repeat(32) } },
    { what: "without a signature", how: { headers: { "x-slack-signature": "" } } },
    { what: "with half a signature", how: { headers: { "x-slack-signature": "v0=00" } } },
    { what: "signed ten minutes ago", how: { timestamp: Math.floor(Date.now() / 1_000) - 600 } },
    { what: "signed ten minutes ahead", how: { timestamp: Math.floor(Date.now() / 1_000) + 600 } },
    { what: "without a timestamp", how: { headers: { "x-slack-request-timestamp": "" } } },
  ];
  for (const { what, how } of untrusted) {
    test(`a command ${what} is refused with 401, and nothing is recorded`, async () => {
      const number = freshNumber();
      const body = new URLSearchParams(commandFields(people.ann, stage.newChannel(), `open ${number}`)).toString();
      const { status, text } = await postRaw(stage, { body, ...how });
      assert.equal(status, 401);
      assert.equal(text, "", "strangers get no answer");
      assert.deepEqual(await stage.rows("select 1 from operations where sub_mchid = ?", number), []);
    });
  }

  test("a timestamp in the future is logged, and one within Slack's 300 seconds is taken", async () => {
    const body = new URLSearchParams(commandFields(people.ann, stage.newChannel(), "help")).toString();
    const at = (aheadS: number) => ({ body, timestamp: Math.floor(Date.now() / 1_000) + aheadS });
    assert.equal((await postRaw(stage, at(290))).status, 200);
    assert.equal((await postRaw(stage, at(310))).status, 401);
    assert.ok(stage.logged.some((line) => line.includes("its timestamp is in the future")));
  });

  test("the same command with a correct signature is recorded", async () => {
    const number = freshNumber();
    const { status } = await postPayload(
      stage,
      "slash_commands",
      commandFields(people.ann, stage.newChannel(), `open ${number}`),
    );
    assert.equal(status, 200);
    assert.equal((await stage.rows("select 1 from operations where sub_mchid = ?", number)).length, 1);
  });

  for (const field of ["user_id", "channel_id", "trigger_id"]) {
    for (const value of [undefined, ""]) {
      test(`a command ${value === undefined ? "without" : "with an empty"} ${field} is answered and not recorded`, async () => {
        const number = freshNumber();
        const { [field]: _, ...rest } = commandFields(people.ann, stage.newChannel(), `open ${number}`);
        const payload = value === undefined ? rest : { ...rest, [field]: value };
        const { status, text } = await postPayload(stage, "slash_commands", payload);
        assert.equal(status, 200);
        assert.match(text, /An error occurred/);
        assert.deepEqual(await stage.rows("select 1 from operations where sub_mchid = ?", number), []);
        await worksAsBefore();
      });
    }
  }

  test("a command without a text or without a response URL is handled as such", async () => {
    const { text: _, ...silent } = commandFields(people.ann, stage.newChannel(), "");
    assert.match((await postPayload(stage, "slash_commands", silent)).text, /receipt open 1900000109/);
    const number = freshNumber();
    const { response_url: __, ...mute } = commandFields(people.ann, stage.newChannel(), `open ${number}`);
    assert.deepEqual(await postPayload(stage, "slash_commands", mute), { status: 200, text: "" });
    assert.equal((await stage.rows("select 1 from operations where sub_mchid = ?", number)).length, 1);
  });

  const oddBodies: readonly { what: string; how: RawPost }[] = [
    { what: "an empty body", how: { body: "" } },
    { what: "an empty JSON body", how: { body: "", contentType: "application/json" } },
    { what: "JSON that ends in the middle", how: { body: '{"type":"event_c', contentType: "application/json" } },
    { what: "a JSON list", how: { body: "[1,2]", contentType: "application/json" } },
    { what: "a payload that is not JSON", how: { body: "payload=%7Bnot" } },
    { what: "JSON's null", how: { body: "null", contentType: "application/json" } },
    { what: "null between spaces", how: { body: " \n null\t", contentType: "application/json; charset=utf-8" } },
    { what: "a payload that is null", how: { body: "payload=null" } },
    { what: "an encoded payload that is null", how: { body: "a=b&p%61yload=+%6eull%0A&c=d" } },
    { what: "two payloads that are null", how: { body: "payload=null&payload=null" } },
    { what: "JSON's true", how: { body: "true", contentType: "application/json" } },
    { what: "a payload that is a text", how: { body: "payload=%22null%22" } },
    { what: "a payload that is a number", how: { body: "payload=7" } },
    { what: "an unknown content type", how: { body: "hello", contentType: "text/plain" } },
    { what: "bytes that are no text", how: { body: "command=%FF%FE%00&text=%C3%28" } },
    { what: "another app's command", how: { body: "command=%2Fother&text=x&user_id=U1&channel_id=C1&trigger_id=1" } },
  ];
  for (const { what, how } of oddBodies) {
    test(`${what} gets an answer, and the bot keeps working`, async () => {
      const { status } = await postRaw(stage, how);
      assert.ok([200, 400, 401, 404, 500].includes(status), `HTTP ${status}`);
      await worksAsBefore();
      assert.ok(!stage.logged.some((line) => line.includes("a bug")), "no bug is logged");
    });
  }

  test("clicks with missing or odd fields decide nothing, and the bot keeps working", async () => {
    const number = freshNumber();
    const request = await stage.request("ann", `open ${number}`);
    const result = await stage.pressAndRead("ann", request, "Approve");
    assert.match(result, /^You requested this/);
    const [row] = await stage.rows("select request_id as id from operations where sub_mchid = ?", number);
    const good: JsonObject = {
      type: "block_actions",
      user: { id: people.bob },
      container: { type: "message", message_ts: request.ts, channel_id: request.channel },
      channel: { id: request.channel },
      trigger_id: "1.2.3",
      actions: [{ type: "button", action_id: "approve", block_id: "decide", value: String(row?.["id"]) }],
    };
    const odd: readonly JsonObject[] = [
      { ...good, user: {} },
      { ...good, user: null },
      { ...good, user: { id: "" } },
      { ...good, actions: [] },
      { ...good, actions: [{ type: "button", action_id: "approve", block_id: "decide" }] },
      { ...good, actions: [{ type: "button", action_id: "approve", block_id: "decide", value: "" }] },
      { ...good, actions: [{ type: "button", action_id: "approve", block_id: "decide", value: "' or 1=1 --" }] },
      { ...good, actions: [{ type: "button", action_id: "approve", block_id: "decide", value: 7 }] },
      { ...good, actions: [{ type: "button", action_id: "approve_all", block_id: "decide", value: "x" }] },
      { ...good, actions: [{ type: "overflow", action_id: "more", block_id: "decide", selected_option: null }] },
      { ...good, type: "view_submission", view: { callback_id: "none" } },
      { ...good, type: "nothing_known" },
    ];
    // Bolt refuses after 3 s what no listener handles; all of these wait in parallel.
    const answers = await Promise.all(odd.map((payload) => postPayload(stage, "interactive", payload)));
    for (const { status } of answers) assert.ok([200, 400, 404, 500].includes(status), `HTTP ${status}`);
    await worksAsBefore();
    assert.deepEqual(await stage.eventsOf(number), ["asked by ann", "refused by ann"]);
    await postPayload(stage, "interactive", good); // the good one is complete except for the response URL
    await stage.untilShown(request, "Receipts opened");
  });

  for (const [what, text] of [
    ["one word of 20 kB", "x".repeat(20_000)],
    ["a reason of 20 kB", `open 1900000109 ${"reason ".repeat(2_900)}`],
    ["20 kB of digits", `open ${"1".repeat(20_000)}`],
    ["20 kB of open brackets", `open ${"<".repeat(20_000)}`],
    ["20 kB of spaces", `open${" ".repeat(20_000)}x`],
    ["20 kB of digits in groups", `open ${"1-".repeat(10_000)}`],
  ] as const) {
    test(`${what} is answered privately and in time, and is not recorded`, async () => {
      const channel = stage.newChannel();
      const result = await stage.type("ann", "", channel, { rawText: text });
      assert.ok(result.ephemeral, result.errorText);
      assert.ok(result.afterMs < 1_000, `${result.afterMs} ms`);
      assert.match(stage.textOf(result.ephemeral), /Nothing was recorded/);
      assert.deepEqual(await stage.rows("select 1 from requests where channel_id = ?", channel), []);
    });
  }
});

/** The commands between code marks, as a person would copy them. */
function examplesIn(blocks: readonly JsonObject[]): string[] {
  const text = blocks.map((block) => String((block["text"] as JsonObject | undefined)?.["text"])).join("\n");
  return [...text.matchAll(/`(\/receipt [^`]+)`/g)].map(([, example = ""]) => example);
}

/** What Slack sends for a pasted command, with `@name` replaced by a colleague. */
function sent(example: string): string {
  return example.replace("/receipt ", "").replace("@name", `<@${people.bob}|bob>`);
}

function fullWidth(number: string): string {
  return number.replace(/[0-9]/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
}
