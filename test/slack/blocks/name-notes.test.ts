import assert from "node:assert/strict";
import { test } from "node:test";
import { noNotes } from "../../../src/domain/directory/name-notes.ts";
import { nameNotesBlocks } from "../../../src/slack/blocks/directory/name-notes.ts";
import { textsOf } from "../../../src/text/texts.ts";

const typo = { subMchid: "1900000109", name: undefined, isUnlisted: true, givenAs: undefined };
const notes = { ...noNotes, unlisted: { count: 1, first: [typo] } };

test("a number that the directory lacks is checked by the requester before submitting, and then by the approver", () => {
  const shown = (reader: "requester" | "approver", locale: "en" | "zh-CN") =>
    JSON.stringify(nameNotesBlocks(notes, false, reader, textsOf(locale)));
  assert.match(shown("requester", "en"), /not in the merchant directory\. Check it before you submit the request\./);
  assert.match(shown("approver", "en"), /not in the merchant directory\. Check it before you approve\./);
  assert.match(shown("requester", "zh-CN"), /商户名录中没有该商户号。请核对后再提交。/);
  assert.match(shown("approver", "zh-CN"), /商户名录中没有该商户号。请核对后再批准。/);
});
