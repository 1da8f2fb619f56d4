/** A Chinese and an English colleague in one channel: the channel has one language, and each person their own. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { JsonObject } from "../../../src/playground/slack/json.ts";
import type { Message } from "../../../src/playground/slack/state.ts";
import { demoWorkspace } from "../../../src/playground/slack/workspace.ts";
import { textsOf } from "../../../src/text/texts.ts";
import { modeOn, type OpenStage, onEveryEngine } from "../support/every-engine.ts";
import { freshNumber, type Name, people, type Requested, type Stage } from "../support/stage.ts";

type Language = "en" | "zh-CN";

const hourMs = 3_600_000;
const usergroup = "S0SUPPORT1";

/** What everybody reads: ann submits, bob and dan decide, carol grants, eve is a guest without a role. */
const casts = [
  { locale: "en", speaks: { ann: "zh-CN", bob: "en-US", carol: "zh-TW", dan: "zh-HK", eve: "en-GB" } },
  { locale: "zh-CN", speaks: { ann: "en-US", bob: "zh-CN", carol: "fr-FR", dan: "en-GB", eve: "zh-CN" } },
] as const satisfies { locale: Language; speaks: Partial<Record<Name, string>> }[];
type Cast = (typeof casts)[number];

const languageOf = ({ locale, speaks }: Cast, who: Name): Language => {
  const own = who in speaks ? speaks[who as keyof Cast["speaks"]] : undefined;
  return own === undefined ? locale : own.startsWith("zh") ? "zh-CN" : "en";
};

