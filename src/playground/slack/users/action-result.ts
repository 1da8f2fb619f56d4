/** What a person sees of what they did: the app's acknowledgement, or Slack's own error. */
import type { AckBody, Delivery, FailureCode, Receipt } from "../delivery/http.ts";
import type { JsonObject } from "../json.ts";
import { Refusal } from "../refusal.ts";
import type { Message, State } from "../state.ts";
import { type ContentRules, newContent } from "../web-api/message-content.ts";
import type { ResponseSource, ResponseUrls } from "../web-api/response-url.ts";

/** What the person sees at once. Ephemeral answers through a response URL arrive later, in `ephemerals(user)`. */
export type ActionResult = {
  readonly acknowledged: boolean;
  readonly afterMs: number;
  /** A message in the acknowledgement. */
  readonly ephemeral?: Message;
  /** Slack's own error, shown to this person only, or what Slack finds wrong with the acknowledgement. */
  readonly error?: FailureCode | "not_a_command" | (string & {});
  /** The sentence in which Slack shows the error. */
  readonly errorText?: string;
  /** What the sentence names, such as the command. */
  readonly about?: string;
  /** The dialog that was shown, and confirmed, before the click was sent. */
  readonly confirm?: JsonObject;
  /** The payload that was sent, for `redeliver`. Missing if none was sent. */
  readonly delivery?: Delivery;
};

/** A command as typed, and where its acknowledgement is shown. */
type TypedCommand = {
  readonly state: State;
  readonly responseUrls: ResponseUrls;
  readonly rules: ContentRules;
  readonly source: ResponseSource;
  readonly line: string;
};

/** What the acknowledgement of a command shows. A message for the channel is posted there. */
export function commandResult(
  receipt: Receipt,
  { state, responseUrls, rules, source, line }: TypedCommand,
): ActionResult {
  const { afterMs } = receipt;
  const failure = (error: string): ActionResult => {
    const errorText = `${state.app.command} failed with the error "${error}"`;
    return { acknowledged: false, afterMs, error, errorText, about: state.app.command };
  };
  if (receipt.kind === "failed") return failure(receipt.why);
  const shown = messageOf(receipt.body);
  if (shown === undefined) return { acknowledged: true, afterMs };
  if (shown["response_type"] === "in_channel") {
    const content = newContent(
      { text: line, blocks: undefined, attachments: undefined, linkNames: false, parse: "full" },
      rules,
    );
    state.post({ ...content, channel: source.channel, author: source.user });
  }
  try {
    const message = responseUrls.answer(shown, source, rules);
    return { acknowledged: true, afterMs, ...(message?.onlyFor === undefined ? {} : { ephemeral: message }) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    rules.warn(`the acknowledgement is not a message: ${error.code} ${JSON.stringify(error.details)}`);
    return { ...failure(error.code), acknowledged: true };
  }
}

function messageOf(body: AckBody): JsonObject | undefined {
  if (body.kind === "empty") return undefined;
  if (body.kind === "text") return { text: body.text };
  const { value } = body;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  return { text: String(value) };
}
