import assert from "node:assert/strict";
import { test } from "node:test";
import { WebSocket } from "ws";
import { ann, call, opsServer, slackFor, socketApp } from "../builders.ts";

test("a command reaches a real Bolt app over a socket, also after Slack makes it reconnect", async (t) => {
  const slack = await slackFor(t);
  await socketApp(t, slack, (app) => app.command("/receipt", async ({ ack, command }) => ack(`heard ${command.text}`)));
  await slack.until(() => slack.socketCount() === 1);
  assert.equal((await slack.type({ user: ann, channel: opsServer, text: "one" })).ephemeral?.text, "heard one");
  slack.disconnectSockets("refresh_requested");
  await slack.until(() => slack.socketCount() === 0);
  await slack.until(() => slack.socketCount() === 1);
  assert.equal((await slack.type({ user: ann, channel: opsServer, text: "two" })).ephemeral?.text, "heard two");
});

test("each payload goes to one of the connections", async (t) => {
  const slack = await slackFor(t);
  const heard: string[] = [];
  for (const name of ["first", "second"]) {
    await socketApp(t, slack, (app) => {
      app.command("/receipt", async ({ ack }) => {
        heard.push(name);
        await ack();
      });
    });
  }
  await slack.until(() => slack.socketCount() === 2);
  await slack.type({ user: ann, channel: opsServer, text: "a" });
  await slack.type({ user: ann, channel: opsServer, text: "b" });
  assert.deepEqual(heard.toSorted(), ["first", "second"]);
});

test("a ticket works once", async (t) => {
  const slack = await slackFor(t);
  const opened = await call(slack, "apps.connections.open", {}, slack.app.appToken);
  const url = String(opened.body["url"]);
  const first = new WebSocket(url);
  const hello = await new Promise<string>((resolve) => first.once("message", (raw) => resolve(raw.toString())));
  assert.equal(JSON.parse(hello).type, "hello");
  const second = new WebSocket(url);
  await assert.rejects(
    new Promise((resolve, reject) => {
      second.once("open", resolve);
      second.once("error", reject);
    }),
    /403/,
  );
});

test("a socket that never acknowledges shows operation_timeout", async (t) => {
  const slack = await slackFor(t, { ackWithinMs: 50 });
  const opened = await call(slack, "apps.connections.open", {}, slack.app.appToken);
  new WebSocket(String(opened.body["url"]));
  await slack.until(() => slack.socketCount() === 1);
  assert.equal((await slack.type({ user: ann, channel: opsServer, text: "a" })).error, "operation_timeout");
});
