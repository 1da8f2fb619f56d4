/** The newest exchanges with WeChat Pay, as the page shows them. */
import type { Step } from "../../domain/goldplan/objects.ts";
import type { JsonObject } from "../slack/json.ts";
import type { WeChatPayIdentity } from "../wechatpay/identity.ts";
import type { Exchange } from "../wechatpay/server.ts";
import type { Switches } from "../wechatpay/switches.ts";
import { answerSteps, requestSteps, signedLines } from "./verification.ts";

/** One exchange as the page shows it; times are milliseconds since 1970 by this machine's clock. */
export type Shown = {
  readonly id: number;
  readonly at: number;
  readonly subMchid: string;
  readonly step: Step | undefined;
  view: JsonObject;
};

const keptMax = 2_000;
/** Longer bodies are cut for the page, in characters. */
const bodyMax = 1_500;

export type Sides = {
  /** Milliseconds since 1970. */
  weChatPayClock(): number;
  botClock(): number;
  /** WeChat Pay's switches of a sub-merchant. */
  switchesOf(subMchid: string): Switches;
};

export type Recorder = ReturnType<typeof recordExchanges>;

export function recordExchanges(identity: WeChatPayIdentity, sides: Sides) {
  const kept = new Map<Exchange, Shown>();
  let count = 0;

  return {
    /** Whether the exchange was seen for the first time. */
    observe(exchange: Exchange): "new" | "known" {
      const { played, call, sent } = exchange;
      const known = kept.get(exchange);
      const shown = known ?? keep(exchange);
      if (played.answered === undefined) return known === undefined ? "new" : "known";
      const switches = sides.switchesOf(shown.subMchid);
      if (sent === undefined) {
        shown.view = { ...shown.view, switches, ended: played.answered };
        return "known";
      }
      const lines = Object.entries(sent.headers).map(([name, value]) => `${name}: ${value}`);
      const answer = { status: sent.status, headers: lines, body: cut(sent.body) };
      const steps = answerSteps(sent, call, identity, sides.botClock());
      shown.view = { ...shown.view, switches, answer, answerSteps: steps };
      return "known";
    },
    /** Oldest first. */
    all: (): readonly Shown[] => [...kept.values()],
  };

  function keep(exchange: Exchange): Shown {
    count += 1;
    const { subMchid = "", step } = exchange.played;
    const shown: Shown = { id: count, at: sides.botClock(), subMchid, step, view: requestView(exchange) };
    kept.set(exchange, shown);
    const [oldest] = kept.keys();
    if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
    return shown;
  }

  function requestView({ played, call }: Exchange): JsonObject {
    return {
      subMchid: played.subMchid,
      step: played.step,
      action: played.operationType,
      line: `${call.method} ${call.url} HTTP/1.1`,
      headers: Object.entries(call.headers).map(([name, value]) => `${name}: ${String(value)}`),
      body: cut(call.body),
      signed: signedLines(call),
      steps: requestSteps(call, identity, sides.weChatPayClock()),
    };
  }
}

function cut(body: Buffer): string {
  const text = body.toString();
  return text.length > bodyMax ? `${text.slice(0, bodyMax)}… (${body.byteLength} bytes)` : text;
}
