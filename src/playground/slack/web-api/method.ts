/** A Web API method of the local Slack: who can call it, how often, and what it does. */
import { type JsonObject, stringIn } from "../json.ts";
import type { Rates, Tier } from "../rate-limits.ts";
import { invalidArguments, Refusal } from "../refusal.ts";
import type { Conversation, State } from "../state.ts";
import type { ContentRules } from "./message-content.ts";

export type Call = {
  readonly args: JsonObject;
  readonly state: State;
  readonly rates: Rates;
  readonly rules: ContentRules;
};

export type Method = {
  /** `none`: it is not looked at. */
  readonly token: "bot" | "app" | "none";
  /** Always required. Scopes that depend on the conversation are checked by the method itself. */
  readonly scope?: string;
  readonly tier: Tier;
  /** Writing methods also accept a JSON body. */
  readonly takesJson: boolean;
  /** Slack's answer without `ok`. @throws Refusal, RateLimited */
  readonly run: (call: Call) => JsonObject;
};

export type Methods = Readonly<Record<string, Method>>;

/** @throws Refusal `invalid_arguments` if it is missing or empty */
export function required(args: JsonObject, name: string): string {
  const value = args[name];
  if (value === undefined || value === "") throw invalidArguments(`missing required field: ${name}`);
  if (typeof value !== "string") throw invalidArguments(`must provide a string [json-pointer:/${name}]`);
  return value;
}

/** @throws Refusal `missing_scope` with the needed and the granted scopes */
export function needScope(state: State, scope: string): void {
  if (!state.app.scopes.includes(scope)) throw new Refusal("missing_scope", scopesFor(scope, state));
}

/** The needed and the granted scopes, as Slack names them. */
export function scopesFor(needed: string, { app }: State): JsonObject {
  return { needed, provided: app.scopes.join(",") };
}

const scopePrefix = { public: "channels", private: "groups", im: "im", mpim: "mpim" } as const;

/**
 * The conversation with this id, if the bot can know of it.
 * @throws Refusal `channel_not_found`, also for a private channel without the bot: its existence is hidden
 */
export function visible(state: State, id: string): Conversation {
  const conversation = state.conversations.get(id);
  if (conversation === undefined) throw new Refusal("channel_not_found");
  if (conversation.kind !== "public" && !conversation.members.has(state.app.botUserId)) {
    throw new Refusal("channel_not_found");
  }
  return conversation;
}

/** Like `visible`, for reading. The scope depends on the type of the conversation. */
export function readable(call: Call, what: "read" | "history"): Conversation {
  const conversation = visible(call.state, required(call.args, "channel"));
  needScope(call.state, `${scopePrefix[conversation.kind]}:${what}`);
  return conversation;
}

/**
 * A conversation that the bot can write to.
 * @throws Refusal `not_in_channel`, `is_archived`, `channel_not_found`
 */
export function writable(state: State, id: string): Conversation {
  const conversation = visible(state, id);
  if (conversation.isArchived) throw new Refusal("is_archived");
  if (!conversation.members.has(state.app.botUserId)) throw new Refusal("not_in_channel");
  return conversation;
}

/**
 * One page of a list: `limit` items from `cursor` on.
 * @throws Refusal `invalid_limit`, `invalid_cursor`
 */
export function page<T>(
  call: Call,
  all: readonly T[],
  fallback: number,
  max: number,
): { items: readonly T[]; next: string } {
  const given = call.args["limit"];
  const limit = given === undefined ? fallback : Number(given);
  if (!Number.isInteger(limit) || limit < 1 || limit > max) throw new Refusal("invalid_limit");
  const cursor = stringIn(call.args, "cursor") ?? "";
  const start =
    cursor === "" ? 0 : Number(/^at:(\d+)$/.exec(Buffer.from(cursor, "base64").toString())?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) throw new Refusal("invalid_cursor");
  const end = start + limit;
  return { items: all.slice(start, end), next: end < all.length ? Buffer.from(`at:${end}`).toString("base64") : "" };
}
