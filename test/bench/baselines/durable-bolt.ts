/**
 * The baseline of a durable acknowledgement: Bolt over HTTP with one listener that writes one row for each command to
 * SQLite, with synchronous=FULL, and acknowledges once it is on disk. Commands that arrive together share a commit.
 */
import { DatabaseSync } from "node:sqlite";
import { App, HTTPReceiver, type Receiver } from "@slack/bolt";

const database = new DatabaseSync(process.env["DATABASE"] ?? "");
database.exec("pragma journal_mode = wal; pragma synchronous = full");
database.exec(
  "create table commands (trigger_id text primary key, user_id text, channel_id text, text text, at integer)",
);
const [begin, insert, commit] = [
  database.prepare("begin immediate"),
  database.prepare("insert into commands values (?, ?, ?, ?, ?)"),
  database.prepare("commit"),
];
let onDisk: Promise<void> | undefined;

function commitSoon(): Promise<void> {
  begin.run();
  return new Promise((resolve) =>
    setImmediate(() => {
      commit.run();
      onDisk = undefined;
      resolve();
    }),
  );
}

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
app.command("/receipt", async ({ ack, body }) => {
  onDisk ??= commitSoon();
  const committed = onDisk;
  insert.run(body.trigger_id, body.user_id, body.channel_id, body.text, Date.now());
  await committed;
  await ack();
});
await app.start();
process.stdout.write("listening\n");
