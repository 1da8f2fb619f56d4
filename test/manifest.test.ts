/**
 * Compares the manifests with the code: the same scopes, no more and no fewer, and the same command, in both languages.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { parseCommand } from "../src/parsing/command/command.ts";
import { readSettings } from "../src/settings.ts";
import { neededScopes } from "../src/slack/api/token/scopes.ts";
import { addressPlaces, manifestIn } from "../src/slack/app-manifest.ts";
import { shortcutIds } from "../src/slack/payloads/ids.ts";
import { textsOf } from "../src/text/texts.ts";

const manifestSchema = z.strictObject({
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
});

const files = { en: "manifest.yml", "zh-CN": "src/deploy/manifest.zh-CN.yml" } as const;
const read = (locale: keyof typeof files) => manifestSchema.parse(parse(readFileSync(files[locale], "utf8")));
const manifest = read("en");

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
  // To one person, where they are.
  "chat.postEphemeral": ["chat:write"],
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

for (const locale of ["en", "zh-CN"] as const)
  test(`${files[locale]} is what node src/deploy/write-manifests.ts writes`, () => {
    assert.equal(readFileSync(files[locale], "utf8"), manifestIn(textsOf(locale).manifest));
  });

test("the Chinese manifest differs in nothing but what people read, and that is Chinese", () => {
  const differing: string[] = [];
  const compare = (one: unknown, other: unknown, path: string): void => {
    if (typeof one === "object" && one !== null && typeof other === "object" && other !== null) {
      assert.deepEqual(Object.keys(other), Object.keys(one), path);
      for (const [key, value] of Object.entries(one))
        compare(value, (other as Record<string, unknown>)[key], `${path}.${key}`);
      return;
    }
    if (one === other) return;
    differing.push(path);
    assert.match(String(other), /\p{Script=Han}/u, path);
  };
  compare(manifest, read("zh-CN"), "");
  assert.deepEqual(differing, [
    ".display_information.name",
    ".display_information.description",
    ".features.slash_commands.0.description",
    ".features.slash_commands.0.usage_hint",
    ".features.shortcuts.0.name",
    ".features.shortcuts.0.description",
    ".features.shortcuts.1.name",
    ".features.shortcuts.1.description",
  ]);
});

test("the example in each usage hint is a command that the bot understands", () => {
  for (const locale of ["en", "zh-CN"] as const) {
    const [example = ""] = read(locale).features.slash_commands[0]?.usage_hint.split(/, |；/) ?? [];
    assert.equal(parseCommand(example).ok, true, example);
  }
});

test("the notes on HTTP mode create the app first, then start the bot, and name places that the manifest has", () => {
  for (const locale of ["en", "zh-CN"] as const) {
    const notes = readFileSync(files[locale], "utf8")
      .split("\n")
      .filter((line) => line.startsWith("#"));
    const steps = notes.filter((note) => /^# {3}\d\. /.test(note));
    const order = [/install|安装/, /Start the bot|启动机器人/, /socket_mode_enabled/, /verif|验证/];
    assert.equal(steps.length, order.length);
    for (const [index, step] of order.entries()) assert.match(steps[index] ?? "", step);
    const addresses = notes.flatMap((note) => /^# +(\S+): (https:\S+)$/.exec(note)?.slice(1, 3) ?? []);
    assert.deepEqual(
      addresses.filter((_, index) => index % 2 === 0),
      addressPlaces,
    );
    const { features, settings } = read(locale);
    assert.ok(features.slash_commands[0] && settings.interactivity && settings.event_subscriptions);
    for (const address of addresses.filter((_, index) => index % 2 === 1))
      assert.equal(URL.parse(address)?.pathname, "/slack/events");
  }
});
