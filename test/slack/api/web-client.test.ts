/** Answers of the Web API: what counts as Slack's own, and how long its rate limits last. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { pino } from "pino";
import { slackLogger } from "../../../src/log.ts";
import { watched } from "../../../src/slack/api/availability.ts";
import { refusalOf, retryAfterMsOf } from "../../../src/slack/api/web-api.ts";
import { createSlackApi } from "../../../src/slack/api/web-client.ts";

interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body: string;
}

/** Calls a method that is answered with `reply`. Resolves to what the caller and the outage log learn from it. */
async function answeredWith(t: TestContext, { status = 200, headers = {}, body }: Reply) {
  const server = createServer((_, response) => response.writeHead(status, headers).end(body)).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const slackApiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  const logger = slackLogger(pino({ level: "silent" }));
  const seen = { outages: 0, answers: 0 };
  const slack = watched(createSlackApi({ token: "xoxb-1", slackApiUrl, fetch, logger, timeoutMs: 5_000 }), {
    failed: () => (seen.outages += 1),
    worked: () => (seen.answers += 1),
  });
  const outcome = await slack("chat.postMessage", { channel: "C1", text: "Hello" }).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  return { ...outcome, ...seen };
}

const json = { "content-type": "application/json; charset=utf-8" };
const notSlacks: Record<string, Reply> = {
  "a word": { body: "upstream error" },
  "one word that could be a code": { body: "ok" },
  "a proxy's page": { headers: { "content-type": "text/html" }, body: "<html><h1>Sign in to the network</h1></html>" },
  nothing: { body: "" },
  "JSON null": { headers: json, body: "null" },
  "a list": { headers: json, body: "[]" },
  "JSON without `ok`": { headers: json, body: '{"message":"Service Unavailable"}' },
  "a refusal without a code": { headers: json, body: '{"ok":false}' },
  "a refusal with a sentence for a code": { headers: json, body: '{"ok":false,"error":"The gateway timed out."}' },
  "half an answer": { headers: json, body: '{"ok":true,"ts":"17' },
};

for (const [what, reply] of Object.entries(notSlacks))
  test(`status 200 with ${what} is an outage, and no refusal`, async (t) => {
    const { outages, answers, ...outcome } = await answeredWith(t, reply);
    assert.ok("error" in outcome, "the call fails");
    assert.equal(refusalOf(outcome.error), undefined);
    assert.deepEqual([outages, answers], [1, 0]);
  });

test("Slack's answers arrive whole, and its refusals with their code", async (t) => {
  const { answers, ...outcome } = await answeredWith(t, { headers: json, body: '{"ok":true,"ts":"1.2"}' });
  assert.ok("answer" in outcome);
  assert.equal((outcome.answer as { ts: string }).ts, "1.2");
  assert.equal(answers, 1);
  const refused = await answeredWith(t, { headers: json, body: '{"ok":false,"error":"channel_not_found"}' });
  assert.ok("error" in refused);
  assert.equal(refusalOf(refused.error), "channel_not_found");
  assert.equal(refused.outages, 0);
});

for (const [retryAfter, ms] of [
  ["30", 30_000],
  ["0", 1_000],
  ["-5", 1_000],
  ["30000", 300_000],
] as const)
  test(`Retry-After: ${retryAfter} means ${ms / 1_000} s`, async (t) => {
    const headers = { ...json, "retry-after": retryAfter };
    const limited = await answeredWith(t, { status: 429, headers, body: '{"ok":false,"error":"ratelimited"}' });
    assert.ok("error" in limited);
    assert.equal(retryAfterMsOf(limited.error), ms);
  });
