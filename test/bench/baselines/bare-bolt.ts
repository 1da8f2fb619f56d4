/** The bot's baseline: the same Bolt over HTTP, with one listener that only acknowledges. */
import { startBolt } from "./bolt-app.ts";

await startBolt(async ({ ack }) => {
  await ack();
});
