/** Any answer, from WeChat Pay or anyone else, gives a CallResult that can be reported. */
import assert from "node:assert/strict";
import { sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { after, test } from "node:test";
import fc from "fast-check";
import { type CallResult, faults } from "../../src/domain/attempt-result.ts";
import { guide } from "../../src/domain/guidance.ts";
import type { RequestView } from "../../src/ledger/queries/request-view.ts";
import { outcomeMessage } from "../../src/slack/blocks/request/thread.ts";
import { en } from "../../src/text/en/catalogue.ts";
import { zhCN } from "../../src/text/zh-CN/catalogue.ts";
import { createWeChatPayClient } from "../../src/wechatpay/client.ts";
import { classify } from "../../src/wechatpay/errors.ts";
import { responseMessage, signWithKey, verifyResponse } from "../../src/wechatpay/signature.ts";
import { identity } from "../e2e/support/identity.ts";
import { assertFits } from "../slack/blocks/block-kit-limits.ts";
import { runs } from "./runs.ts";

const keys = new Map([[identity.publicKeyId, identity.publicKey]]);
const subMchid = "1900000109";
const right = JSON.stringify({ sub_mchid: subMchid });

const word = fc.oneof(
  fc.constantFrom("PARAM_ERROR", "INVALID_REQUEST", "SIGN_ERROR", "SYSTEM ERROR", "频率", "证书", "签名", "timestamp"),
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.integer(),
  fc.constant("特约商户被处罚中".repeat(1_000)),
  fc.jsonValue({ maxDepth: 1 }),
);
const signInformation = fc.record(
  { method: word, url: word, truncated_sign_message: word, sign_message_length: word },
  { requiredKeys: [] },
);
const detail = fc.oneof(
  fc.record({ sign_information: signInformation, detail: fc.record({ sign_information: signInformation }) }),
  word,
);
const body = fc
  .oneof(
    fc.constantFrom(
      right,
      '{"sub_mchid":"1900000110"}',
      "",
      "<html>502 Bad Gateway</html>",
      "null",
      "[]",
      "{",
      "\ufeff{}",
    ),
    fc.record({ code: word, message: word, detail }, { requiredKeys: [] }).map((value) => JSON.stringify(value)),
    fc.json({ maxDepth: 3 }),
    fc.uint8Array({ maxLength: 300 }),
    fc.constant("x".repeat(100_000)),
  )
  .map((given) => Buffer.from(given as string));

const headerText = fc.oneof(
  fc.stringMatching(/^[ -~]{0,30}$/),
  fc.constantFrom(
    "F".repeat(14_000),
    "0",
    "-1",
    "1e9",
    "99999999999999999999",
    "Wed, 25 Nov 2026 18:00:00 GMT",
    "\u00ff",
  ),
);
const signatureNames = ["wechatpay-serial", "wechatpay-timestamp", "wechatpay-nonce", "wechatpay-signature"] as const;
const headerName = fc.constantFrom(
  ...signatureNames,
  "request-id",
  "Request-Id",
  "retry-after",
  "date",
  "location",
  "content-type",
);
const headers = fc.array(fc.tuple(headerName, headerText), { maxLength: 6 });

/** The four headers of WeChat Pay's signature over these bytes. */
function signed(over: Buffer): [string, string][] {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = sign("sha256", responseMessage(timestamp, "n", over), identity.privateKey).toString("base64");
  return [
    ["wechatpay-serial", identity.publicKeyId],
    ["wechatpay-timestamp", timestamp],
    ["wechatpay-nonce", "n"],
    ["wechatpay-signature", signature],
  ];
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/**
 * Checks a result: a known kind, storable as JSON on either engine, and a message that Slack accepts in both languages.
 */
function assertTellable(result: CallResult): void {
  switch (result.kind) {
    case "accepted":
      assert.ok(result.status >= 200 && result.status <= 299);
      break;
    case "refused":
      assert.ok(faults.includes(result.fault), result.fault);
      if (result.retryAfterMs !== undefined)
        assert.ok(result.retryAfterMs >= 0 && result.retryAfterMs <= 365 * 86_400_000);
      break;
    case "unverified":
      assert.match(result.why, /^(missing|wrong-signature|stale|unknown-serial|wrong-body)$/);
      break;
    case "unreachable":
      assert.match(result.why, /^(refused|reset|timeout|dns|tls)$/);
      break;
    default:
      result satisfies never;
  }
  assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
  for (const text of textsIn(result)) assert.ok(text.isWellFormed() && !text.includes("\0"), JSON.stringify(text));
  if (result.kind === "accepted") return;
  assert.ok(guide(result).topic in en.guidance);
  for (const texts of [en, zhCN])
    assertFits(
      outcomeMessage(failed, { result, step: "receipt" }, texts, String),
      JSON.stringify(result).slice(0, 200),
    );
}

const failed = { action: "OPEN", state: "done", requestedBy: "U0ANN00001", operation: { subMchid } } as RequestView;

test("every answer is classified as one of the faults, whatever it contains", () => {
  const signedRequest = {
    method: "POST",
    path: "/v3/goldplan",
    message: Buffer.from("POST\n/v3/goldplan\n1\nn\n{}\n"),
  };
  fc.assert(
    fc.property(fc.nat(999), headers, body, fc.nat(), (status, given, bytes, now) => {
      const result = classify({ status, headers: Object.fromEntries(given), body: bytes, signed: signedRequest, now });
      assertTellable(result);
    }),
    runs(500),
  );
});

test("a signature is valid for exactly the signed bytes, and no input makes the check throw", async () => {
  const value = fc.oneof(headerText, fc.array(headerText, { maxLength: 2 }), fc.constant(undefined));
  await fc.assert(
    fc.asyncProperty(
      body,
      fc.dictionary(fc.constantFrom(...signatureNames), value),
      fc.boolean(),
      async (bytes, wrong, isSigned) => {
        const given = { ...(isSigned ? Object.fromEntries(signed(bytes)) : {}), ...wrong };
        const verified = await verifyResponse({ headers: given, body: bytes, keys, now: Date.now() });
        assert.equal(verified.ok, isSigned && Object.keys(wrong).length === 0);
        if (!isSigned) return;
        const other = Buffer.concat([bytes, Buffer.from(" ")]);
        const tampered = await verifyResponse({ headers: given, body: other, keys, now: Date.now() });
        assert.equal(tampered.ok, false);
      },
    ),
    runs(200),
  );
});

/** The server's answer to the next request: bytes, cut somewhere, and the fate of the connection. */
interface Reply {
  bytes: Buffer;
  ending: "stay" | "end" | "reset";
}
let reply: Reply = { bytes: Buffer.alloc(0), ending: "end" };

const sockets = new Set<Socket>();
const server = createServer((socket) => {
  sockets.add(socket);
  socket.on("error", () => {});
  socket.on("close", () => sockets.delete(socket));
  socket.on("data", () => {
    socket.write(reply.bytes);
    if (reply.ending === "end") socket.end();
    if (reply.ending === "reset") socket.resetAndDestroy();
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
const client = createWeChatPayClient({
  mchid: identity.mchid,
  serialNo: identity.serialNo,
  sign: signWithKey(identity.merchantPrivateKey),
  publicKeyId: identity.publicKeyId,
  verificationKeys: keys,
  endpoints: [`http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`],
  userAgent: "receipt-bot/test",
  totalTimeoutMs: 150,
});
after(async () => {
  await client.close();
  for (const socket of sockets) socket.destroy();
  server.close();
});

const statusLine = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(200, 202, 204, 301, 304, 400, 401, 429, 500, 502).map((code) => `HTTP/1.1 ${code} X`),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 9_999 }).map((code) => `HTTP/1.1 ${code}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("HTTP/1.0 200 OK", "HTTP/9.9 200", "SSH-2.0-x", "", "HTTP/1.1 -1 X", "HTTP/1.1 101 X"),
  },
);
const framing = fc.oneof(
  { weight: 6, arbitrary: fc.constant("right") },
  fc.constantFrom(
    "none",
    "content-length: 5",
    "content-length: 99999999",
    "content-length: -1",
    "transfer-encoding: chunked",
  ),
);

test("the whole client, against a server that sends anything, returns a CallResult and accepts only verified answers", async () => {
  const wire = fc.record({
    status: statusLine,
    given: headers,
    bytes: body,
    isSigned: fc.boolean(),
    frame: framing,
    cutAt: fc.option(fc.nat(400), { freq: 4 }),
    // An endless answer takes the client's whole time limit.
    ending: fc.constantFrom<Reply["ending"]>("end", "end", "end", "reset", "stay"),
  });
  await fc.assert(
    fc.asyncProperty(wire, async ({ status, given, bytes, isSigned, frame, cutAt, ending }) => {
      const lines = [...given, ...(isSigned ? signed(bytes) : [])].map(([name, value]) => `${name}: ${value}`);
      if (frame === "right") lines.push(`content-length: ${bytes.byteLength}`);
      else if (frame !== "none") lines.push(frame);
      const whole = Buffer.concat([Buffer.from([status, ...lines, "", ""].join("\r\n"), "latin1"), bytes]);
      reply = { bytes: cutAt === null ? whole : whole.subarray(0, cutAt), ending };
      const result = await client.changeCustomPageStatus({ subMchid, operationType: "OPEN", endpoint: 0 });
      assertTellable(result);
      if (result.kind !== "accepted") return;
      assert.ok(isSigned);
      assert.equal(JSON.parse(bytes.toString()).sub_mchid, subMchid);
    }),
    runs(100),
  );
});
