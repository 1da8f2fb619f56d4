/** What a copy of the ledger gives to a thief: none of the bot's secrets, and no address to answer at. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { secretVariables } from "../../../src/settings/schema.ts";
import { freshNumber, openStage } from "../support/stage.ts";

test("the ledger's files contain no token, no key and no response URL after all of a request's life", async (t) => {
  const ledgerKey = "a secret of the operator, in 41 characters";
  const stage = await openStage({ environment: { LEDGER_KEY: ledgerKey } });
  t.after(() => stage.close());
  const number = freshNumber();
  const requested = await stage.request("ann", `open ${number} new store`);
  await stage.press("bob", requested, "Approve");
  await stage.untilReply(requested);
  await stage.typeAndRead("ann", `history ${number}`);

  const path = (stage.environment["DATABASE_URL"] ?? "").replace(/^sqlite:/, "");
  const bytes = [path, `${path}-wal`].map((file) => readFileSync(file, "latin1")).join("\n");
  assert.ok(bytes.includes(number), "the test does not read what the bot writes");
  const given = secretVariables
    .filter((variable) => variable !== "DATABASE_URL" && variable !== "WECHATPAY_PUBLIC_KEY")
    .flatMap((variable) => stage.environment[variable] ?? []);
  assert.ok(given.length >= 4, "the stage has fewer secrets than the bot");
  const lines = given.flatMap((secret) => secret.split("\n")).filter((line) => line.length > 8 && !/^-----/.test(line));
  const found = lines.filter((line) => bytes.includes(line));
  assert.deepEqual(found, []);
  assert.doesNotMatch(bytes, /xox[bpe]-|xapp-|PRIVATE KEY|hooks\.slack\.com|\/commands\/T|\/actions\/T/);
});
