/** The directory of merchants as the team sees it: imported, searched, changed while a request waits. */
import assert from "node:assert/strict";
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

    const close = (who: Name) => stage.slack.closeView(people[who], "x");

    async function answer(who: Name, words: string): Promise<Message> {
      const { ephemeral, errorText } = await stage.type(who, words);
      assert.ok(ephemeral, `no answer to "${words}": ${errorText}`);
      return ephemeral;
    }

    test("only admins import it, and it shows what is new, changed and gone before it counts", async () => {
      assert.match(stage.textOf(await answer("ann", "names")), /You need the role admin/);
      assert.match(stage.textOf(await answer("bob", "find 火锅")), /There is no directory of merchants yet/);
      const preview = await reviewed("carol", `商户号,商户名称,备注\n${first},蓝海火锅,总店\n${second},红海*烧烤*\n`);
      assert.match(preview, /The file has 2 merchants: 2 new, 0 changed, 0 gone/);
      assert.match(stage.textOf(await answer("bob", "find 火锅")), /There is no directory of merchants yet/);
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
        new RegExp(`${first} 蓝海火锅 \\(总店\\) · ✅ opened, .* \\(#\\d+\\)`),
      );
      assert.match(stage.textOf(await answer("bob", "status 蓝海火锅")), new RegExp(`Receipts for ${first} 蓝海火锅`));
      assert.match(stage.textOf(await answer("bob", "status 海")), /Several merchants can be meant by 海/);
      assert.match(stage.textOf(await answer("bob", `status ${typo}`)), /not in the directory/);
    });
  });
});
