import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { ann, bob, httpApp, opsServer, slackFor } from "../builders.ts";

type Snapshot = { notes: unknown; conversations: readonly { id: string; messages: readonly { text: string }[] }[] };

test("the local Slack serves the page and everything that it loads", async (t) => {
  const slack = await slackFor(t);
  const html = await (await fetch(slack.pageUrl)).text();
  const parts = [...html.matchAll(/(?:href|src)="(\/[^"]*)"/g)].map(([, path = ""]) => path);
  assert.ok(parts.includes("/scripts/page.js"));
  for (const part of parts) {
    const loaded = await fetch(new URL(part, slack.pageUrl));
    assert.equal(loaded.status, 200, part);
    for (const [, inner = ""] of (await loaded.text()).matchAll(/from "(\/[^"]*)"/g)) {
      assert.equal((await fetch(new URL(inner, slack.pageUrl))).status, 200, inner);
    }
  }
  assert.doesNotMatch(html, /https?:/);
});

test("a person types on the page and sees private messages that others do not", async (t) => {
  const slack = await slackFor(t, { notes: [{ title: "works", text: "/receipt open 1900000109" }] });
  const app = await httpApp(t, slack);
  app.command("/receipt", async ({ ack }) => ack("only you"));
  const typed = await fetch(`${slack.pageUrl}playground/type`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user: ann, channel: opsServer, text: "/receipt help" }),
  });
  assert.equal(typed.status, 200);
  const sees = async (user: string) => {
    const response = await fetch(`${slack.pageUrl}playground/state?user=${user}`);
    const snapshot = (await response.json()) as Snapshot;
    const here = snapshot.conversations.find(({ id }) => id === opsServer);
    return { notes: snapshot.notes, texts: here?.messages.map(({ text }) => text) };
  };
  assert.deepEqual(await sees(ann), {
    notes: [{ title: "works", text: "/receipt open 1900000109" }],
    texts: ["only you"],
  });
  assert.deepEqual((await sees(bob)).texts, []);
});

test("only a browser on this machine can use the page's API", async (t) => {
  const slack = await slackFor(t);
  const status = (headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${slack.pageUrl}playground/state`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      outgoing.on("error", reject).end();
    });
  assert.equal(await status({}), 200);
  assert.equal(await status({ host: "evil.example" }), 403);
  assert.equal(await status({ origin: "https://evil.example" }), 403);
});

test("the page is notified of changes as they happen", async (t) => {
  const slack = await slackFor(t);
  const response = await fetch(`${slack.pageUrl}playground/events`);
  const reader = response.body?.getReader();
  await reader?.read();
  slack.say(ann, opsServer, "hello");
  const { value } = (await reader?.read()) ?? {};
  assert.match(new TextDecoder().decode(value), /event: change/);
  await reader?.cancel();
});
