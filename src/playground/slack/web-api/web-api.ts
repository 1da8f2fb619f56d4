/** The entry point of the Web API: checks token, scope, rate and arguments, runs the method, and logs the call. */
import type { Fault } from "../faults.ts";
import { isArray, type JsonObject, objectIn } from "../json.ts";
import type { Rates } from "../rate-limits.ts";
import { RateLimited, Refusal } from "../refusal.ts";
import type { State } from "../state.ts";
import { type ApiRequest, readArguments } from "./arguments.ts";
import type { ContentRules } from "./message-content.ts";
import { type Method, type Methods, needScope, scopesFor } from "./method.ts";

/** One Web API call or one use of a response URL, for tests to inspect. */
export type ApiCall = {
  /** Milliseconds since 1970, by the local Slack's clock. */
  readonly at: number;
  readonly method: string;
  /** Without the token. */
  readonly args: JsonObject;
  readonly outcome:
    | { readonly kind: "ok"; readonly answer: JsonObject }
    | { readonly kind: "refused"; readonly error: string; readonly answer: JsonObject }
    | { readonly kind: "rate-limited"; readonly retryAfterSeconds: number }
    | { readonly kind: "fault"; readonly fault: Fault };
};

/** The answer over HTTP. A fault can also hang or drop the connection. */
export type ApiReply =
  | {
      readonly kind: "answer";
      readonly status: number;
      readonly headers: Record<string, string>;
      readonly body: string | Buffer;
    }
  | { readonly kind: "hang" }
  | { readonly kind: "drop" };

export type WebApiNeeds = {
  readonly state: State;
  readonly rates: Rates;
  readonly methods: Methods;
  readonly rules: Omit<ContentRules, "warn">;
  readonly faultFor: (method: string) => Fault | undefined;
  readonly log: (call: ApiCall) => void;
  readonly warn: (method: string, text: string) => void;
};

/** Answers one request to `/api/<method>`. */
export async function answerApi(name: string, request: ApiRequest, needs: WebApiNeeds): Promise<ApiReply> {
  const { state, log } = needs;
  let args: JsonObject = {};
  const logged = (outcome: ApiCall["outcome"]): void => log({ at: state.clock.now(), method: name, args, outcome });
  const fault = needs.faultFor(name);
  let warnings: readonly string[] = [];
  try {
    const method = Object.hasOwn(needs.methods, name) ? needs.methods[name] : undefined;
    const read = await readArguments(request, method?.takesJson ?? true);
    ({ args, warnings } = read);
    if (fault !== undefined && fault.kind !== "drop-after-acting") {
      logged({ kind: "fault", fault });
      return faultReply(fault, method?.scope === undefined ? {} : scopesFor(method.scope, state));
    }
    if (method === undefined) throw new Refusal("unknown_method", { req_method: name });
    checkToken(read.token, method, state);
    if (method.scope !== undefined) needScope(state, method.scope);
    needs.rates.call(name, method.tier);
    const rules = { ...needs.rules, warn: (text: string) => needs.warn(name, text) };
    const answer = withWarnings({ ok: true, ...method.run({ args, state, rates: needs.rates, rules }) }, warnings);
    logged({ kind: "ok", answer });
    return fault === undefined ? json(200, answer, method, state) : { kind: "drop" };
  } catch (error) {
    return refused(error, logged, ({ answer }) => json(200, answer, undefined, state), warnings);
  }
}

/** Answers what was refused; every other error is thrown again. @param reply to what is not about the rate */
export function refused(
  error: unknown,
  logged: (outcome: ApiCall["outcome"]) => void,
  reply: (refusal: { code: string; answer: JsonObject }) => ApiReply,
  warnings: readonly string[] = [],
): ApiReply {
  if (error instanceof RateLimited) {
    logged({ kind: "rate-limited", retryAfterSeconds: error.retryAfterSeconds });
    return rateLimited(error.retryAfterSeconds);
  }
  if (!(error instanceof Refusal)) throw error;
  const answer = withWarnings({ ok: false, error: error.code, ...error.details }, warnings);
  logged({ kind: "refused", error: error.code, answer });
  return reply({ code: error.code, answer });
}

function rateLimited(seconds: number): ApiReply {
  const headers = { "content-type": "application/json; charset=utf-8", "retry-after": String(seconds) };
  return { kind: "answer", status: 429, headers, body: JSON.stringify({ ok: false, error: "ratelimited" }) };
}

/** @param scopes what Slack says of the scopes where it misses one */
export function faultReply(fault: Fault, scopes: JsonObject = {}): ApiReply {
  switch (fault.kind) {
    case "status":
      return {
        kind: "answer",
        status: fault.status,
        headers: { "content-type": "text/plain" },
        body: "upstream error",
      };
    case "error": {
      const body = JSON.stringify({
        ok: false,
        error: fault.error,
        ...(fault.error === "missing_scope" ? scopes : {}),
      });
      return { kind: "answer", status: 200, headers: { "content-type": "application/json; charset=utf-8" }, body };
    }
    case "rate-limited":
      return rateLimited(fault.seconds);
    case "hang":
      return { kind: "hang" };
    case "drop-after-acting":
      return { kind: "drop" };
    default:
      return fault satisfies never;
  }
}

function checkToken(token: string | undefined, method: Method, state: State): void {
  if (method.token === "none") return;
  const { botToken, appToken } = state.app;
  if (token === undefined || token === "") throw new Refusal("not_authed");
  if (token !== botToken && token !== appToken) throw new Refusal("invalid_auth");
  if (token !== (method.token === "bot" ? botToken : appToken)) throw new Refusal("not_allowed_token_type");
}

function withWarnings(answer: JsonObject, warnings: readonly string[]): JsonObject {
  const own = typeof answer["warning"] === "string" ? [answer["warning"]] : [];
  const all = [...own, ...warnings];
  if (all.length === 0) return answer;
  const metadata = objectIn(answer, "response_metadata") ?? {};
  const known = metadata["warnings"];
  return {
    ...answer,
    warning: all.join(","),
    response_metadata: { ...metadata, warnings: [...(isArray(known) ? known : []), ...all] },
  };
}

function json(status: number, answer: JsonObject, method: Method | undefined, state: State): ApiReply {
  const headers: Record<string, string> = {
    "content-type": "application/json; charset=utf-8",
    "x-oauth-scopes": state.app.scopes.join(","),
    date: new Date(state.clock.now()).toUTCString(),
    ...(method?.scope === undefined ? {} : { "x-accepted-oauth-scopes": method.scope }),
  };
  return { kind: "answer", status, headers, body: JSON.stringify(answer) };
}
