/** Which language a person reads, by what Slack says of them, and how long anybody waits for it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createLanguages } from "../../../../src/slack/api/users/languages.ts";
import { createWorkspace } from "../../../../src/slack/api/workspace.ts";
import { textsOf } from "../../../../src/text/texts.ts";

const [en, zhCN] = [textsOf("en"), textsOf("zh-CN")];

/** A bot whose LOCALE is English, on a Slack that says `locale` of everybody after `answer`. */
function speaking({
  locale,
  answer = async () => {},
  personal = "on" as "on" | "off",
}: {
  locale?: string | null;
  answer?: () => Promise<void>;
  personal?: "on" | "off";
}) {
  const calls: Record<string, unknown>[] = [];
  let steadyMs = 0;
  const slack = async (method: string, args: Record<string, unknown>) => {
    if (method === "auth.test") return { team_id: "T1" };
    calls.push(args);
    await answer();
    return { user: { id: args["user"], team_id: "T1", ...(locale !== undefined && { locale }) } };
  };
  const slept: number[] = [];
  const clock = {
    now: () => steadyMs,
    monotonic: () => steadyMs,
    sleep: async (ms: number) => {
      slept.push(ms);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const workspace = createWorkspace({ slack, clock });
  const settings = { LOCALE: "en", PERSONAL_LOCALE: personal } as const;
  const languages = createLanguages({ settings, workspace, clock });
  const pass = (ms: number) => {
    steadyMs += ms;
  };
  return { languages, workspace, calls, slept, pass };
}

describe("a person's language", () => {
  for (const [locale, texts] of [
    ["zh-CN", zhCN],
    ["zh-TW", zhCN],
    ["zh-HK", zhCN],
    ["ZH_cn", zhCN],
    ["zh", zhCN],
    ["en-US", en],
    ["fr-FR", en],
    ["zha-CN", en],
    ["", en],
    [null, en],
    [undefined, en],
  ] as const)
    test(`is ${texts === zhCN ? "Chinese" : "English"} for ${JSON.stringify(locale)}`, async () => {
      const { languages } = speaking(locale === undefined ? {} : { locale });
      assert.equal(await languages.of("U1"), texts);
    });

  test("comes with the look-up of their standing, which asks for it, and counts for a minute", async () => {
    const { languages, workspace, calls, pass } = speaking({ locale: "zh-CN" });
    assert.equal(languages.known("U1"), en);
    assert.equal(await workspace.standing("U1"), "member");
    assert.deepEqual(calls, [{ user: "U1", include_locale: true }]);
    assert.equal(await languages.of("U1"), zhCN);
    pass(59_000);
    assert.equal(languages.known("U1"), zhCN);
    assert.equal(calls.length, 1);
    pass(1_000);
    assert.equal(languages.known("U1"), en);
  });

  test("is the channel's where Slack takes longer than a second", async () => {
    const { languages, slept } = speaking({ locale: "zh-CN", answer: () => new Promise(() => {}) });
    assert.equal(await languages.of("U1"), en);
    assert.deepEqual(slept, [1_000]);
  });

  test("is the channel's where personal languages are off, and Slack is not asked", async () => {
    const { languages, calls } = speaking({ locale: "zh-CN", personal: "off" });
    assert.equal(await languages.of("U1"), en);
    assert.equal(languages.personal("zh-CN"), en);
    assert.deepEqual(calls, []);
  });
});
