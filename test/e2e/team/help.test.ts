/** Everyone types every command of an administrator's help. What their own help lists works, and nothing else does. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCommand } from "../../../src/parsing/command/command.ts";
import { textsOf } from "../../../src/text/texts.ts";
import { freshNumber, type Name, openStage, people, type Stage } from "../support/stage.ts";

const grants = [
  ["ann", "requester"],
  ["bob", "approver"],
  ["dan", "requester"],
  ["dan", "approver"],
  ["dan", "admin"],
] as const;
const askers: readonly { who: Name; as: string }[] = [
  { who: "ghost", as: "nothing" },
  { who: "ann", as: "requester" },
  { who: "bob", as: "approver" },
  { who: "carol", as: "admin" },
  { who: "dan", as: "requester, approver and admin" },
];

/** The people called `@name` in the examples. */
const named = "U0NAME0001";

/** The commands in someone's help; the form has none. */
async function examplesFor(stage: Stage, who: Name): Promise<string[]> {
  const help = await stage.typeAndRead(who, "help");
  return [...help.matchAll(/^\/receipt ?(.*?) – /gm)].map(([, words = ""]) => words);
}

/** Types a command and returns whether it worked or was refused. Any other answer fails. */
async function worksFor(stage: Stage, who: Name, words: string): Promise<boolean> {
  const refusals = async () =>
    (await stage.rows("select 1 from events where what = 'refused' and actor = ?", people[who])).length;
  const before = await refusals();
  const channel = stage.newChannel();
  // A sub-merchant has at most one open request, so each command uses another one.
  const { acknowledged, ephemeral } = await stage.type(who, words.replace(/19000001[0-9]{2}/g, freshNumber), channel);
  assert.ok(acknowledged, words);
  const answer = ephemeral === undefined ? "" : stage.textOf(ephemeral);
  if ((await refusals()) > before) return false;
  assert.ok(parseCommand(words.replace("@name", `<@${named}>`)).ok, `"${words}" is not understood: ${answer}`);
  const isForm = stage.slack.modal(people[who]) !== undefined;
  if (isForm) await stage.slack.closeView(people[who], "x");
  if (words === "" || isForm) return isForm;
  if (answer === "") await stage.slack.until(() => stage.slack.messages(channel)[0]);
  return true;
}

describe("help", { concurrency: true }, () => {
  for (const LOCALE of ["en", "zh-CN"] as const)
    for (const REASON of ["optional", "required"] as const)
      test(`lists exactly the commands that each role can use, in ${LOCALE}, reason ${REASON}`, async (t) => {
        const stage = await openStage({ environment: { REASON }, grants });
        t.after(() => stage.close());
        stage.slack.state.people.set(named, { id: named, name: "name", realName: "name" });
        Object.assign(stage.environment, { LOCALE, PERSONAL_LOCALE: "off" });
        await stage.restart();
        const { typed } = textsOf(LOCALE);
        const everything = await examplesFor(stage, "dan");
        const verbs = new Set(everything.map((words) => words.split(" ")[0]));
        assert.deepEqual([...verbs].sort(), ["", ...Object.values(typed.verb)].sort());
        await Promise.all(
          askers.map(async ({ who, as }) => {
            const listed = new Set(await examplesFor(stage, who));
            for (const words of listed) assert.ok(everything.includes(words), words);
            for (const words of everything) {
              const works = await worksFor(stage, who, words);
              assert.equal(works, listed.has(words), `"${words}" by who is ${as}`);
            }
          }),
        );
      });

  test("looks up who can grant a role only for someone without one", async (t) => {
    const stage = await openStage({ grants });
    t.after(() => stage.close());
    const askedOf = async (who: Name) => {
      await stage.restart(); // its cache of people is cleared
      const { length } = stage.slack.log;
      await stage.typeAndRead(who, "help");
      const lookups = stage.slack.log.slice(length).filter(({ method }) => method === "users.info");
      return lookups.map(({ args }) => args["user"]).sort();
    };
    assert.deepEqual(await askedOf("ann"), [people.ann]);
    assert.deepEqual(await askedOf("ghost"), [people.carol, people.dan, people.ghost].sort());
  });
});
