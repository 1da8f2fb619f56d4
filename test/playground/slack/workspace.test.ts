import assert from "node:assert/strict";
import { test } from "node:test";
import { demoApp } from "../../../src/playground/slack/workspace.ts";
import { neededScopes } from "../../../src/slack/api/token/scopes.ts";

test("the demo's app has exactly the scopes of manifest.yml, so that it sees no more than a real installation", () => {
  assert.deepEqual([...demoApp.scopes].sort(), [...neededScopes].sort());
});
