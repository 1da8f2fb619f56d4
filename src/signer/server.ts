/** The signer's HTTP server: `POST /sign` with a message as its body, and the signature or a refusal as its answer. */
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { judge } from "./permitted.ts";

export interface SignerOptions {
  /** RSA-2048, PKCS#1 v1.5 with SHA-256: the algorithm of WECHATPAY2-SHA256-RSA2048. */
  sign(message: Buffer): Promise<Buffer>;
  /** Required in `Authorization: Bearer …`; undefined if a socket's permissions decide who may ask. */
  token: string | undefined;
  /** As in `judge`. */
  pathPrefix: string;
  /** Milliseconds since 1970. */
  now(): number;
  /** One entry for each signature, refusal and failure, without token, nonce and signature. */
  log(message: "signed" | "refused" | "failed", fields: object): void;
}

/** The answer is plain text; `logged` is not sent. */
type Answer = { status: 200 | 401 | 403 | 404 | 413; text: string; logged?: { call: string; body?: string } };

/** The permitted messages have at most a few hundred bytes, a path prefix included. */
const messageBytesMax = 4_096;

/** A request of a few hundred bytes on one machine takes milliseconds. */
const requestLimitMs = 5_000;
/** Far more than the bot opens at a time: it makes one request on each connection. */
const connectionsMax = 256;

/** What was not read of a request must not be taken for the next one. */
const plainAndLast = { "content-type": "text/plain", connection: "close" };

/** Does not listen yet. */
export function createSigner(options: SignerOptions): Server {
  const server = createServer(
    { requestTimeout: requestLimitMs, headersTimeout: requestLimitMs, maxHeaderSize: 8_192, keepAlive: false },
    (request, response) => {
      respond(request, response, options).catch((error: unknown) => {
        // The connection ended before the whole request arrived, or the key could not be used.
        options.log("failed", { why: error instanceof Error ? error.message : String(error) });
        response.writeHead(500, plainAndLast).end("the signer could not sign");
      });
    },
  );
  server.maxConnections = connectionsMax;
  return server;
}

async function respond(request: IncomingMessage, response: ServerResponse, options: SignerOptions): Promise<void> {
  const { status, text, logged } = await answerTo(request, options);
  if (status === 200) options.log("signed", { ...logged });
  else options.log("refused", { status, why: text, ...logged });
  response.writeHead(status, plainAndLast).end(text);
}

async function answerTo(request: IncomingMessage, options: SignerOptions): Promise<Answer> {
  const { token, sign, pathPrefix, now } = options;
  if (token !== undefined && !isToken(request.headers.authorization, token))
    return { status: 401, text: "the token is missing or wrong" };
  if (request.method !== "POST" || request.url !== "/sign") return { status: 404, text: "only POST /sign exists" };
  const message = await bodyOf(request);
  if (message === undefined) return { status: 413, text: "the message is too long" };
  const judged = judge(message, { pathPrefix, now: now() });
  if (!judged.isPermitted) {
    const { why: text, call } = judged;
    return { status: 403, text, ...(call !== undefined && { logged: { call } }) };
  }
  const { call, body } = judged;
  return { status: 200, text: (await sign(message)).toString("base64"), logged: { call, body } };
}

/** Compares hashes, which have one length, in a time that does not depend on where they differ. */
function isToken(authorization: string | undefined, token: string): boolean {
  const hashOf = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hashOf(authorization ?? ""), hashOf(`Bearer ${token}`));
}

/** Undefined if it is longer than any permitted message. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.byteLength;
    if (bytes > messageBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
