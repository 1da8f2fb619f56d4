/**
 * Every key that the bot reads of what Slack sends stands in recordings that others made, with the type that it
 * expects.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ErrorCode } from "@slack/web-api";
import type { z } from "zod";
import { slackAnswers } from "../../../../src/slack/api/response-schemas.ts";
import { helloMessage } from "../../../../src/slack/api/socket/socket-hello.ts";
import { refusalOf, scopeNeededFor, scopesGrantedIn } from "../../../../src/slack/api/web-api.ts";
import { decisionSubmission, submissionPayload } from "../../../../src/slack/payloads/forms.ts";
import {
  clickInHome,
  clickPayload,
  commandPayload,
  homePayload,
  shortcutPayload,
  whereAsked,
} from "../../../../src/slack/payloads/payloads.ts";
import { recordedAnswers, recordedRefusal } from "./answers.ts";
import { view } from "./objects.ts";
import { recordedOnSocket, recordedPayloads } from "./payloads.ts";
import { keysReadBy } from "./read-keys.ts";
import { isRecorded, type ReadKey, type Shape } from "./shape.ts";

const { block_actions, view_submission, shortcut, message_action, event_callback, slash_commands } = recordedPayloads;

/** Each schema of a payload, and the payloads that it has to read. */
const readers: readonly (readonly [what: string, schema: z.ZodType, recorded: readonly Shape[]])[] = [
  ["a command", commandPayload, [slash_commands]],
  ["a click", clickPayload, [block_actions]],
  ["a shortcut", shortcutPayload, [shortcut, message_action]],
  ["a form", submissionPayload, [view_submission]],
  ["a form that decides", decisionSubmission, [view_submission]],
  ["a click in App Home", clickInHome, [{ ...block_actions, view }]],
  ["where somebody typed or clicked", whereAsked, [slash_commands, block_actions, message_action]],
  ["what shows App Home", homePayload, [block_actions, view_submission, event_callback]],
  ["the greeting on a socket", helloMessage, [recordedOnSocket.hello]],
  ...Object.entries(slackAnswers).map(
    ([method, schema]) =>
      [`the answer of ${method}`, schema, [recordedAnswers[method as keyof typeof slackAnswers]]] as const,
  ),
];

/** A key may be read from some of the recordings only, and what every payload needs must be in all of them. */
function isIn(key: ReadKey, recorded: readonly Shape[]): boolean {
  return key.isRequired ? recorded.every((shape) => isRecorded(key, shape)) : recorded.some((s) => isRecorded(key, s));
}

/** What only some payloads of a kind have, such as a click's view, is required by one alternative of the schema. */
describe("the bot reads recorded keys only", () => {
  for (const [what, schema, recorded] of readers)
    test(`of ${what}`, () => {
      const keys = keysReadBy(schema);
      assert.notEqual(keys.length, 0);
      const unknown = keys.filter((key) => !isIn(key, recorded)).map(({ path, types }) => [path.join("."), types]);
      assert.deepEqual(unknown, []);
    });

  test("of a refusal", () => {
    const read = new Set<string>();
    const data = new Proxy<Record<string, string>>(
      {},
      {
        has: () => true,
        get(_, key) {
          read.add(String(key));
          return "x";
        },
      },
    );
    const refusal = Object.assign(new Error("refused"), { code: ErrorCode.PlatformError, data });
    assert.deepEqual([refusalOf(refusal), scopeNeededFor(refusal), scopesGrantedIn(refusal)], ["x", "x", ["x"]]);
    const unknown = [...read].filter(
      (key) => !isRecorded({ path: [key], types: ["string"], isRequired: false }, recordedRefusal),
    );
    assert.deepEqual([unknown, read.size], [[], 3]);
  });

  test("and a key that nobody recorded is noticed", () => {
    const key = { path: ["user", "team"], types: ["string"], isRequired: false };
    assert.equal(isRecorded(key, block_actions), false);
    assert.equal(isRecorded({ ...key, path: ["user", "id"], types: ["number"] }, block_actions), false);
    assert.equal(isRecorded({ ...key, path: ["enterprise", "id"], isRequired: true }, block_actions), false);
    assert.equal(isRecorded({ ...key, path: ["enterprise", "id"] }, block_actions), true);
  });
});
