/** The app's bot in the JSON format that Slack gives to apps. */
import type { JsonObject } from "../json.ts";
import type { State } from "../state.ts";

/** What `bots.info` and the app's messages both say of it. */
export function botJson({ app, people }: State): JsonObject {
  const icon = (size: number) => `https://a.slack-edge.com/80588/img/plugins/app/bot_${size}.png`;
  return {
    id: app.botId,
    deleted: false,
    name: people.get(app.botUserId)?.name,
    updated: 1_700_000_000,
    app_id: app.appId,
    icons: { image_36: icon(36), image_48: icon(48), image_72: icon(72) },
  };
}
