/** The bot's baseline: the same Bolt over HTTP, with one listener that only acknowledges. */
import { App, HTTPReceiver, type Receiver } from "@slack/bolt";

const receiver = new HTTPReceiver({
  signingSecret: process.env["SLACK_SIGNING_SECRET"] ?? "",
  port: Number(process.env["PORT"]),
});
const app = new App({
  receiver: receiver as Receiver,
  // The bot sets these too; the defaults would only slow the baseline down.
  authorize: async () => ({ botToken: "xoxb-bare" }),
  convoStore: false,
  ignoreSelf: false,
});
app.command("/receipt", async ({ ack }) => {
  await ack();
});
await app.start();
process.stdout.write("listening\n");
