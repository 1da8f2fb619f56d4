/** The baseline of the bot: the same Bolt over HTTP with one listener that acknowledges, and nothing else. */
import { App, HTTPReceiver, type Receiver } from "@slack/bolt";

const receiver = new HTTPReceiver({
  signingSecret: process.env["SLACK_SIGNING_SECRET"] ?? "",
  port: Number(process.env["PORT"]),
});
const app = new App({
  receiver: receiver as Receiver,
  // As the bot has them: each would only make the baseline slower.
  authorize: async () => ({ botToken: "xoxb-bare" }),
  convoStore: false,
  ignoreSelf: false,
});
app.command("/receipt", async ({ ack }) => {
  await ack();
});
await app.start();
process.stdout.write("listening\n");