/** The language of a text by its letters, without commands and names, which are the same in both. */
function languageIn(text: string): Language {
  const prose = text.replace(/`[^`]*`|\/receipt \S+|[@#]\S+|https?:\S+|点金计划|商家小票/g, "");
  const count = (letters: RegExp) => prose.match(letters)?.length ?? 0;
  return count(/\p{Script=Han}/gu) * 3 > count(/[a-z]/gi) ? "zh-CN" : "en";
}

/** Every text in a view: titles, labels, hints, buttons. */
function wordsIn(view: JsonObject): string {
  const words: string[] = [];
  JSON.stringify(view, (key, value) => {
    if (key === "text" && typeof value === "string") words.push(value);
    return value;
  });
  return words.join("\n");
}

function reads(text: string, language: Language, what: string): void {
  assert.notEqual(text.trim(), "", what);
  assert.equal(languageIn(text), language, `${what}: ${text}`);
}

async function openWith(openStage: OpenStage, cast: Cast, more: Parameters<OpenStage>[0] = {}): Promise<Stage> {
  const withLocale = demoWorkspace.people.map((person) => {
    const locale = person.name in cast.speaks ? cast.speaks[person.name as keyof Cast["speaks"]] : undefined;
    return { ...person, ...(locale !== undefined && { locale }) };
  });
  const stage = await openStage({
    ...more,
    grants: [],
    environment: { LOCALE: cast.locale, BREAK_GLASS: "on", ...more.environment },
    slack: { workspace: { ...demoWorkspace, people: withLocale } },
  });
  for (const [who, role] of [
    ["ann", "requester"],
    ["bob", "approver"],
    ["dan", "approver"],
  ] as const)
    await stage.typeAndRead("carol", `grant @${who} ${role}`);
  return stage;
}

onEveryEngine("each person's language", (openStage, engine) => {
  for (const cast of casts)
    describe(`in a channel whose language is ${cast.locale}, over ${modeOn[engine]}`, { concurrency: 1 }, () => {
      test("is the language of everything that they see alone, and the channel keeps its own", async (t) => {
        const environment = { ESCALATE_AFTER: "3h", ESCALATE_TO: usergroup };
        const stage = await openWith(openStage, cast, { mode: modeOn[engine], environment });
        t.after(() => stage.close());
        const { slack } = stage;
        const own = (who: Name) => languageOf(cast, who);
        const expect = (who: Name, text: string, what: string) => reads(text, own(who), `${what}, for @${who}`);
        const expectTyped = async (who: Name, words: string) =>
          expect(who, await stage.typeAndRead(who, words), `the answer to "${words}"`);
        const expectPressed = async (who: Name, on: Requested | Message, label: string) =>
          expect(who, await stage.pressAndRead(who, on, label), `the answer to ${label}`);
        const expectModal = async (who: Name, what: string) => {
          const modal = await slack.until(() => slack.modal(people[who]));
          expect(who, wordsIn(modal), what);
        };
        const expectDirect = async (who: Name, what: string, n: number) => {
          const message = await slack.until(() => stage.directMessages(who)[n - 1]);
          expect(who, stage.textOf(message), what);
          return message;
        };
        const words = (en: string, zh: string) => ({ en, "zh-CN": zh });
        const label = {
          approve: words("Approve", "批准"),
          breakGlass: words("Break glass", "紧急放行"),
          withdraw: words("Withdraw", "撤回"),
        };
        const inChannel = (of: Record<Language, string>) => of[cast.locale];

        for (const who of ["ann", "bob", "dan"] as const)
          for (const notice of stage.roleNotices(who)) expect(who, notice, "the notice of a role");
        for (const who of ["ann", "bob", "carol", "eve"] as const) {
          for (const words of ["help", "帮助", "opne 1900000109", "status 1900000109", "history", "grant"])
            await expectTyped(who, words);
          await expectTyped(who, "open 19000001O9");
        }
        for (const who of ["bob", "eve"] as const) await expectTyped(who, "open 1900000109");
        for (const words of ["pending", "roles", "notify", "待审批", "history #12345"]) await expectTyped("bob", words);
        await expectTyped("carol", "roles");
        await expectTyped("bob", "grant @ann approver");
        await stage.typeAndRead("bob", "notify on");

        const number = freshNumber();
        const request = await stage.request("ann", `open ${number}`);
        reads(stage.shown(request), cast.locale, "the request's message");
        const snapshot = stage.messageOf(request);
        const copy = await expectDirect("bob", "the copy of a request", 1);
        await expectTyped("ann", `open ${number}`);
        await expectTyped("bob", `status ${number}`);
        await expectPressed("ann", request, inChannel(label.approve));
        await expectPressed("bob", request, inChannel(label.withdraw));
        for (const who of ["ann", "bob", "eve"] as const) {
          const answered = await slack.openHome(people[who]);
          assert.ok(answered.acknowledged);
          const home = await slack.until(() => slack.home(people[who]));
          expect(who, wordsIn(home), "the home");
        }

        const { form } = await stage.openRejection("bob", request);
        await expectModal("bob", "the form to reject");
        const { errors } = await stage.submit("bob", { reason: " " }, form);
        expect("bob", Object.values(errors ?? {}).join(), "what is wrong in the form");
        await stage.press("dan", request, inChannel(label.approve));
        reads(await stage.untilShown(request, "@dan"), cast.locale, "the request's message");
        await stage.submit("bob", { reason: "late" }, form);
        await expectModal("bob", "the form that comes too late");
        await expectPressed("bob", snapshot, inChannel(label.approve));
        await expectPressed("bob", copy, label.approve[own("bob")]);
        reads(stage.textOf(await stage.untilReply(request)), cast.locale, "the outcome in the thread");
        await slack.until(() => /dan/.test(stage.textOf(stage.directMessages("bob")[0] ?? copy)));
        expect("bob", stage.textOf(stage.directMessages("bob")[0] ?? copy), "the copy after the decision");

        await stage.type("ann", "");
        await expectModal("ann", "the form");
        expect(
          "ann",
          Object.values((await stage.submit("ann", { action: "OPEN" })).errors ?? {}).join(),
          "what is wrong in the form",
        );
        const [first, second] = [freshNumber(), freshNumber()];
        await stage.submit("ann", { action: "OPEN", numbers: `${first}\n${second}\n12x4` });
        await expectModal("ann", "the preview");
        await stage.type("ann", "");
        await stage.submit("ann", { action: "OPEN", numbers: `store,mchid,contract\na,${first},${second}` });
        await expectModal("ann", "the question for a column");
        await slack.useShortcut(people.eve, "ask");
        await expectModal("eve", "the refusal at a shortcut");
        await slack.useShortcut(people.ann, "ask");
        await expectModal("ann", "the answer to a shortcut without a channel");

        const many = await stage.request("ann", `open ${first} ${second}`);
        await expectDirect("bob", "the copy of a request", 2);
        const leaving = await stage.openForm("bob", many, "leave-out");
        await expectModal("bob", "the form to leave out");
        const refused = await stage.submit("bob", { numbers: [first, second] }, leaving.form);
        expect("bob", Object.values(refused.errors ?? {}).join(), "what is wrong in the form");
        await stage.reject("dan", many, "4711");

        const forgotten = await stage.request("ann", `close ${freshNumber()}`);
        await expectDirect("bob", "the copy of a request", 3);
        await stage.later(2 * hourMs);
        await expectDirect("dan", "a reminder", 1);
        await stage.later(2 * hourMs);
        reads(stage.textOf(await stage.untilReply(forgotten)), cast.locale, "the message to the group");

        await stage.typeAndRead("carol", "grant @ann approver");
        const glass = await stage.request("ann", `open ${freshNumber()} outage`);
        await stage.press("ann", glass, inChannel(label.breakGlass));
        reads(await stage.untilShown(glass, "@ann"), cast.locale, "the request's message");
        await slack
          .until(() =>
            stage.directMessages("dan").find(({ text }) => /You receive this because|因此收到本通知/.test(text)),
          )
          .then((message) => expect("dan", stage.textOf(message), "the notice of a broken glass"));

        await expectTyped("carol", "export");
        const exported = await slack.until(() => stage.directMessages("carol")[0]);
        expect("carol", stage.textOf(exported), "the line of an export");
        const content = slack.files.get(exported.files[0] ?? "")?.content?.toString() ?? "";
        const { events } = textsOf(own("carol"));
        for (const heading of [events.columns.event, events.words.asked]) assert.ok(content.includes(`"${heading}"`));
        await stage.typeAndRead("carol", "revoke @ann approver");
        await slack.until(() => stage.roleNotices("ann").length >= 3 || undefined);
        for (const notice of stage.roleNotices("ann")) expect("ann", notice, "the notice of a role");
      });
    });

  test("is the channel's where Slack does not say it, and with PERSONAL_LOCALE=off", async (t) => {
    const [cast] = casts;
    const stage = await openWith(openStage, cast, { mode: modeOn[engine] });
    t.after(() => stage.close());
    const answers = async (who: Name) => [
      await stage.typeAndRead(who, "opne 1900000109"),
      await stage.typeAndRead(who, "status 1900000109"),
    ];
    for (const answer of await answers("ann")) reads(answer, "zh-CN", "with the language known");
    for (const answer of await answers("ghost")) reads(answer, "en", "without a language");
    stage.slack.fail("users.info", { status: 503 });
    for (const answer of await answers("ann")) reads(answer, "zh-CN", "within a minute of an answer");
    await stage.restart();
    for (const answer of await answers("ann")) reads(answer, "en", "without an answer from Slack");
    stage.slack.restore();
    for (const answer of await answers("ann")) reads(answer, "zh-CN", "with an answer again");
    stage.environment["PERSONAL_LOCALE"] = "off";
    await stage.restart();
    for (const answer of await answers("ann")) reads(answer, "en", "switched off");
  });
});
