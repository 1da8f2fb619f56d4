/**
 * Files that people give the bot come from Slack's hosts alone: nobody makes the bot fetch, or send its token,
 * elsewhere.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { createDownload } from "../../../../src/slack/api/files/download.ts";

const token = "xoxb-1-bot";
const bytesMax = 1_000;

async function serve(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a file is fetched from Slack's own hosts over HTTPS, and from no other address", async (t) => {
  const fetched: string[] = [];
  const recording: typeof fetch = async (url) => {
    fetched.push(String(url));
    return new Response("1900000109");
  };
  const download = createDownload({
    token,
    slackApiUrl: "https://slack.com/api/",
    fetch: recording,
    timeoutMs: 1_000,
  });
  for (const url of ["https://files.slack.com/files-pri/T1-F1/list.csv", "https://slack.com/files/list.csv"])
    await t.test(`${url}: read`, async () => {
      fetched.length = 0;
      assert.equal((await download(url, bytesMax)).kind, "read");
      assert.deepEqual(fetched, [url]);
    });
  for (const url of [
    "https://evil.example/list.csv",
    "https://files.slack.com.evil.example/list.csv",
    "https://evilslack.com/list.csv",
    "https://files.slack.com@evil.example/list.csv",
    "https://evil.example/?https://files.slack.com/",
    "https://evil.example#.slack.com",
    "http://files.slack.com/list.csv",
    "http://127.0.0.1:3000/list.csv",
    "http://169.254.169.254/latest/meta-data/",
    "https://[::1]/list.csv",
    "file:///etc/passwd",
    "data:text/plain,1900000109",
    "no address",
  ])
    await t.test(`${url}: not fetched`, async () => {
      fetched.length = 0;
      assert.deepEqual(await download(url, bytesMax), { kind: "not-slacks" });
      assert.deepEqual(fetched, []);
    });
});

test("a redirect of a file is not followed, wherever it leads", async (t) => {
  const elsewhere: (string | undefined)[] = [];
  const other = await serve(t, (request, response) => {
    elsewhere.push(request.headers.authorization);
    response.end("1900000109");
  });
  for (const status of [301, 302, 303, 307, 308])
    await t.test(String(status), async (t) => {
      const slack = await serve(t, (_, response) => response.writeHead(status, { location: `${other}/file` }).end());
      const download = createDownload({ token, slackApiUrl: `${slack}/api/`, fetch, timeoutMs: 5_000 });
      await assert.rejects(download(`${slack}/file`, bytesMax), new RegExp(`Slack answered ${status}`));
      assert.deepEqual(elsewhere, []);
    });
});

test("a file is read up to its limit and no further", async (t) => {
  const slack = await serve(t, (_, response) => response.end("1".repeat(bytesMax + 1)));
  const download = createDownload({ token, slackApiUrl: `${slack}/api/`, fetch, timeoutMs: 5_000 });
  assert.deepEqual(await download(`${slack}/file`, bytesMax), { kind: "too-large" });
});
