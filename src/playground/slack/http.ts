/** Helpers for node:http: reading a body up to a limit, and answering. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonObject } from "./json.ts";

const bodyMax = 12_000_000;

/** @throws Error beyond 12 MB */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > bodyMax) throw new Error("request body is too large");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

export function answer(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  const all = { "content-type": contentType, "content-length": String(Buffer.byteLength(body)), ...headers };
  response.writeHead(status, all).end(body);
}

export function answerJson(response: ServerResponse, status: number, body: JsonObject): void {
  answer(response, status, "application/json; charset=utf-8", JSON.stringify(body));
}

/** Accepts only clients on this machine, and refuses a host name that was rebound to 127.0.0.1. */
export function isLoopbackHost(host: string | undefined): boolean {
  return /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/.test(host ?? "");
}
