/** Compares manifest.yml with the code: the same scopes, no more and no fewer, and the same command. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { readSettings } from "../src/settings.ts";
import { neededScopes } from "../src/slack/api/token/scopes.ts";
import { shortcutIds } from "../src/slack/payloads/ids.ts";

const manifest = z
  .strictObject({
    _metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.number() }),
    display_information: z.strictObject({
      name: z.string().min(1).max(35),
      description: z.string().min(1).max(140),
      background_color: z.string().regex(/^#[0-9a-f]{6}$/),
    }),
    features: z.strictObject({
      app_home: z.strictObject({
        home_tab_enabled: z.boolean(),
        messages_tab_enabled: z.boolean(),
        messages_tab_read_only_enabled: z.boolean(),
      }),
      bot_user: z.strictObject({ display_name: z.string().min(1).max(80), always_online: z.boolean() }),
      slash_commands: z.array(
        z.strictObject({
          command: z.string().regex(/^\/.{1,31}$/),
          description: z.string().min(1).max(2000),
          usage_hint: z.string().min(1).max(1000),
          should_escape: z.boolean(),
        }),
      ),
      shortcuts: z.array(
        z.strictObject({
          name: z.string().min(1).max(24),
          type: z.enum(["global", "message"]),
          callback_id: z.string().min(1).max(255),
          description: z.string().min(1).max(150),
        }),
      ),
    }),
    oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string().max(50)) }) }),
    settings: z.strictObject({
      event_subscriptions: z.strictObject({ bot_events: z.array(z.string()) }),
      interactivity: z.strictObject({ is_enabled: z.boolean() }),
      org_deploy_enabled: z.boolean(),
      socket_mode_enabled: z.boolean(),
      token_rotation_enabled: z.boolean(),
    }),
  })
  .parse(parse(readFileSync("manifest.yml", "utf8")));

/** The bot scopes of each method, from the table of methods in Slack's documentation. */
const scopesOfMethods: Record<string, readonly string[]> = {
  // With the app-level token, which has a scope of its own.
  "apps.connections.open": [],
  "auth.test": [],
  "bots.info": ["users:read"],
  "users.info": ["users:read"],
  "usergroups.list": ["usergroups:read"],
  "usergroups.users.list": ["usergroups:read"],
  "conversations.info": ["channels:read", "groups:read"],
  // To one person.
  "conversations.open": ["im:write"],
  "chat.postMessage": ["chat:write"],
  "chat.update": ["chat:write"],
  "views.open": [],
  // Slack's client calls files.getUploadURLExternal and files.completeUploadExternal for it.
  "files.uploadV2": ["files:write"],
  "views.publish": [],
  "views.update": [],
};

/** For files that people upload in a form, which are read at their address and not with a method. */
const scopesBeside = ["commands", "files:read"];

const source = readdirSync("src/slack", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .map((file) => readFileSync(`src/slack/${file}`, "utf8"))
  .join("\n");

test("the manifest requests exactly the scopes of the methods that the code calls, and those for commands and files", () => {
  const called = [...source.matchAll(/\b(?:ask|slack)\("(\w+(?:\.\w+)+)"/g)].map((match) => match[1] ?? "");
  assert.deepEqual([...new Set(called)].sort(), Object.keys(scopesOfMethods).sort());
  const needed = new Set([...scopesBeside, ...Object.values(scopesOfMethods).flat()]);
  assert.deepEqual([...manifest.oauth_config.scopes.bot].sort(), [...needed].sort());
});

test("the bot checks at start that it has exactly the manifest's scopes", () => {
  assert.deepEqual([...neededScopes].sort(), [...manifest.oauth_config.scopes.bot].sort());
});

test("the manifest's command is the bot's default one, with mentions and links escaped", () => {
  const [command, ...others] = manifest.features.slash_commands;
  assert.equal(others.length, 0);
  assert.equal(command?.should_escape, true);
  const parsed = readSettings({});
  assert.equal(parsed.ok, false);
  assert.match(readFileSync("src/settings/schema.ts", "utf8"), new RegExp(`\\.default\\("${command?.command}"\\)`));
});

test("the manifest's shortcuts are those that the bot handles", () => {
  const { shortcuts } = manifest.features;
  assert.deepEqual(
    shortcuts.map(({ callback_id, type }) => [callback_id, type]),
    [
      [shortcutIds.ask, "global"],
      [shortcutIds.askAtMessage, "message"],
    ],
  );
});

test("interactivity and Socket Mode are enabled", () => {
  assert.equal(manifest.settings.interactivity.is_enabled, true);
  assert.equal(manifest.settings.socket_mode_enabled, true);
});

test("the manifest subscribes to exactly the events that the code handles", () => {
  const listened = [...source.matchAll(/\bapp\.event\("(\w+)"/g)].map((match) => match[1] ?? "");
  assert.deepEqual(manifest.settings.event_subscriptions.bot_events.toSorted(), listened.sort());
});

test("the home tab is enabled, and the messages tab is read only: text there would get no answer", () => {
  assert.ok(!manifest.settings.event_subscriptions.bot_events.includes("message.im"));
  assert.deepEqual(manifest.features.app_home, {
    home_tab_enabled: source.includes("views.publish"),
    messages_tab_enabled: true,
    messages_tab_read_only_enabled: true,
  });
});
