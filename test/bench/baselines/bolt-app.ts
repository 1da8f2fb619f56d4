/** A Bolt app over HTTP with one listener for the command, set up as the bot sets up its own. */
import { App, HTTPReceiver, type Middleware, type Receiver, type SlackCommandMiddlewareArgs } from "@slack/bolt";

export async function startBolt(listener: Middleware<SlackCommandMiddlewareArgs>): Promise<void> {
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
  app.command("/receipt", listener);
  // Only an orderly end saves what Node compiled; without it, every start of the baseline would be like the first.
  process.on("SIGTERM", () => process.exit());
  await app.start();
  process.stdout.write("listening\n");
}
