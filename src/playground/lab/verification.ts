/** The steps in which either side verifies the other, worked out again from the bytes that were sent. */
import { type KeyObject, verify } from "node:crypto";
import type { WeChatPayIdentity } from "../wechatpay/identity.ts";
import type { IncomingCall } from "../wechatpay/parameters.ts";
import { readAuthorization } from "../wechatpay/request-checks.ts";
import type { SentReply } from "../wechatpay/send-reply.ts";

/** `format`: the header or headers; `clock`: within five minutes; `serial`: a known key; `body`: what was asked for. */
export type Step = {
  readonly step: "format" | "clock" | "serial" | "signature" | "body";
  /** Absent if an earlier step failed. */
  readonly ok?: boolean;
};

/** WeChat Pay allows this difference of clocks, in seconds; see "signature verification". */
const clockMax = 300;

/** The five lines that a request's signature covers; undefined if the `Authorization` header cannot be read. */
export function signedLines({ method, url, headers, body }: IncomingCall): readonly string[] | undefined {
  const fields = readAuthorization(headers.authorization ?? "");
  return fields && [method, url, fields.timestamp, fields.nonce_str, body.toString()];
}

/** How WeChat Pay verifies a request. @param now by its clock, in milliseconds since 1970 */
export function requestSteps(call: IncomingCall, identity: WeChatPayIdentity, now: number): readonly Step[] {
  const fields = readAuthorization(call.headers.authorization ?? "");
  const head = (signedLines(call) ?? []).slice(0, 4).map((line) => `${line}\n`);
  const message = Buffer.concat([Buffer.from(head.join("")), call.body, Buffer.from("\n")]);
  return inTurn([
    ["format", () => fields !== undefined],
    ["clock", () => Math.abs(now / 1000 - Number(fields?.timestamp)) <= clockMax + 1],
    ["serial", () => fields?.mchid === identity.mchid && fields.serial_no === identity.serialNo],
    ["signature", () => isSigned(message, identity.merchantPublicKey, fields?.signature ?? "")],
  ]);
}

/** How a client has to verify an answer. @param now by the client's clock, in milliseconds since 1970 */
export function answerSteps(
  { headers, body }: SentReply,
  call: IncomingCall,
  identity: Pick<WeChatPayIdentity, "publicKeyId" | "publicKey">,
  now: number,
): readonly Step[] {
  const named = (name: string): string => headers[`Wechatpay-${name}`] ?? "";
  const head = `${named("Timestamp")}\n${named("Nonce")}\n`;
  const message = Buffer.concat([Buffer.from(head), body, Buffer.from("\n")]);
  return inTurn([
    ["format", () => ["Timestamp", "Nonce", "Signature", "Serial"].every((name) => named(name) !== "")],
    ["serial", () => named("Serial") === identity.publicKeyId],
    ["clock", () => Math.abs(now / 1000 - Number(named("Timestamp"))) <= clockMax + 1],
    ["signature", () => isSigned(message, identity.publicKey, named("Signature"))],
    ["body", () => subMchidIn(body) === subMchidIn(call.body) || codeIn(body) !== undefined],
  ]);
}

function inTurn(checks: readonly (readonly [Step["step"], () => boolean])[]): Step[] {
  const steps: Step[] = [];
  for (const [step, check] of checks) {
    const isReached = steps.every(({ ok }) => ok === true);
    steps.push(isReached ? { step, ok: check() } : { step });
  }
  return steps;
}

function isSigned(message: Buffer, key: KeyObject, signature: string): boolean {
  return verify("RSA-SHA256", message, key, Buffer.from(signature, "base64"));
}

function subMchidIn(body: Buffer): unknown {
  return fieldIn(body, "sub_mchid");
}

/** An error of WeChat Pay names no sub-merchant, but has a code. */
function codeIn(body: Buffer): unknown {
  return fieldIn(body, "code");
}

function fieldIn(body: Buffer, name: string): unknown {
  try {
    return (JSON.parse(body.toString()) as Record<string, unknown> | null)?.[name];
  } catch {
    // Not JSON, so there is no such field.
    return undefined;
  }
}
