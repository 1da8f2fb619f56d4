/** Files go to Slack in its three steps, and a step that fails is an error as of any other method. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { ErrorCode } from "@slack/web-api";
import { withUploads } from "../../../../src/slack/api/files/upload.ts";
import { limited } from "../../../../src/slack/api/outbound.ts";
import { retryAfterMsOf } from "../../../../src/slack/api/web-api.ts";

const file = Buffer.from("\uFEFF号码\r\n1900000109\r\n");
const args = {
  channel_id: "C0MERCHANT",
  thread_ts: "1.2",
  filename: "requested-1900000109.csv",
  file,
  initial_comment: "The numbers.",
};

/** Slack's Web API, whose upload address is a server that answers like this. */
async function slackWith(t: TestContext, answer: RequestListener, timeoutMs = 5_000) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/upload/v1/T1`;
  const calls: [method: string, args: Record<string, unknown>][] = [];
  const slack = withUploads(
    async (method, given) => {
      calls.push([method, given]);
      if (method === "files.getUploadURLExternal") return { ok: true, upload_url: address, file_id: "F1" };
      return { ok: true, files: [{ id: "F1" }] };
    },
    limited(fetch, timeoutMs),
  );
  return { slack, calls };
}

test("a file is announced, sent as it is, without the bot's token, and posted at its place", async (t) => {
  const sent: { request: IncomingMessage; bytes: Buffer }[] = [];
  const { slack, calls } = await slackWith(t, async (request, response) => {
    sent.push({ request, bytes: await buffer(request) });
    response.end("OK");
  });
  assert.deepEqual(await slack("files.uploadV2", args), { ok: true, files: [{ ok: true, files: [{ id: "F1" }] }] });
  const [{ request, bytes } = assert.fail("nothing was sent")] = sent;
  assert.deepEqual([request.method, bytes], ["POST", file]);
  assert.deepEqual([request.headers["content-length"], request.headers.authorization], [`${file.length}`, undefined]);
  const { channel_id, thread_ts, initial_comment, filename } = args;
  assert.deepEqual(calls, [
    ["files.getUploadURLExternal", { filename, length: file.length }],
    [
      "files.completeUploadExternal",
      { channel_id, thread_ts, initial_comment, files: [{ id: "F1", title: filename }] },
    ],
  ]);
});

test("bytes that Slack does not take are not posted, and the error says why", async (t) => {
  const rows: [name: string, answer: RequestListener, code: ErrorCode, retryAfterMs?: number][] = [
    [
      "a rate limit",
      (_, response) => response.writeHead(429, { "retry-after": "7" }).end(),
      ErrorCode.RateLimitedError,
      7_000,
    ],
    ["a rate limit without a time", (_, response) => response.writeHead(429).end(), ErrorCode.RateLimitedError, 1_000],
    ["a refusal", (_, response) => response.writeHead(400).end("expected 9 bytes"), ErrorCode.HTTPError],
    ["an internal error", (_, response) => response.writeHead(503).end(), ErrorCode.HTTPError],
    [
      "a redirect",
      (_, response) => response.writeHead(302, { location: "https://slack.com/" }).end(),
      ErrorCode.RequestError,
    ],
    ["a closed connection", (request) => request.socket.destroy(), ErrorCode.RequestError],
    [
      "an answer that ends early",
      (_, response) => response.writeHead(200, { "content-length": 9 }).write("OK", () => response.destroy()),
      ErrorCode.RequestError,
    ],
  ];
  for (const [name, answer, code, retryAfterMs] of rows)
    await t.test(name, async (row) => {
      const { slack, calls } = await slackWith(row, answer);
      const error = await slack("files.uploadV2", args).then(
        () => assert.fail("it was posted"),
        (failed: unknown) => failed,
      );
      assert.equal((error as { code: unknown }).code, code);
      assert.equal(retryAfterMsOf(error), retryAfterMs);
      assert.deepEqual(
        calls.map(([method]) => method),
        ["files.getUploadURLExternal"],
      );
    });
});

test("an upload that Slack leaves without an answer ends at its limit", async (t) => {
  const { slack } = await slackWith(t, () => {}, 50);
  await assert.rejects(slack("files.uploadV2", args), { code: ErrorCode.RequestError });
});
