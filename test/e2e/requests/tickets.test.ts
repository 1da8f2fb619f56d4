/** Reasons that have to contain a ticket: refused without one, linked wherever the request is read, and found by it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { modeOn, onEveryEngine } from "../support/every-engine.ts";
import { freshNumber, people, type Requested, type Stage } from "../support/stage.ts";

const environment = {
  TICKET_PATTERN: "OPS-[0-9]+|<&[^ ]+>",
  TICKET_EXAMPLE: "OPS-4711",
  TICKET_URL: "https://tickets.example.com/t/{ticket}?from=receipts&x=1",
};
const url = (ticket: string) => `https://tickets.example.com/t/${ticket}?from=receipts&x=1`;
const written = (ticket: string) => url(ticket).replace("&", "&amp;");

/** A file in a request's thread, or in a person's direct message, by the beginning of its name. */
async function fileOf({ slack }: Stage, { channel, ts }: Requested, name: string): Promise<string> {
  const file = await slack.until(() =>
    slack
      .thread(channel, ts)
      .flatMap((message) => message.files)
      .map((id) => slack.files.get(id))
      .find((found) => found?.name.startsWith(name)),
  );
  return file.content?.toString() ?? "";
}

onEveryEngine("tickets", (openStage, engine) => {
  describe(`with TICKET_PATTERN, over ${modeOn[engine]}`, { concurrency: 1 }, () => {
    test("a reason without a ticket is refused to its sender alone, with an example that works, and changes nothing", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment });
      t.after(() => stage.close());
      const channel = stage.newChannel();
      const number = freshNumber();
      for (const words of [`open ${number}`, `open ${number} new store`, `关闭 ${number} ops-4711`]) {
        const answer = await stage.typeAndRead("ann", words, channel);
        assert.match(answer, /must contain a ticket, like this: OPS-4711\. .+ Nothing was recorded/, words);
      }
      assert.deepEqual(await stage.eventsOf(number), []);
      assert.deepEqual(stage.slack.messages(channel), []);
      const answer = await stage.typeAndRead("ann", `open ${number}`, channel);
      const example = /\/receipt (open [^.]+)\./.exec(answer)?.[1] ?? "";
      await stage.request("ann", example, channel);
      assert.match(await stage.typeAndRead("ann", "help"), /\/receipt open .+ OPS-4711 –/);

      await stage.type("ann", "", channel);
      const other = freshNumber();
      const filled = { action: "OPEN", numbers: other, reason: "new store" };
      const { errors } = await stage.submit("ann", filled);
      assert.match(JSON.stringify(errors), /Enter a ticket in the reason, like this: OPS-4711/);
      assert.deepEqual(await stage.eventsOf(other), []);
      await stage.submit("ann", { ...filled, reason: "new store, OPS-99" });
      await stage.submit("ann");
      await stage.slack.until(() => stage.slack.messages(channel).length === 2);
      assert.match(await stage.typeAndRead("ann", "history OPS-99"), new RegExp(`OPS-99[^]*${other}`));
    });

    test("the first ticket is a link in the message, the thread, status and history, a column in files, and escaped", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment });
      t.after(() => stage.close());
      const [number, many] = [freshNumber(), [freshNumber(), freshNumber()]];
      const request = await stage.request("ann", `open ${number} new store OPS-4711, not OPS-4712`);
      const inMessage = () => JSON.stringify(stage.messageOf(request).blocks);
      const link = { type: "link", url: url("OPS-4711"), text: "OPS-4711" };
      assert.ok(inMessage().includes(JSON.stringify(link)), inMessage());
      await stage.press("bob", request, "Approve");
      const outcome = await stage.untilReply(request);
      assert.ok(JSON.stringify(outcome.blocks).includes(`Ticket: <${written("OPS-4711")}|OPS-4711>`));
      assert.ok(inMessage().includes(JSON.stringify(link)), "once it has ended");
      const blocksOf = async (words: string) => {
        const { ephemeral } = await stage.type("ann", words);
        return JSON.stringify(ephemeral?.blocks);
      };
      for (const words of [`status ${number}`, `history ${number}`, "history", "history OPS-4711"]) {
        const found = await blocksOf(words);
        assert.ok(found.includes(`<${written("OPS-4711")}|OPS-4711>`), `${words}: ${found}`);
        assert.ok(found.includes(number), words);
      }
      assert.match(await stage.typeAndRead("ann", "history OPS-4712"), /[Nn]o .*match/);
      assert.match(await stage.typeAndRead("ann", "history OPS-4711 failed"), /[Nn]o .*match/);
      assert.match(await stage.typeAndRead("ann", "history OPS-4711 open @ann 7d"), new RegExp(number));
      assert.match(await stage.typeAndRead("ann", "history OPS-471X"), /OPS-471X/);

      const bulk = await stage.request("ann", `open ${many.join(" ")} <&a|b> <!channel>`);
      const encoded = encodeURIComponent("<&a|b>");
      assert.ok(JSON.stringify(stage.messageOf(bulk).blocks).includes(`"url":"${url(encoded)}","text":"<&a|b>"`));
      await stage.press("bob", bulk, "Approve");
      await stage.untilShown(bulk, "2 opened");
      assert.ok(
        JSON.stringify((await stage.untilReply(bulk, 2)).blocks).includes(`<${written(encoded)}|&lt;&amp;a|b&gt;>`) ||
          JSON.stringify(stage.slack.thread(bulk.channel, bulk.ts)).includes(`<${written(encoded)}|&lt;&amp;a|b&gt;>`),
      );
      const results = await fileOf(stage, bulk, "results");
      const [columns = "", first = ""] = results.split("\n");
      assert.match(columns, /"ticket","receipt","点金计划","scene"\r?$/);
      assert.match(first, /"<&a\|b>","done","",""\r?$/);

      await stage.typeAndRead("carol", "export");
      const exported = await stage.slack.until(() => stage.slack.directMessages(people.carol)[0]);
      const csv = stage.slack.files.get(exported.files[0] ?? "")?.content?.toString() ?? "";
      assert.match(csv, /"reason","ticket","request_number"/);
      assert.match(csv, /"asked",.+"new store OPS-4711, not OPS-4712","OPS-4711",/);
    });

    test("the ticket of a request is fixed when it is submitted, and links end with the settings", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment });
      t.after(() => stage.close());
      const number = freshNumber();
      const request = await stage.request("ann", `open ${number} OPS-1 CASE-2`);
      stage.environment["TICKET_PATTERN"] = "CASE-[0-9]+";
      stage.environment["TICKET_EXAMPLE"] = "CASE-1";
      await stage.restart();
      await stage.press("bob", request, "Approve");
      const outcome = await stage.untilReply(request);
      assert.ok(JSON.stringify(outcome.blocks).includes(`Ticket: <${written("OPS-1")}|OPS-1>`));
      for (const name of Object.keys(environment)) delete stage.environment[name];
      await stage.restart();
      assert.match(await stage.typeAndRead("ann", `status ${number}`), /OPS-1/);
      const { ephemeral } = await stage.type("ann", `status ${number}`);
      assert.doesNotMatch(JSON.stringify(ephemeral?.blocks), /tickets\.example/);
      await stage.request("ann", `open ${freshNumber()}`);
    });

    test("a stopped request whose reason has no ticket is not submitted again once tickets are required", async (t) => {
      const stage = await openStage({ mode: modeOn[engine], environment: { WECHATPAY_RATE: "1" } });
      t.after(() => stage.close());
      const numbers = Array.from({ length: 20 }, freshNumber);
      const request = await stage.request("ann", `open ${numbers.join(" ")} campaign`);
      await stage.press("bob", request, "Approve");
      await stage.untilShown(request, /done|left/);
      await stage.press("bob", request, "Stop");
      await stage.untilShown(request, /not started/);
      Object.assign(stage.environment, environment);
      await stage.restart();
      const label = /Resubmit \d+/.exec(await stage.untilShown(request, /Resubmit \d+/))?.[0] ?? "";
      assert.match(await stage.pressAndRead("ann", request, label), /must contain a ticket/);
      assert.equal(stage.slack.messages(request.channel).length, 1);
    });
  });
});
