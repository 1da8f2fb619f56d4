import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionFailure } from "../../../src/slack/api/outbound.ts";
import { readAnswer, slackAnswers } from "../../../src/slack/api/response-schemas.ts";
import { createWorkspace, SlackAway } from "../../../src/slack/api/workspace.ts";
import { systemClock } from "../../../src/system-clock.ts";

test("an answer without what Slack documents is one sentence that names what is missing", () => {
  for (const method of Object.keys(slackAnswers) as (keyof typeof slackAnswers)[])
    assert.throws(
      () => readAnswer(method, { ok: true }),
      ({ message }: Error) =>
        new RegExp(`^the answer to ${method} is not as Slack documents it \\([a-z_, ]+\\)$`).test(message),
      method,
    );
  assert.throws(() => readAnswer("users.info", { ok: true, user: { id: 7 } }), /\(user\.id\)$/);
});

test("the doctor and the log read that sentence, and no list of properties", async () => {
  const { identity } = createWorkspace({ slack: async () => ({ ok: true }), clock: systemClock });
  await assert.rejects(identity(), (error) => {
    assert.ok(error instanceof SlackAway);
    assert.equal(connectionFailure(error.cause), "the answer to auth.test is not as Slack documents it (team_id)");
    return true;
  });
});
