/** One thing that the local WeChat Pay can play, and the few words in which the table of them is written. */
import type { CallResult, Fault, UnverifiedReason } from "../../domain/attempt-result.ts";
import { type IncomingCall, internalCodes, signMismatch } from "./gatekeeper.ts";
import { type Reply, refusal, type Signing } from "./reply.ts";

/** How a client has to end the first call to a scenario's number. */
export type ExpectedResult =
  | { kind: "refused"; fault: Fault; status: number }
  | { kind: "unverified"; why: UnverifiedReason; status: number }
  | Extract<CallResult, { kind: "unreachable" }>;

/** A reply as it is, or made from the request that it answers; `"success"` is the documented answer. */
export type ScenarioReply = "success" | Reply | ((call: IncomingCall) => Reply);

export type Scenario = {
  subMchid: string;
  /** Short, in English, for lists. */
  title: string;
  /** One for each attempt since the last success; the last one is repeated. */
  replies: readonly [ScenarioReply, ...ScenarioReply[]];
  /** What the first attempt is. */
  expect: ExpectedResult;
};

/** WeChat Pay says no. */
export function refuses(
  subMchid: string,
  title: string,
  fault: Fault,
  ...replies: readonly [ScenarioReply, ...ScenarioReply[]]
): Scenario {
  return { subMchid, title, replies, expect: { kind: "refused", fault, status: statusOf(subMchid) } };
}

/** WeChat Pay answers, in a way that must not be believed: `spoilt` is what differs from the answer that would be right. */
export function spoils(
  subMchid: string,
  title: string,
  spoilt: { sign?: Signing; body?: string | Buffer | Record<string, unknown>; acts?: boolean },
  why: UnverifiedReason,
  ...then: readonly ScenarioReply[]
): Scenario {
  const status = statusOf(subMchid);
  const body = status < 300 ? { sub_mchid: subMchid } : { code: "INVALID_REQUEST", message: "服务商被处罚中" };
  return {
    subMchid,
    title,
    replies: [{ status, body, sign: "right", ...spoilt }, ...then],
    expect: { kind: "unverified", why, status },
  };
}

/** No answer comes, or not all of it. */
export function lost(
  subMchid: string,
  title: string,
  why: "reset" | "timeout",
  ...replies: readonly [ScenarioReply, ...ScenarioReply[]]
): Scenario {
  return { subMchid, title, replies, expect: { kind: "unreachable", why, mayHaveActed: true } };
}

/** An error in WeChat Pay's envelope. */
export function business(status: number, code: string, message: string, internalCode?: number): Reply {
  return refusal(status, code, message, internalCode === undefined ? {} : { internalCode });
}

/** The catch-all of the goldplan calls, told apart by its message only. */
export function invalid(message: string): Reply {
  return business(400, "INVALID_REQUEST", message);
}

export function limited(code: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return refusal(429, code, "你的操作过于频繁,请稍后再试", { headers, internalCode: internalCodes.rate });
}

export function busy({ code = "SYSTEM_ERROR", acts = false } = {}): Reply {
  return { status: 500, body: { code, message: "系统繁忙，请稍后重试" }, acts };
}

/** What a gateway in front of WeChat Pay answers. */
export function html(status: number, title: string): Reply {
  return {
    status,
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
    headers: { "Content-Type": "text/html" },
    sign: "none",
  };
}

/** The detail of a 401, as if the call had arrived with another URL or body than it did. */
export function seenAs(call: IncomingCall, changes: { url?: string; body?: Buffer } = {}): unknown {
  const { method, url, body } = { ...call, ...changes };
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(call.headers.authorization ?? "")?.[1] ?? "";
  const head = `${method}\n${url}\n${field("timestamp")}\n${field("nonce_str")}\n`;
  return signMismatch({ method, url, head, body, length: Buffer.byteLength(head) + body.byteLength + 1 });
}

function statusOf(subMchid: string): number {
  return Number(subMchid.slice(5, 8));
}
