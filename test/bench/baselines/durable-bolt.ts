/**
 * The baseline of a durable acknowledgement: Bolt over HTTP with one listener that writes one row for each command to
 * SQLite, with synchronous=FULL, and acknowledges once it is on disk. Commands that arrive together share a commit.
 */
import { DatabaseSync } from "node:sqlite";
import { startBolt } from "./bolt-app.ts";

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

await startBolt(async ({ ack, body }) => {
  onDisk ??= commitSoon();
  const committed = onDisk;
  insert.run(body.trigger_id, body.user_id, body.channel_id, body.text, Date.now());
  await committed;
  await ack();
});
