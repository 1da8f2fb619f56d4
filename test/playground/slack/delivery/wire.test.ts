/** What stands on the wire around a payload, and not in it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { readBody } from "../../../../src/playground/slack/http.ts";
import type { LocalSlack } from "../../../../src/playground/slack/server.ts";
import { ann, call, envelopesOf, opsServer, plain, section, slackFor } from "../builders.ts";

type Request = { readonly headers: IncomingMessage["headers"]; readonly body: string };

/** An app in HTTP mode that acknowledges everything; resolves to the requests that it has received. */
async function requestsOf(t: TestContext, slack: LocalSlack): Promise<readonly Request[]> {
  const received: Request[] = [];
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: (await readBody(request)).toString() });
    response.end();
  });
  t.after(() => server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  slack.deliverTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return received;
}

test("over HTTP, slashes in the JSON of a payload are escaped", async (t) => {
  const slack = await slackFor(t);
  const received = await requestsOf(t, slack);
  const message = slack.say(ann, opsServer, "hello");
  assert.equal((await slack.useMessageShortcut(ann, message, "ask-at-message")).acknowledged, true);
  const payload = new URLSearchParams(received[0]?.body).get("payload") ?? "";
  assert.match(payload, /"response_url":"http:\\\/\\\/127\.0\.0\.1:\d+\\\/app\\\//);
  assert.match(String(JSON.parse(payload).response_url), /^http:\/\/127\.0\.0\.1/);
});

test("an event that was not acknowledged in time says so: `http_timeout` over HTTP, `timeout` over a socket", async (t) => {
  const slack = await slackFor(t);
  const received = await requestsOf(t, slack);
  const { delivery } = await slack.openHome(ann);
  assert.ok(delivery);
  await slack.redeliver(delivery, { number: 2 });
  assert.deepEqual(
    received.map(({ headers }) => [headers["x-slack-retry-num"], headers["x-slack-retry-reason"]]),
    [
      [undefined, undefined],
      ["2", "http_timeout"],
    ],
  );
  slack.deliverTo(undefined);
  const envelopes = await envelopesOf(slack);
  await slack.openHome(ann);
  await slack.redeliver(delivery, { number: 1 });
  assert.deepEqual(
    envelopes.map(({ retry_attempt, retry_reason }) => [retry_attempt, retry_reason]),
    [
      [0, ""],
      [1, "timeout"],
    ],
  );
});

test("over a socket, only commands and submitted forms take an answer in the acknowledgement", async (t) => {
  const slack = await slackFor(t);
  const envelopes = await envelopesOf(slack);
  const typed = await slack.type({ user: ann, channel: opsServer, text: "help" });
  await slack.useShortcut(ann, "ask");
  const view = { type: "modal", title: plain("Ask"), submit: plain("Send"), blocks: [section("x")] };
  await call(slack, "views.open", { trigger_id: String(typed.delivery?.payload["trigger_id"]), view });
  await slack.submitView(ann);
  await slack.openHome(ann);
  assert.deepEqual(
    envelopes.map(({ type, accepts_response_payload }) => [type, accepts_response_payload]),
    [
      ["slash_commands", true],
      ["interactive", false],
      ["interactive", true],
      ["events_api", false],
    ],
  );
});
