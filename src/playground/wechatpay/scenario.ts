/** One scenario of the local WeChat Pay, and helpers for the table of scenarios. */
import type { CallResult, Fault, UnverifiedReason } from "../../domain/attempt-result.ts";
import type { Step } from "../../domain/goldplan/objects.ts";
import type { IncomingCall } from "./parameters.ts";
import { internalCodes, type Reply, refusal, type Signing } from "./reply.ts";
import { signMismatch } from "./request-checks.ts";

/** The result that a client must report for the first call to a scenario's number. */
export type ExpectedResult =
  | { kind: "refused"; fault: Fault; status: number }
  | { kind: "unverified"; why: UnverifiedReason; status: number }
  | Extract<CallResult, { kind: "unreachable" }>;

/** A fixed reply, or one made from the request. `"success"` is the documented answer. */
export type ScenarioReply = "success" | Reply | ((call: IncomingCall) => Reply);

export type Scenario = {
  subMchid: string;
  /** The only call that it concerns; the other one succeeds. Absent if it concerns both. */
  step?: Step;
  /** Short English title for lists. */
  title: string;
  /** One reply for each attempt since the last success. The last one repeats. */
  replies: readonly [ScenarioReply, ...ScenarioReply[]];
  /** The result of the first attempt. */
  expect: ExpectedResult;
};

export function concerns({ step }: Scenario, called: Step): boolean {
  return step === undefined || step === called;
}

/** What to type to meet a scenario: one of 点金计划 comes after a receipt that succeeds. */
export function commandFor({ subMchid, step }: Scenario): string {
  return step === "goldplan" ? `/receipt both open ${subMchid}` : `/receipt open ${subMchid}`;
}

/** The same scenario for one call alone. */
export function only(step: Step, scenario: Scenario): Scenario {
  return { ...scenario, step };
}

/** WeChat Pay refuses the call. */
export function refuses(
  subMchid: string,
  title: string,
  fault: Fault,
  ...replies: readonly [ScenarioReply, ...ScenarioReply[]]
): Scenario {
  return { subMchid, title, replies, expect: { kind: "refused", fault, status: statusOf(subMchid) } };
}

/** WeChat Pay gives an answer that must not be trusted. `spoilt` is its difference from a correct answer. */
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

/** The answer is lost, or part of it. */
export function lost(
  subMchid: string,
  title: string,
  why: "reset" | "timeout",
  ...replies: readonly [ScenarioReply, ...ScenarioReply[]]
): Scenario {
  return { subMchid, title, replies, expect: { kind: "unreachable", why, mayHaveActed: true } };
}

/** An error in WeChat Pay's JSON format. */
export function business(status: number, code: string, message: string, internalCode?: number): Reply {
  return refusal(status, code, message, internalCode === undefined ? {} : { internalCode });
}

/** The generic error of the 点金计划 calls, distinguished only by its message. */
export function invalid(message: string): Reply {
  return business(400, "INVALID_REQUEST", message);
}

export function limited(code: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return refusal(429, code, "你的操作过于频繁,请稍后再试", { headers, internalCode: internalCodes.rate });
}

export function busy({ code = "SYSTEM_ERROR", acts = false } = {}): Reply {
  return { status: 500, body: { code, message: "系统繁忙，请稍后重试" }, acts };
}

/** The answer of a gateway in front of WeChat Pay. */
export function html(status: number, title: string): Reply {
  return {
    status,
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
    headers: { "Content-Type": "text/html" },
    sign: "none",
  };
}

/** The detail of a 401, as if the call had arrived with a different URL or body. */
export function seenAs(call: IncomingCall, changes: { url?: string; body?: Buffer } = {}): unknown {
  const { method, url, body } = { ...call, ...changes };
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(call.headers.authorization ?? "")?.[1] ?? "";
  const head = `${method}\n${url}\n${field("timestamp")}\n${field("nonce_str")}\n`;
  return signMismatch({ method, url, head, body, length: Buffer.byteLength(head) + body.byteLength + 1 });
}

function statusOf(subMchid: string): number {
  return Number(subMchid.slice(5, 8));
}
