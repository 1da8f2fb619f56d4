/**
 * Delivers payloads to the app over HTTP, signed as Slack signs them, and reports the acknowledgement (slack-rules.md
 * 1, 2.1).
 */
import { createHmac } from "node:crypto";
import { request } from "node:http";
import { isObject, type Json, type JsonObject, parseJson } from "../json.ts";

/** A payload to deliver. A redelivery carries the same payload and the same id. */
export type Delivery = {
  readonly kind: "slash_commands" | "interactive" | "events_api";
  readonly id: string;
  readonly payload: JsonObject;
};

export type AckBody =
  | { readonly kind: "empty" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "json"; readonly value: Json };

export type FailureCode = "operation_timeout" | "dispatch_failed" | "http_service_error" | "http_client_error";

export type Receipt =
  | { readonly kind: "acknowledged"; readonly afterMs: number; readonly body: AckBody }
  | { readonly kind: "failed"; readonly afterMs: number; readonly why: FailureCode };

/** A further try, because nothing acknowledged the event in time. Each transport has its own word for the reason. */
export type Retry = { readonly number: 1 | 2 | 3 };

/** The `X-Slack-Signature` of a body: HMAC-SHA256 over `v0:timestamp:body`, with the secret as text. */
export function slackSignature(secret: string, timestamp: number | string, body: string | Buffer): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest("hex")}`;
}

/** The body and Content-Type that Slack uses for this kind of payload. */
export function encodeDelivery(delivery: Delivery): { readonly body: string; readonly contentType: string } {
  const form = "application/x-www-form-urlencoded";
  switch (delivery.kind) {
    case "slash_commands": {
      const fields = new URLSearchParams();
      for (const [key, value] of Object.entries(delivery.payload)) {
        if (value !== undefined) fields.append(key, typeof value === "object" ? JSON.stringify(value) : String(value));
      }
      const body = fields.toString();
      return { body, contentType: form };
    }
    case "interactive":
      return { body: new URLSearchParams({ payload: escapedJson(delivery.payload) }).toString(), contentType: form };
    case "events_api":
      return { body: JSON.stringify(delivery.payload), contentType: "application/json" };
    default:
      return delivery.kind satisfies never;
  }
}

/** Slack escapes slashes in a payload's JSON: `https:\/\/hooks.slack.com`. */
function escapedJson(payload: JsonObject): string {
  return JSON.stringify(payload).replaceAll("/", "\\/");
}

export type HttpTarget = {
  readonly url: string;
  readonly signingSecret: string;
  /** Milliseconds until the person sees `operation_timeout`. */
  readonly ackWithinMs: number;
  readonly now: () => number;
};

/** Sends the payload once. Never rejects: failures become what the person sees. */
export function deliverOverHttp(delivery: Delivery, target: HttpTarget, retry?: Retry): Promise<Receipt> {
  const { body, contentType } = encodeDelivery(delivery);
  const bytes = Buffer.from(body);
  const timestamp = Math.floor(target.now() / 1000);
  const headers: Record<string, string | number> = {
    "content-type": contentType,
    "content-length": bytes.length,
    "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
    accept: "application/json,*/*",
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": slackSignature(target.signingSecret, timestamp, bytes),
    ...(retry === undefined ? {} : { "x-slack-retry-num": retry.number, "x-slack-retry-reason": "http_timeout" }),
  };
  const started = performance.now();
  const afterMs = (): number => Math.round(performance.now() - started);

  return new Promise((resolve) => {
    const failed = (why: FailureCode): void => resolve({ kind: "failed", afterMs: afterMs(), why });
    const call = request(target.url, { method: "POST", headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => failed("dispatch_failed"));
      response.on("end", () => {
        clearTimeout(deadline);
        const status = response.statusCode ?? 0;
        // Any 2xx acknowledges an event, but only 200 acknowledges anything else.
        const taken = delivery.kind === "events_api" ? status >= 200 && status < 300 : status === 200;
        if (!taken) {
          failed(status >= 400 && status < 500 ? "http_client_error" : "http_service_error");
          return;
        }
        const ack = ackBody(Buffer.concat(chunks).toString(), response.headers["content-type"] ?? "");
        resolve({ kind: "acknowledged", afterMs: afterMs(), body: ack });
      });
    });
    const deadline = setTimeout(() => {
      failed("operation_timeout");
      call.destroy();
    }, target.ackWithinMs);
    call.on("error", () => {
      clearTimeout(deadline);
      failed("dispatch_failed");
    });
    call.end(bytes);
  });
}

/** A body counts as a message only if its Content-Type is JSON. Otherwise it is text for the person. */
function ackBody(text: string, contentType: string): AckBody {
  if (text === "") return { kind: "empty" };
  if (!contentType.toLowerCase().startsWith("application/json")) return { kind: "text", text };
  const value = parseJson(text);
  return value === undefined ? { kind: "text", text } : { kind: "json", value };
}

/** The payload of a Socket Mode acknowledgement. An empty object counts as none. */
export function ackPayload(value: Json | undefined): AckBody {
  if (value === undefined || value === null || (isObject(value) && Object.keys(value).length === 0))
    return { kind: "empty" };
  return { kind: "json", value };
}
