/** The Slack app's manifest as a file, in one language. */
import type { Texts } from "../text/en/catalogue.ts";
import { neededScopes } from "./api/token/scopes.ts";
import { shortcutIds } from "./payloads/ids.ts";

/** Where HTTP mode's manifest names the bot's address. */
export const addressPlaces = [
  "features.slash_commands[0].url",
  "settings.interactivity.request_url",
  "settings.event_subscriptions.request_url",
] as const;
const exampleAddress = "https://receipts.example.com/slack/events";

/** YAML, with its notes as comments. Texts are quoted, whatever they contain. */
export function manifestIn(texts: Texts["manifest"]): string {
  const quoted = (text: string) => JSON.stringify(text);
  const notes = [
    ...texts.paste,
    ...texts.httpSteps.map((step, index) => `  ${index + 1}. ${step}`),
    ...addressPlaces.map((place) => `       ${place}: ${exampleAddress}`),
  ];
  return `${notes.map((note) => `# ${note}`).join("\n")}
_metadata:
  major_version: 2
  minor_version: 1
display_information:
  name: ${quoted(texts.app.name)}
  description: ${quoted(texts.app.description)}
  background_color: "#1f6f43"
features:
  app_home:
    home_tab_enabled: true
    messages_tab_enabled: true
    # ${texts.readOnlyTab}
    messages_tab_read_only_enabled: true
  bot_user:
    display_name: receipt
    always_online: true
  slash_commands:
    - command: /receipt
      description: ${quoted(texts.command.description)}
      usage_hint: ${quoted(texts.command.usageHint)}
      should_escape: true
  shortcuts:
    - name: ${quoted(texts.shortcut.name)}
      type: global
      callback_id: ${shortcutIds.ask}
      description: ${quoted(texts.shortcut.global)}
    - name: ${quoted(texts.shortcut.name)}
      type: message
      callback_id: ${shortcutIds.askAtMessage}
      description: ${quoted(texts.shortcut.message)}
oauth_config:
  scopes:
    bot:
${neededScopes.map((scope) => `      - ${scope}`).join("\n")}
settings:
  event_subscriptions:
    bot_events:
      - app_home_opened
  interactivity:
    is_enabled: true
  org_deploy_enabled: false
  socket_mode_enabled: true
  token_rotation_enabled: false
`;
}
