/** The commands that the demo's page lists: each meets its scenario. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { stepsOf } from "../../../src/domain/goldplan/objects.ts";
import { parseCommand } from "../../../src/parsing/command/command.ts";
import { commandFor, concerns } from "../../../src/playground/wechatpay/scenario.ts";
import { scenarios } from "../../../src/playground/wechatpay/scenarios.ts";

test("the command of each number makes a call that its scenario is about", () => {
  for (const scenario of scenarios) {
    const typed = commandFor(scenario);
    const parsed = parseCommand(typed.replace("/receipt ", ""));
    assert.ok(parsed.ok && parsed.command.kind === "change", typed);
    const { command } = parsed;
    assert.deepEqual(command.subMchids, [scenario.subMchid]);
    assert.ok(
      stepsOf(command.named ?? "receipt").some((step) => concerns(scenario, step)),
      typed,
    );
  }
});
