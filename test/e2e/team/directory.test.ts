/** The merchant directory as the team sees it: imported, searched, changed while a request waits. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import type { Message } from "../../../src/playground/slack/state.ts";
import { onEveryEngine } from "../support/every-engine.ts";
import { freshNumber, type Name, people, type Stage } from "../support/stage.ts";

onEveryEngine("the directory", (openStage) => {
  describe("names beside numbers", { concurrency: false }, () => {
    let stage: Stage;
    before(async () => {
      stage = await openStage();
    });
    after(() => stage.close());

    const [first, second, typo] = [freshNumber(), freshNumber(), freshNumber()];

    function shown(who: Name): string | undefined {
      const modal = stage.slack.modal(people[who]);
      return modal && JSON.stringify(modal);
    }

    /** Opens the form and submits a file in it; resolves to what the person sees then. */
    async function reviewed(who: Name, content: string | Buffer, name = "names.csv"): Promise<string> {
      assert.equal((await stage.type(who, "names")).ephemeral, undefined);
      const file = stage.slack.files.choose(people[who], name, Buffer.from(content));
      const before = shown(who);
      await stage.slack.submitView(people[who], { file });
      return stage.slack.until(() => (shown(who) === before ? undefined : shown(who)));
    }

    async function imported(who: Name, content: string | Buffer, name?: string): Promise<string> {
      await reviewed(who, content, name);
      await stage.slack.submitView(people[who], {});
      const done = shown(who) ?? "";
      await close(who);
      return done;
    }

    const close = (who: Name) => stage.slack.closeView(people[who], "x");

    async function answer(who: Name, words: string): Promise<Message> {
      const { ephemeral, errorText } = await stage.type(who, words);
      assert.ok(ephemeral, `no answer to "${words}": ${errorText}`);
      return ephemeral;
    }

    test("only admins import it, and it shows what is new, changed and removed before it counts", async () => {
      assert.match(stage.textOf(await answer("ann", "names")), /You need the role admin/);
      assert.match(stage.textOf(await answer("bob", "find 火锅")), /There is no merchant directory yet/);
      const preview = await reviewed("carol", `商户号,商户名称,备注\n${first},蓝海火锅,总店\n${second},红海*烧烤*\n`);
      assert.match(preview, /The file has 2 merchants\. Changes to the directory: 2 new, 0 changed, 0 removed/);
      assert.match(stage.textOf(await answer("bob", "find 火锅")), /There is no merchant directory yet/);
      await stage.slack.submitView(people.carol, {});
      assert.match(shown("carol") ?? "", /The directory now has 2 merchants/);
      await close("carol");
      const found = stage.textOf(await answer("bob", "find 火锅"));
      assert.match(found, new RegExp(`^${first} 蓝海火锅 \\(总店\\) · no requests yet$`, "m"));
    });

    test("a wrong file changes nothing and says where it is wrong", async () => {
      const problems = await reviewed("carol", `sub_mchid,name\n${first},蓝海火锅\n19O0000109,红海\n${second},\n`);
      assert.match(problems, /2 rows have problems, so nothing was imported/);
      assert.match(problems, /line 3: 19O0000109 has the letter O at position 3/);
      assert.match(problems, new RegExp(`line 4: ${second} has no name`));
      await close("carol");
    });

    test("find lists merchants with what was last done, and status takes a name that only one has", async () => {
      const request = await stage.request("ann", `open ${first}`);
      await stage.press("bob", request, "Approve");
      await stage.untilReply(request);
      assert.match(
        stage.textOf(await answer("bob", "find 海")),
        new RegExp(`${first} 蓝海火锅 \\(总店\\) · ✅ receipts opened, .* \\(#\\d+\\)`),
      );
      assert.match(stage.textOf(await answer("bob", "status 蓝海火锅")), new RegExp(`Sub-merchant ${first} 蓝海火锅`));
      assert.match(stage.textOf(await answer("bob", "status 海")), /海 matches several merchants/);
      assert.match(stage.textOf(await answer("bob", `status ${typo}`)), /not in the directory/);
    });

    test("names stand beside numbers wherever people decide and read, as plain text", async () => {
      const request = await stage.request("ann", `close ${second}`);
      assert.match(stage.shown(request), new RegExp(`Close receipts · ${second} 红海＊烧烤＊ · #\\d+`));
      const message = JSON.stringify(stage.slack.state.find(request.channel, request.ts)?.blocks);
      assert.ok(message.includes(`Close receipts for ${second} 红海*烧烤*?`), message);
      assert.match(stage.textOf(await answer("bob", "pending")), new RegExp(`${second} 红海＊烧烤＊`));
      await stage.press("bob", request, "Approve");
      await stage.untilReply(request);
      assert.match(stage.shown(request), new RegExp(`Receipts closed · ${second} 红海＊烧烤＊`));
      assert.match(stage.textOf(await answer("bob", "history")), new RegExp(`${second} 红海＊烧烤＊`));
    });

    test("a number that is not in the directory, and a name that differs from it, are marked before anyone approves", async () => {
      const unknown = await stage.request("ann", `open ${typo}`);
      assert.match(stage.shown(unknown), /not in the directory/);
      assert.match(stage.shown(unknown), /This number is not in the merchant directory\. Check it before you approve/);
      const other = await stage.request("ann", `open 绿洲茶馆（${first}）`);
      assert.match(stage.shown(other), new RegExp(`Open receipts · ${first} 蓝海火锅`));
      assert.match(stage.shown(other), /Given as 绿洲茶馆, but the directory has a different name/);
      const same = await stage.request("ann", `open 红海*烧烤*（${second}）`);
      assert.doesNotMatch(stage.shown(same), /Given as/);
      for (const request of [unknown, other, same]) await stage.press("ann", request, "Withdraw");
    });

    test("names never reach WeChat Pay", () => {
      const calls = JSON.stringify(stage.weChatPay.calls);
      assert.ok(calls.includes(first) && !/蓝海|红海/.test(calls), calls);
    });

    test("a directory that changes while a request waits shows at its next change, and the file has all names", async () => {
      const [one, two] = [freshNumber(), freshNumber()];
      assert.match(
        await imported("carol", `sub_mchid,name\n${one},金沙面馆\n${first},蓝海火锅\n`),
        /now has 2 merchants/,
      );
      const request = await stage.request("ann", `open 金沙面馆（${one}） 银沙面馆（${two}）`);
      assert.match(stage.shown(request), new RegExp(`${one} 金沙面馆 · ${two} _not in the directory_`));
      const unknown = `One number is not in the merchant directory: ${two} \\(given as 银沙面馆\\)`;
      assert.match(stage.shown(request), new RegExp(unknown));
      await imported("carol", `sub_mchid,name\n${one},金沙面馆一店\n${two},银沙面馆\n`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, "2 opened");
      assert.match(stage.shown(request), new RegExp(`${one} 金沙面馆一店 · ${two} 银沙面馆`));
      const csv = await stage.slack.until(() =>
        stage.slack
          .thread(request.channel, request.ts)
          .flatMap(({ files }) => files.map((id) => stage.slack.files.get(id)))
          .find((file) => file?.name.startsWith("results-open-"))
          ?.content?.toString("utf8"),
      );
      assert.match(csv, new RegExp(`"\`${one}","金沙面馆一店","金沙面馆","open"`));
    });
  });

  test("with UNKNOWN_MERCHANTS=refuse, nothing is recorded for a number that the directory does not have", async () => {
    const stage = await openStage({ environment: { UNKNOWN_MERCHANTS: "refuse" } });
    try {
      const [known, unknown] = [freshNumber(), freshNumber()];
      // Without a directory, no number is unknown.
      const { delivery } = await stage.type("ann", `open ${unknown}`);
      await stage.type("carol", "names");
      const file = stage.slack.files.choose(
        people.carol,
        "names.csv",
        Buffer.from(`sub_mchid,name\n${known},蓝海火锅\n`),
      );
      await stage.slack.submitView(people.carol, { file });
      await stage.slack.until(() => JSON.stringify(stage.slack.modal(people.carol) ?? "").includes("1 new"));
      await stage.slack.submitView(people.carol, {});
      const told = await stage.typeAndRead("ann", `open ${known} ${unknown}`);
      assert.match(told, new RegExp(`^Not in the merchant directory: ${unknown}\\. .* Nothing was recorded\\.$`));
      assert.deepEqual(await stage.eventsOf(known), []);
      await stage.request("ann", `open ${known}`);
      const again = await stage.slack.redeliver({ ...(delivery ?? assert.fail()), id: randomUUID() });
      assert.equal(again.ephemeral, undefined, "what is recorded already is not refused");
    } finally {
      await stage.close();
    }
  });
});
