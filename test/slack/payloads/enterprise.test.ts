/**
 * Payloads of an Enterprise organization, in the shapes that Slack's own SDKs have recorded, are parsed like any
 * others.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { submissionPayload } from "../../../src/slack/payloads/forms.ts";
import { clickPayload, commandPayload, homePayload, shortcutPayload } from "../../../src/slack/payloads/payloads.ts";

const enterprise = { id: "E0SANDBOX1", name: "Sandbox Org" };
const team = { id: "T0SANDBOX1", domain: "sandbox", enterprise_id: enterprise.id, enterprise_name: enterprise.name };
const user = { id: "W0ANN00001", username: "ann", name: "ann", team_id: team.id };
const container = { type: "message", message_ts: "17.1", channel_id: "C0MERCHANT", is_ephemeral: false };
const click = {
  type: "block_actions",
  user,
  api_app_id: "A0RECEIPT1",
  container,
  trigger_id: "1.2.3",
  team,
  enterprise,
  is_enterprise_install: false,
  channel: { id: "C0MERCHANT", name: "merchant-ops" },
  actions: [{ action_id: "approve", block_id: "b", type: "button", value: "r" }],
};
const command = {
  command: "/receipt",
  text: "open 1900000109",
  user_id: user.id,
  user_name: "ann",
  team_id: team.id,
  team_domain: "sandbox",
  enterprise_id: enterprise.id,
  enterprise_name: enterprise.name,
  channel_id: "C0MERCHANT",
  is_enterprise_install: "true",
  trigger_id: "1.2.3",
};
const view = { id: "V1", callback_id: "reject", private_metadata: JSON.stringify({ requestId: "r" }) };
const submission = {
  type: "view_submission",
  user,
  team,
  enterprise,
  is_enterprise_install: false,
  view: { ...view, state: { values: { reason: { reason: { type: "plain_text_input", value: "no" } } } } },
};
const shortcut = { type: "shortcut", callback_id: "ask", user, team, enterprise, trigger_id: "1.2.3" };
const opened = {
  type: "event_callback",
  enterprise_id: enterprise.id,
  event: { type: "app_home_opened", user: user.id, tab: "home" },
};

type Parser = { parse(body: unknown): unknown };
const shapes: readonly [what: string, parser: Parser, body: unknown][] = [
  ["a command", commandPayload, command],
  ["a command of an organization-wide installation", commandPayload, { ...command, team_id: undefined }],
  ["a click", clickPayload, click],
  ["a click with `team: null`", clickPayload, { ...click, team: null, is_enterprise_install: true }],
  ["a click with `enterprise: null`", clickPayload, { ...click, enterprise: null }],
  ["a form", submissionPayload, submission],
  ["a form with `team: null`", submissionPayload, { ...submission, team: null, is_enterprise_install: true }],
  ["a global shortcut", shortcutPayload, shortcut],
  ["a global shortcut with `team: null`", shortcutPayload, { ...shortcut, team: null, is_enterprise_install: true }],
  ["an event without `team_id`", homePayload, opened],
];

for (const [what, parser, body] of shapes)
  test(`${what} names its person`, () => {
    assert.match(JSON.stringify(parser.parse(body)), new RegExp(user.id));
  });
