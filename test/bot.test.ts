/** The bot's own stop: what does not depend on Slack does not wait for it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pino } from "pino";
import { openStore } from "../src/storage/open.ts";
import { botOn, member } from "./slack/assembled.ts";

test("a stop logs the audit trail's newest hash while a file of an export is still being sent", {
  timeout: 20_000,
}, async (t) => {
  const store = await openStore({ engine: "sqlite", path: ":memory:" });
  t.after(() => store.close());
  const [sending, sent, hash] = [0, 1, 2].map(() => Promise.withResolvers<void>());
  assert.ok(sending && sent && hash);
  const log = pino({}, { write: (line: string) => line.includes("newest hash") && hash.resolve() });
  const bot = botOn({
    store,
    log,
    async uploading(method) {
      if (method !== "files.uploadV2") return { channel: { id: "D1" } };
      sending.resolve();
      await sent.promise;
      return {};
    },
  });
  const typed = (text: string) => ({ text, user_id: member, channel_id: "COPS", trigger_id: "T" });
  await bot.handlers.command(typed("grant <@UBOB> approver"));
  await bot.handlers.command(typed("export"));
  await sending.promise;
  const stopped = bot.stop();
  await hash.promise;
  sent.resolve();
  await stopped;
});
