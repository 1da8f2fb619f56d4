/** Whose refusal it is: the token's, a scope's, or one call's alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ErrorCode } from "@slack/web-api";
import { pino } from "pino";
import { createSlackHealth } from "../../../src/slack/api/token/refused-calls.ts";
import { systemClock } from "../../../src/system-clock.ts";

/** What `/readyz` reports after Slack refused a call. */
async function problemAfter(method: string, error: string): Promise<string | undefined> {
  const health = createSlackHealth({ clock: systemClock, log: pino({ level: "silent" }) });
  const refusing = health.watching(async () => {
    throw Object.assign(new Error(error), { code: ErrorCode.PlatformError, data: { error } });
  });
  await assert.rejects(refusing(method, {}));
  return health.problem(undefined);
}

test("Slack's refusal of one file is not reported as a refusal of the token", async () => {
  assert.equal(await problemAfter("files.uploadV2", "access_denied"), undefined);
  const token = "Slack refuses the bot's token: access_denied";
  assert.equal(await problemAfter("chat.postMessage", "access_denied"), token);
  assert.equal(await problemAfter("files.uploadV2", "token_revoked"), "Slack refuses the bot's token: token_revoked");
});
