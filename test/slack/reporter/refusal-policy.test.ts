/** What becomes of a post that Slack refuses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ClaimedPost } from "../../../src/ledger/outbox/outbox.ts";
import { nextTry } from "../../../src/slack/reporter/refused-post-policy.ts";

const post: ClaimedPost = {
  id: "p",
  requestId: "r",
  channelId: "C1",
  kind: "message",
  round: 0,
  notice: undefined,
  posted: undefined,
  wanted: 1,
  tries: 1,
  refused: undefined,
};
const posted = { channelId: "C1", ts: "17.1" };

const table: [what: string, post: Partial<ClaimedPost>, refused: string | undefined, next: string][] = [
  ["no answer", {}, undefined, "again in 1 s"],
  ["no answer for long", { tries: 30 }, undefined, "again in 60 s"],
  ["a deleted message", { posted }, "message_not_found", "posted again"],
  ["a revoked token", { tries: 30 }, "token_revoked", "again in 60 s"],
  ["an archived channel", {}, "is_archived", "refused, checked in 1 s"],
  ["an archived channel, still", { tries: 3 }, "is_archived", "refused, checked in 4 s, told"],
  ["an archived channel, for long", { tries: 30 }, "is_archived", "refused, checked in 600 s, told"],
  ["an archived channel, for weeks", { tries: 1_000 }, "is_archived", "refused, told"],
  ["an outcome in an archived channel", { kind: "outcome", tries: 30 }, "is_archived", "refused, checked in 600 s"],
  ["content that Slack does not take", { tries: 3 }, "invalid_blocks", "refused, checked in 4 s, told"],
  ["an outcome that Slack does not take", { kind: "outcome", tries: 3 }, "invalid_blocks", "refused"],
  ["an unknown error", { tries: 4 }, "an_error_of_tomorrow", "again in 8 s"],
  ["an unknown error, still", { tries: 5 }, "an_error_of_tomorrow", "refused, checked in 16 s, told"],
  ["an unknown error for an outcome", { kind: "outcome", tries: 5 }, "an_error_of_tomorrow", "refused"],
  ["a person who has left", { kind: "copy", channelId: "U1", tries: 2 }, "user_disabled", "again in 2 s"],
  ["a person who has left, still", { kind: "copy", channelId: "U1", tries: 3 }, "user_disabled", "refused"],
  ["a closed messages tab", { kind: "copy", channelId: "U1", tries: 2 }, "messages_tab_disabled", "again in 2 s"],
  [
    "a closed messages tab, for long",
    { kind: "copy", channelId: "U1", tries: 30 },
    "messages_tab_disabled",
    "refused, checked in 600 s",
  ],
  [
    "a closed messages tab, for weeks",
    { kind: "notice", channelId: "U1", tries: 1_000 },
    "messages_tab_disabled",
    "refused",
  ],
  ["a file", { kind: "results" }, "file_uploads_disabled", "refused, checked in 0 s"],
  ["a file without the scope", { kind: "list" }, "missing_scope", "refused, checked in 0 s"],
  ["a file that belongs to another app", { kind: "list", tries: 3 }, "access_denied", "refused, checked in 0 s"],
  ["a file, by a revoked token", { kind: "list", tries: 30 }, "token_revoked", "again in 60 s"],
  ["a post that the workspace denies", { tries: 30 }, "access_denied", "again in 60 s"],
  ["a file with an unknown error", { kind: "list", tries: 2 }, "an_error_of_tomorrow", "again in 2 s"],
  [
    "a file with an unknown error, still",
    { kind: "list", tries: 3 },
    "an_error_of_tomorrow",
    "refused, checked in 0 s",
  ],
  ["the text in place of a file", { kind: "list", tries: 3, refused: "x" }, "invalid_blocks", "refused"],
];

for (const [what, changes, refused, expected] of table)
  test(`${what}: ${expected}`, () => {
    const next = nextTry({ ...post, ...changes }, refused);
    const inS = "inMs" in next && next.inMs !== undefined ? next.inMs / 1_000 : undefined;
    const words = {
      again: `again in ${inS} s`,
      repost: "posted again",
      refused: [
        "refused",
        inS === undefined ? [] : `checked in ${inS} s`,
        "isToTell" in next && next.isToTell ? "told" : [],
      ]
        .flat()
        .join(", "),
    };
    assert.equal(words[next.kind], expected);
  });
